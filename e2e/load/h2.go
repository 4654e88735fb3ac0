package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
)

// multiplex is one HTTP/2 connection that all clients of the kind share, as a browser's do.
type multiplex struct {
	mu   sync.Mutex
	conn *http.ClientConn // nil before the first request
}

// reserve finds room for one stream. A connection that was closed, or takes no more since it is to
// be, gives way to a new one: no request was sent on it, and the streams on it go on.
func (m *multiplex) reserve(ctx context.Context, o options) (*http.ClientConn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conn != nil && m.conn.Reserve() == nil {
		return m.conn, nil
	}
	conn, err := connectH2(ctx, o)
	if err != nil {
		return nil, err
	}
	if m.conn != nil && m.conn.InFlight() == 0 {
		_ = m.conn.Close() // else the last stream on it closes it; a farewell alone does not
	}
	if err := conn.Reserve(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	m.conn = conn
	return conn, nil
}

func (m *multiplex) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conn != nil {
		_ = m.conn.Close() // all answers are judged
		m.conn = nil
	}
}

// connectH2 makes a single connection, on which the standard library tries nothing again.
func connectH2(ctx context.Context, o options) (*http.ClientConn, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	transport := &http.Transport{
		Protocols: protocols, TLSClientConfig: o.roots.Clone(), DisableCompression: true,
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) { return dial(ctx, addr, o.Timeout) },
	}
	return transport.NewClientConn(ctx, "https", o.TLSAddr)
}

// stream asks who answers, on the shared connection.
type stream struct {
	options options
	on      *multiplex
}

func (*stream) close() {} // the connection is closed with the run

// mostAgain bounds how often one request is sent again.
const mostAgain = 5

func (s *stream) once(ctx context.Context) result {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	for again := 0; ; again++ {
		res, processed := s.ask(ctx)
		if processed || again == mostAgain {
			res.again = again
			return res
		}
	}
}

// ask sends a request. It was not processed where the server's farewell (GOAWAY) names an earlier
// stream as the last one that it has taken: then it may be sent again.
func (s *stream) ask(ctx context.Context) (res result, processed bool) {
	conn, err := s.on.reserve(ctx, s.options)
	if err != nil {
		return lost("connect: %s", words(err)), true
	}
	url := "https://" + s.options.TLSAddr + s.options.prefix + "/"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return lost("%v", err), true
	}
	request.Host = s.options.Host
	response, err := conn.RoundTrip(request)
	if err != nil {
		return lost("GET / over h2: %s", words(err)), !untouched(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.ProtoMajor != 2 {
		return lost("GET / over h2: answered in %s", response.Proto), true
	}
	e := exchange{method: http.MethodGet, path: "/", check: checkIdentity}
	return e.verdict(response, s.options.MayClose), true
}

// untouched tells of a request that was not sent, since the farewell had come, or that the farewell
// says was not processed. The standard library has no names for these errors.
func untouched(err error) bool {
	text := fmt.Sprint(err)
	return strings.Contains(text, "received Server's graceful shutdown GOAWAY") ||
		strings.Contains(text, "client conn not usable")
}
