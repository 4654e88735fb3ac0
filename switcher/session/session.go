// Package session is the line to a project's proxy: one attached process in
// the proxy's container, through which a command takes the lock, keeps the
// project's memory and talks to the proxy's administration socket. The
// process is a small agent (agent.pl or agent.sh) that lives as long as its
// stdin; when the client dies, so does the agent, and with it the lock.
package session

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The times of a session. The agents have their own: idle and patience.
const (
	// patience bounds one request; run and lock get what they wait for on
	// top.
	patience = 15 * time.Second
	// grace is how long an answer that nobody waits for any more may still
	// take. A session cut in the middle of an answer is lost, and with it
	// the lock that the clean-up after a timeout still needs.
	grace = 2 * time.Second
	// farewell is how long Close waits for its turn and for the answer.
	farewell = time.Second
	// pulse is the time between pings; the agent ends after 60 s of silence.
	pulse = 10 * time.Second
)

// Dial opens the attached process that a session runs its agent in.
type Dial func(ctx context.Context, command []string) (compose.Stream, error)

// Session is an open line to the proxy's container. Its methods may be called
// from several goroutines; requests are answered one after the other.
type Session struct {
	stream    compose.Stream
	replies   *bufio.Reader
	tools     string
	directory string
	stop      func() // ends the pings

	turn chan struct{} // holds a token while a request is under way
	lost error         // why the session is of no use any more; owned by turn
}

// Open starts the agent and waits for its greeting. An image without the
// tools that an agent needs is an *AgentError with code Missing.
func Open(ctx context.Context, dial Dial, place Place) (*Session, error) {
	stream, err := dial(ctx, command(place))
	if err != nil {
		return nil, err
	}
	pings, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Session{stream: stream, replies: bufio.NewReader(stream.Stdout()), stop: stop, turn: make(chan struct{}, 1)}
	greeting, err := s.exchange(ctx, nil, patience)
	if err == nil {
		err = s.greeted(greeting.result)
	}
	if err != nil {
		stop()
		return nil, errors.Join(err, stream.Close())
	}
	go s.pulse(pings)
	return s, nil
}

func (s *Session) greeted(greeting string) error {
	words := strings.SplitN(greeting, " ", 4)
	if len(words) < 4 || words[0] != "bluegreen" || words[1] != protocolVersion {
		return fmt.Errorf("the agent greeted with %q", greeting)
	}
	s.tools, s.directory = words[2], words[3]
	return nil
}

// Directory is the path, in the container, of the project's files.
func (s *Session) Directory() string { return s.directory }

// Path is the path, in the container, of one of the project's files.
func (s *Session) Path(file string) string { return s.directory + "/" + file }

// Tools names the tool set that the agent runs on: perl, bash or busybox.
func (s *Session) Tools() string { return s.tools }

// request sends one line, and payload after it, and returns the answer.
func (s *Session) request(ctx context.Context, line, payload string) (answer, error) {
	return s.requestFor(ctx, patience, line, payload)
}

func (s *Session) requestFor(ctx context.Context, limit time.Duration, line, payload string) (answer, error) {
	if strings.ContainsAny(line, "\n\r\x00") {
		return answer{}, fmt.Errorf("a request of several lines: %q", line)
	}
	return s.exchange(ctx, []byte(line+"\n"+payload), limit)
}

// exchange sends a request and returns its answer, or returns when the context
// ends; the request may then still take effect.
func (s *Session) exchange(ctx context.Context, request []byte, limit time.Duration) (answer, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return answer{}, context.Cause(ctx)
	}
	type reply struct {
		answer
		error
	}
	replied := make(chan reply, 1)
	go func() {
		defer func() { <-s.turn }()
		a, err := s.roundTrip(ctx, request, limit)
		replied <- reply{a, err}
	}()
	select {
	case r := <-replied:
		return r.answer, r.error
	case <-ctx.Done():
		return answer{}, context.Cause(ctx)
	}
}

// roundTrip writes a request and reads its answer. Whatever goes wrong on the
// way loses the session, since later answers could not be told apart.
func (s *Session) roundTrip(ctx context.Context, request []byte, limit time.Duration) (answer, error) {
	if s.lost != nil {
		return answer{}, s.lost
	}
	if err := ctx.Err(); err != nil {
		return answer{}, err // nothing was sent
	}
	defer s.closeAfter(ctx, limit)()
	if _, err := s.stream.Write(request); err != nil {
		return answer{}, s.lose(err)
	}
	a, err := readAnswer(s.replies)
	var refusal *AgentError
	if err != nil && !errors.As(err, &refusal) {
		return answer{}, s.lose(err)
	}
	return a, err
}

// closeAfter closes the stream after a time, or when the context has ended for
// the length of grace; the read that it ends tells the error. The returned
// function calls it off.
func (s *Session) closeAfter(ctx context.Context, limit time.Duration) (callOff func()) {
	answered := make(chan struct{})
	closeIn := func(d time.Duration) {
		select {
		case <-answered:
		case <-time.After(d):
			_ = s.stream.Close()
		}
	}
	go closeIn(limit)
	stop := context.AfterFunc(ctx, func() { closeIn(min(grace, limit)) })
	return func() {
		stop()
		close(answered)
	}
}

// lose marks the session as of no use and says why.
func (s *Session) lose(err error) error {
	_ = s.stream.Close()
	switch said := strings.TrimSpace(s.stream.Stderr()); {
	case said != "":
		err = fmt.Errorf("%s: %w", said, err)
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("the process in the container has ended: %w", err)
	}
	s.lost = fmt.Errorf("the session with the proxy is lost: %w", err)
	return s.lost
}

// pulse keeps the agent from taking a quiet client for a vanished one.
func (s *Session) pulse(ctx context.Context) {
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if _, err := s.request(ctx, "ping", ""); err != nil {
				return // the next request tells
			}
		}
	}
}

// ErrClosed is what a session answers after Close.
var ErrClosed = errors.New("the session is closed")

// Close ends the session. The lock is free when it returns, unless a request
// is under way or the agent does not answer; it is then free when the engine
// has told the agent.
func (s *Session) Close() error {
	s.stop()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		// An error has lost the session, which frees the lock by itself.
		_, _ = s.roundTrip(context.Background(), []byte("bye\n"), farewell)
		if s.lost == nil {
			s.lost = ErrClosed
		}
	case <-time.After(farewell):
	}
	return s.stream.Close()
}
