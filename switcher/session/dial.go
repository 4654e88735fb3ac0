package session

import (
	"bufio"
	"context"
	_ "embed" // the relays are files, as the agents are
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The programs that relay a connection into the proxy's container.
var (
	//go:embed relay.sh
	relayScript string
	//go:embed relay.pl
	perlRelay string
)

// Dial opens a connection from inside a container to a port of its loopback
// interface. It is a process of its own there, beside the session: a request
// that is given up costs this connection alone, not the lock. ctx bounds the
// opening alone.
func (d Door) Dial(ctx context.Context, containerID string, port int) (net.Conn, error) {
	return Relay(ctx, func(ctx context.Context, command []string) (compose.Stream, error) {
		return d.Dialer.Exec(ctx, containerID, command)
	}, loopback, port)
}

const loopback = "127.0.0.1"

// Relay opens a connection to a port of a host by a process that dial starts in
// a container which reaches it. ctx bounds the opening alone.
func Relay(ctx context.Context, dial Dial, host string, port int) (net.Conn, error) {
	stream, err := dial(ctx, []string{"sh", "-c", relayScript, "bluegreen-relay", perlRelay, strconv.Itoa(port), host})
	if err != nil {
		return nil, err
	}
	r := &relayed{Stream: stream, replies: bufio.NewReader(stream.Stdout())}
	stop := context.AfterFunc(ctx, func() { _ = stream.Close() })
	said, err := r.replies.ReadString('\n')
	switch {
	case !stop():
		return nil, context.Cause(ctx)
	case err == nil && said != "connected\n":
		err = fmt.Errorf("the relay said %q", said)
	}
	if err != nil {
		return nil, errors.Join(r.explain(err), stream.Close())
	}
	return r, nil
}

// relayed is a stream as a connection. It knows no deadlines: whoever gives up
// closes it.
type relayed struct {
	compose.Stream
	replies *bufio.Reader
	read    bool
}

// Read implements net.Conn.
func (r *relayed) Read(p []byte) (int, error) {
	n, err := r.replies.Read(p)
	if err != nil && !r.read && n == 0 {
		return 0, r.explain(err)
	}
	r.read = r.read || n > 0
	return n, err
}

// explain is what a relay has said that ended before it passed anything on.
func (r *relayed) explain(err error) error {
	if said := lastLine(r.Stderr()); said != "" && errors.Is(err, io.EOF) {
		return errors.New(said)
	}
	return err
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// LocalAddr implements net.Conn.
func (*relayed) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// RemoteAddr implements net.Conn.
func (*relayed) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// SetDeadline implements net.Conn.
func (*relayed) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (*relayed) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (*relayed) SetWriteDeadline(time.Time) error { return nil }
