package load

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"
)

// certificate lends the one that httptest has for 127.0.0.1.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.TLS.Certificates[0], roots
}

// newSecurePeer runs a script on every connection, over TLS.
func newSecurePeer(t *testing.T, protocol string, script func(*visit)) (*peer, options) {
	t.Helper()
	own, roots := certificate(t)
	config := &tls.Config{Certificates: []tls.Certificate{own}, NextProtos: []string{protocol}, MinVersion: tls.VersionTLS13}
	p := newPeer(t, func(v *visit) {
		v.conn = tls.Server(v.conn, config)
		v.reader = bufio.NewReader(v.conn)
		script(v)
		_ = v.conn.Close()
	})
	o := optionsFor(t, p.addr)
	o.roots.RootCAs = roots
	return p, o
}

// TestTLS has requests on one connection and on one each; the tickets that a server sends
// unasked are no answer.
func TestTLS(t *testing.T) {
	t.Parallel()
	for kind, wanted := range map[Kind]int64{TLS: 1, NewTLS: 3} {
		var conns atomic.Int64
		server, o := newSecurePeer(t, "http/1.1", func(v *visit) {
			conns.Add(1)
			for range 3 {
				v.request()
				v.say(whole(""))
			}
			v.wait()
		})
		client := runFor(t, o).use(kind)
		for range 3 {
			expect(t, client.once(t.Context()), "", "")
		}
		client.close()
		if server.requests.Load() != 3 || conns.Load() != wanted {
			t.Errorf("%s: %d requests on %d connections, want 3 on %d", kind, server.requests.Load(), conns.Load(), wanted)
		}
	}
}

func TestTLSIdleClose(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{}, 2)
	_, o := newSecurePeer(t, "http/1.1", func(v *visit) {
		v.request()
		v.say(whole(""))
		_ = v.conn.Close()
		closed <- struct{}{}
	})
	client := runFor(t, o).use(TLS)
	defer client.close()
	first := client.once(t.Context())
	<-closed
	second := client.once(t.Context())
	if first.lost != "" || second.lost != "" || second.reconnects != 1 {
		t.Errorf("first %+v, second %+v: want both good and a reconnect", first, second)
	}
}

func TestTLSLost(t *testing.T) {
	t.Parallel()
	_, o := newSecurePeer(t, "http/1.1", func(v *visit) { v.request() })
	expect(t, runFor(t, o).use(TLS).once(t.Context()), "closed without an answer", "")
	_, o = newSecurePeer(t, "http/1.1", func(v *visit) {
		v.request()
		v.say(whole("") + "HTTP/1.1 200 OK\r\n")
		v.wait()
	})
	client := runFor(t, o).use(TLS)
	defer client.close()
	client.once(t.Context())
	expect(t, client.once(t.Context()), "nobody had asked for", "")
	o.roots.RootCAs = x509.NewCertPool()
	expect(t, runFor(t, o).use(NewTLS).once(t.Context()), "unknown authority", "")
}

func TestSecureWebsocket(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := websocket.Accept(w, r, nil); err == nil {
			for echoMessage(t, conn, "") {
			}
		}
	}))
	t.Cleanup(server.Close)
	o := optionsFor(t, server.Listener.Addr().String())
	o.Hold, o.roots.RootCAs = holdTime, x509.NewCertPool()
	o.roots.RootCAs.AddCert(server.Certificate())
	expect(t, runFor(t, o).use(SecureWS).once(t.Context()), "", "")
}
