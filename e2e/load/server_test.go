package load

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// peer is a real server that does on each connection what a test wants.
type peer struct {
	addr     string
	requests atomic.Int64 // read so far
}

// newPeer runs a script on every connection and closes it after that.
func newPeer(t *testing.T, script func(*visit)) *peer {
	t.Helper()
	listener := listen(t)
	p := &peer{addr: listener.Addr().String()}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				script(&visit{peer: p, conn: conn, reader: bufio.NewReader(conn)})
			}()
		}
	}()
	return p
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// visit is one connection of a client.
type visit struct {
	peer   *peer
	conn   net.Conn
	reader *bufio.Reader
}

// request reads one request with its body, and counts it unless the client closed instead.
func (v *visit) request() {
	request, err := http.ReadRequest(v.reader)
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, request.Body); err == nil {
		v.peer.requests.Add(1)
	}
}

func (v *visit) say(text string) { _, _ = v.conn.Write([]byte(text)) }

// reset makes the end of the connection abrupt.
func (v *visit) reset() { _ = v.conn.(*net.TCPConn).SetLinger(0) }

// wait blocks until the client closes.
func (v *visit) wait() { _, _ = v.reader.ReadByte() }

// whole is a good answer of hello to GET /.
func whole(header string) string {
	const body = `{"version":"v1","colour":"blue","host":"a"}`
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n%s", len(body), header, body)
}

func optionsFor(t *testing.T, addr string) options {
	t.Helper()
	complete, err := Options{URL: "http://" + addr, TCPAddr: addr, TLSAddr: addr, Timeout: time.Minute}.complete()
	if err != nil {
		t.Fatal(err)
	}
	return complete
}

// runFor makes a run that is not started, of which a test uses single clients.
func runFor(t *testing.T, o options) *Run {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return &Run{options: o, recorder: newRecorder(o), ending: ctx.Done(), end: cancel}
}

// refused is an address where nobody listens.
func refused(t *testing.T) string {
	t.Helper()
	listener := listen(t)
	_ = listener.Close()
	return listener.Addr().String()
}
