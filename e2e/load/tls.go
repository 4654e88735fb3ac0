package load

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
)

// tlsConn is a connection over TLS that can be asked whether it is still open.
type tlsConn struct {
	*tls.Conn
	socket *socket
}

// connectTLS agrees on HTTP/1.1.
func connectTLS(ctx context.Context, o options) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	plain, err := dial(ctx, o.TLSAddr, o.Timeout)
	if err != nil {
		return nil, err
	}
	config := o.roots.Clone()
	config.NextProtos = []string{"http/1.1"}
	under := &socket{Conn: plain}
	secure := tls.Client(under, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = plain.Close() // it was never of use
		return nil, err
	}
	return &tlsConn{Conn: secure, socket: under}, nil
}

// stillOpen reads what has come on an idle connection. That there is something says nothing: it
// may be a ticket for a later session, or the word that the server closes.
func (c *tlsConn) stillOpen() (open bool, err error) {
	c.socket.impatient = true
	defer func() { c.socket.impatient = false }()
	n, err := c.Read(make([]byte, 1))
	switch {
	case n > 0:
		return false, errUnasked
	case errors.Is(err, os.ErrDeadlineExceeded):
		return true, nil
	}
	return false, nil
}

// socket can be told not to wait for what has not come yet: TLS takes that for a timeout, after
// which it can be read on.
type socket struct {
	net.Conn
	impatient bool
}

func (s *socket) Read(buffer []byte) (int, error) {
	if s.impatient {
		if nothing, err := stillOpen(s.Conn); nothing && err == nil {
			return 0, os.ErrDeadlineExceeded
		}
	}
	return s.Conn.Read(buffer)
}
