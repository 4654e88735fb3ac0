// Package attach serves processes in containers over the engine's hijacked
// connections.
package attach

import (
	"errors"
	"io"
	"sync"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// Stream is a process's stdin and output on one hijacked connection.
type Stream struct {
	conn   client.HijackedResponse
	stdout *io.PipeReader
	stderr tail
	close  func() error // once
}

// New serves the connection until it ends. after is done on Close, when
// the connection is closed.
func New(conn client.HijackedResponse, after func() error) *Stream {
	out, in := io.Pipe()
	s := &Stream{conn: conn, stdout: out}
	s.close = sync.OnceValue(func() error { return errors.Join(s.hangUp(), after()) })
	go func() {
		_, err := stdcopy.StdCopy(in, &s.stderr, conn.Reader)
		in.CloseWithError(err) // nil is the end of the output
	}()
	return s
}

// Write writes to the process's stdin.
func (s *Stream) Write(p []byte) (int, error) { return s.conn.Conn.Write(p) }

// Stdout reads what the process writes, without its stderr.
func (s *Stream) Stdout() io.Reader { return s.stdout }

// Stderr is the end of what the process has written to stderr so far.
func (s *Stream) Stderr() string { return s.stderr.String() }

// Close closes the process's stdin and ends the connection. It is safe to
// call twice, and frees a blocked Write or Read.
func (s *Stream) Close() error { return s.close() }

func (s *Stream) hangUp() error {
	// The half-close first: an engine behind a proxy may notice the end of
	// the whole connection late. It fails when the process has ended.
	_ = s.conn.CloseWrite()
	err := s.conn.Conn.Close()
	// Nobody may be reading: let the copying goroutine go.
	return errors.Join(err, s.stdout.Close())
}

// tailSize is how many bytes of stderr are kept: enough for a message.
const tailSize = 8 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// String is what has been kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}
