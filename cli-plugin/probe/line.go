package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// line asks for a page on one connection after the other, or on one that is
// kept. Go's own client would ask again by itself, and hide what was lost.
type line struct {
	address string
	target  switcher.ProbeTarget
	token   string
	agent   string
	keep    bool

	conn   net.Conn // nil while there is none
	reader *bufio.Reader
}

// ask makes one request and reads its answer to the end.
func (l *line) ask(ctx context.Context, within time.Duration) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	a, err := l.exchange(ctx)
	if err != nil || !l.keep {
		l.close()
	}
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = errors.New("no answer within " + within.String())
	}
	a.at = time.Now()
	return a, err
}

func (l *line) exchange(ctx context.Context) (answer, error) {
	if err := l.connect(ctx); err != nil {
		return answer{}, err
	}
	conn := l.conn
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // the read or write under way then fails
	request, err := l.request(ctx)
	if err != nil {
		return answer{}, err
	}
	if err := request.Write(conn); err != nil {
		return answer{}, err
	}
	response, err := http.ReadResponse(l.reader, request)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: response.StatusCode, colour: compose.Colour(response.Header.Get(compose.ColourHeader))}
	text, err := io.ReadAll(io.LimitReader(response.Body, largest))
	a.text = string(text)
	if response.Close || len(text) == largest {
		l.close()
	}
	return a, err
}

func (l *line) request(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.address+l.target.Path, nil)
	if err != nil {
		return nil, err
	}
	if l.target.Host != "" {
		request.Host = l.target.Host
	}
	request.Header.Set("User-Agent", l.agent)
	if l.token != "" {
		request.Header.Set(compose.ProbeHeader, l.token)
	}
	request.Close = !l.keep
	return request, nil
}

// connect makes sure that there is a connection. One that the proxy has closed
// while nothing was asked for has lost nothing.
func (l *line) connect(ctx context.Context) error {
	if l.conn != nil && !l.open() {
		l.close()
	}
	if l.conn != nil {
		return l.conn.SetDeadline(time.Time{})
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.address)
	if err != nil {
		return err
	}
	if l.target.Secure {
		// What is watched is whether there is an answer, not whose certificate
		// the machine's own address has.
		secure := tls.Client(conn, &tls.Config{ServerName: l.target.Host, InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
		if err := secure.HandshakeContext(ctx); err != nil {
			return errors.Join(err, conn.Close())
		}
		conn = secure
	}
	l.conn, l.reader = conn, bufio.NewReader(conn)
	return nil
}

// open tells that a kept connection is open: reading it ends for want of time,
// and for nothing else.
func (l *line) open() bool {
	if err := l.conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		return false
	}
	_, err := l.reader.Peek(1)
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

func (l *line) close() {
	if l.conn != nil {
		_ = l.conn.Close() // what it was for is over
		l.conn, l.reader = nil, nil
	}
}
