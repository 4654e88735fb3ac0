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

// Get asks a port of the container's loopback interface for a page and returns
// the status line of the reply. Without a reply the error is an *AgentError
// with code Refused.
func (s *Session) Get(ctx context.Context, port int, host, path string) (string, error) {
	if err := oneWord(host, path); err != nil {
		return "", err
	}
	a, err := s.request(ctx, fmt.Sprintf("get %d %s %s", port, host, path), "")
	return a.result, err
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
