package session

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Admin is where a proxy takes administration commands. Agents with perl use
// the socket, the others the port on the container's loopback interface.
type Admin struct {
	Socket string // path in the container
	Port   int
}

// Ask sends one line of commands to the proxy and returns all it answers.
// Without an answer the error is an *AgentError with code Refused.
func (s *Session) Ask(ctx context.Context, to Admin, commands string) (string, error) {
	if err := oneWord(to.Socket); err != nil {
		return "", err
	}
	a, err := s.request(ctx, fmt.Sprintf("ask %s %d %s", to.Socket, to.Port, commands), "")
	if err != nil {
		return "", err
	}
	return a.text(), nil
}

// Talk sends a request to a port on the container's loopback interface and
// returns all that comes back until the other end closes, its last line
// ended. Without an answer the error is an *AgentError with code Refused.
func (s *Session) Talk(ctx context.Context, port int, request string) (string, error) {
	a, err := s.request(ctx, fmt.Sprintf("talk %d %d", port, len(request)), request)
	if err != nil {
		return "", err
	}
	return a.text(), nil
}

// Reach tells whether a host accepts a connection on a port, as seen from the
// proxy's container: nil, or an *AgentError with code Refused. It waits up to
// 2 s.
func (s *Session) Reach(ctx context.Context, host string, port int) error {
	if err := oneWord(host); err != nil {
		return err
	}
	_, err := s.request(ctx, fmt.Sprintf("reach %s %d", host, port), "")
	return err
}

// programLimit bounds how long a program may run.
const programLimit = 2 * time.Minute

// Run starts a program in the container and returns what it wrote to stdout
// and stderr, and its exit status (127 when it is not there).
func (s *Session) Run(ctx context.Context, program ...string) (said string, status int, err error) {
	if err := oneWord(program...); err != nil {
		return "", 0, err
	}
	a, err := s.requestFor(ctx, programLimit, "run "+strings.Join(program, " "), "")
	if err != nil {
		return "", 0, err
	}
	status, err = strconv.Atoi(a.result)
	return a.text(), status, err
}

// Signal sends a signal ("USR2") to a process of the container.
func (s *Session) Signal(ctx context.Context, signal string, pid int) error {
	_, err := s.request(ctx, fmt.Sprintf("kill %s %d", signal, pid), "")
	return err
}
