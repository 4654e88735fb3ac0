package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// line is one client's connection to the service, made when it is needed.
type line struct {
	options options
	connect func(context.Context, options) (net.Conn, error)
	conn    net.Conn // nil when there is none
	reader  *bufio.Reader
}

func newLine(o options) line { return line{options: o, connect: connectPlain} }

func newSecureLine(o options) line { return line{options: o, connect: connectTLS} }

func connectPlain(ctx context.Context, o options) (net.Conn, error) {
	return dial(ctx, o.addr, o.Timeout)
}

// errUnasked tells that the server sent bytes while no request was under way.
var errUnasked = errors.New("bytes came that nobody had asked for")

// ready makes sure that there is a connection. It counts 1 when an idle one had been closed by the
// server without announcing it: no request was sent on it, so nothing is lost.
func (l *line) ready(ctx context.Context) (reconnects int, err error) {
	if l.conn != nil {
		open, err := l.idle()
		if err != nil {
			return 0, err
		}
		if open {
			return 0, nil
		}
		l.close()
		reconnects = 1
	}
	l.conn, err = l.connect(ctx, l.options)
	if err != nil {
		l.conn = nil
		return reconnects, err
	}
	l.reader = bufio.NewReader(l.conn)
	return reconnects, nil
}

// idle tells whether the kept connection is still open.
func (l *line) idle() (open bool, err error) {
	if l.reader.Buffered() > 0 {
		return false, errUnasked
	}
	if secure, is := l.conn.(*tlsConn); is {
		return secure.stillOpen()
	}
	return stillOpen(l.conn)
}

func dial(ctx context.Context, addr string, timeout time.Duration) (net.Conn, error) {
	dialer := net.Dialer{Timeout: timeout}
	return dialer.DialContext(ctx, "tcp", addr)
}

// send writes a request and reads the head of its answer, which must come within the time asked
// for and Options.Timeout.
func (l *line) send(method, path, body string, asked time.Duration, closing bool) (*http.Response, error) {
	if err := l.conn.SetDeadline(time.Now().Add(asked + l.options.Timeout)); err != nil {
		return nil, err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s%s HTTP/1.1\r\nHost: %s\r\n", method, l.options.prefix, path, l.options.Host)
	if method == http.MethodPost {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(body))
	}
	if closing {
		text.WriteString("Connection: close\r\n")
	}
	text.WriteString("\r\n" + body)
	if _, err := io.WriteString(l.conn, text.String()); err != nil {
		return nil, err
	}
	if _, err := l.reader.Peek(1); err != nil { // ReadResponse would call the lack of any answer a part of one
		return nil, err
	}
	return http.ReadResponse(l.reader, &http.Request{Method: method})
}

// finish leaves the connection for the next request, or closes it where the server announced that
// it will.
func (l *line) finish(response *http.Response) error {
	if response.Close {
		l.close()
		return nil
	}
	return l.conn.SetDeadline(time.Time{})
}

func (l *line) close() {
	if l.conn != nil {
		_ = l.conn.Close() // the answer is already judged
		l.conn = nil
	}
}
