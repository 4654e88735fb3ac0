package e2e

import (
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"gotest.tools/v3/assert"
)

// relay is a second endpoint of the same engine: TCP on loopback, passed on
// to the engine's socket.
type relay struct {
	endpoint    string // tcp://127.0.0.1:PORT
	socket      string
	ctx         context.Context // of the test
	connections atomic.Int64
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	assert.NilError(t, err)
	t.Cleanup(func() { assert.Check(t, listener.Close() == nil) })
	r := &relay{ctx: t.Context(), endpoint: "tcp://" + listener.Addr().String(), socket: engineSocket(t)}
	go r.accept(listener)
	return r
}

// engineSocket is the unix socket that docker talks to here.
func engineSocket(t *testing.T) string {
	t.Helper()
	p := &project{t: t, dir: t.TempDir()}
	host := p.docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
	socket, unix := strings.CutPrefix(host, "unix://")
	assert.Assert(t, unix, "these tests relay to a local engine, not to %s", host)
	return socket
}

func (r *relay) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return // the test has ended
		}
		r.connections.Add(1)
		go r.pass(client.(*net.TCPConn))
	}
}

// pass copies both ways; the end of one way is passed on alone, for that is
// how an attached stream ends.
func (r *relay) pass(client *net.TCPConn) {
	defer func() { _ = client.Close() }()
	conn, err := new(net.Dialer).DialContext(r.ctx, "unix", r.socket)
	if err != nil {
		return // the client sees its connection end
	}
	engine := conn.(*net.UnixConn)
	defer func() { _ = engine.Close() }()
	go func() {
		_, _ = io.Copy(engine, client)
		_ = engine.CloseWrite()
	}()
	_, _ = io.Copy(client, engine)
	_ = client.CloseWrite()
}

// used asserts that an action went through the relay.
func (r *relay) used(t *testing.T, action func()) {
	t.Helper()
	before := r.connections.Load()
	action()
	assert.Check(t, r.connections.Load() > before, "the relay was not used")
}
