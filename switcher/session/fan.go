package session

import (
	"bufio"
	"context"
	_ "embed" // the script is a file, as the agents are
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/bluegreen/docker-bluegreen/compose"
)

//go:embed fan.sh
var fanScript string

// fanCommand runs the script in bash where there is one: other shells open no
// connections. What is missing is told on stderr.
func fanCommand() []string {
	const boot = compose.ControlTools + `
if command -v bash >/dev/null 2>&1; then exec bash -c "$1" fan; fi
exec sh -c "$1" fan`
	return []string{"sh", "-c", boot, "bluegreen-fan", fanScript}
}

// Fan is an open line from which many proxies are asked at once. It is one
// process in a container that reaches them, and safe for concurrent use.
type Fan struct {
	stream compose.Stream

	mu      sync.Mutex
	next    int
	waiting map[string]*question
	lost    error
}

// question is one that has not been answered whole.
type question struct {
	text  strings.Builder
	reply chan error
}

// OpenFan starts the process.
func OpenFan(ctx context.Context, dial Dial) (*Fan, error) {
	stream, err := dial(ctx, fanCommand())
	if err != nil {
		return nil, err
	}
	f := &Fan{stream: stream, waiting: map[string]*question{}}
	replies := bufio.NewReader(stream.Stdout())
	stop := context.AfterFunc(ctx, func() { _ = stream.Close() })
	defer stop()
	greeting, err := replies.ReadString('\n')
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case err == nil && greeting != "=ok bluegreen-fan\n":
		err = fmt.Errorf("the process in the control task said %q", greeting)
	case errors.Is(err, io.EOF):
		closed := stream.Close() // what it has said is there whole then
		return nil, errors.Join(stillborn(strings.TrimSpace(stream.Stderr())), closed)
	}
	if err != nil {
		return nil, errors.Join(err, stream.Close())
	}
	go f.listen(replies)
	return f, nil
}

// stillborn is why a process ended before it could be asked anything.
func stillborn(said string) error {
	if tools, missing := strings.CutPrefix(said, "missing "); missing {
		return &AgentError{Code: Missing, Text: tools}
	}
	return fmt.Errorf("%w: the process in the control task ended at its start: %q", ErrClosed, said)
}

// Ask sends one line to a port of a host and returns all that it answers until
// it closes the connection.
func (f *Fan) Ask(ctx context.Context, host string, port int, line string) (string, error) {
	if strings.ContainsAny(line, "\n\r\x00") {
		return "", fmt.Errorf("a request of several lines: %q", line)
	}
	id, q, err := f.send(host, port, line)
	if err != nil {
		return "", err
	}
	select {
	case err := <-q.reply:
		return q.text.String(), err
	case <-ctx.Done():
		f.mu.Lock()
		delete(f.waiting, id)
		f.mu.Unlock()
		return "", context.Cause(ctx)
	}
}

func (f *Fan) send(host string, port int, line string) (id string, q *question, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lost != nil {
		return "", nil, f.lost
	}
	f.next++
	id, q = "q"+strconv.Itoa(f.next), &question{reply: make(chan error, 1)}
	f.waiting[id] = q
	if _, err := fmt.Fprintf(f.stream, "%s %s %d %s\n", id, host, port, line); err != nil {
		delete(f.waiting, id)
		return "", nil, fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return id, q, nil
}

// listen hands the answers to whoever asked.
func (f *Fan) listen(replies *bufio.Reader) {
	for {
		line, err := replies.ReadString('\n')
		if err != nil {
			f.lose(err)
			return
		}
		f.take(strings.TrimSuffix(line, "\n"))
	}
}

func (f *Fan) take(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	end := strings.IndexAny(line, " =")
	if end < 0 {
		return
	}
	q, asked := f.waiting[line[:end]]
	switch {
	case !asked: // whoever asked has gone
	case line[end] == ' ':
		q.text.WriteString(line[end+1:])
		q.text.WriteByte('\n')
	default:
		delete(f.waiting, line[:end])
		if why, failed := strings.CutPrefix(line[end+1:], "err "); failed {
			q.reply <- &AgentError{Code: Refused, Text: why}
			return
		}
		q.reply <- nil
	}
}

// lose ends all questions.
func (f *Fan) lose(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = ErrClosed
	if !errors.Is(err, io.EOF) {
		f.lost = fmt.Errorf("%w: the line to the control task broke: %w", ErrClosed, err)
	}
	for id, q := range f.waiting {
		delete(f.waiting, id)
		q.reply <- f.lost
	}
}

// Lost tells that the process has ended, so that nobody can be asked by it.
func (f *Fan) Lost() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost != nil
}

// Close ends the process.
func (f *Fan) Close() error { return f.stream.Close() }
