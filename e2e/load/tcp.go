package load

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// caller holds a raw TCP connection and has its lines echoed.
type caller struct {
	options options
	ending  <-chan struct{}
}

func (c *caller) close() {}

func (c *caller) once(ctx context.Context) result {
	conn, err := dial(ctx, c.options.TCPAddr, c.options.Timeout)
	if err != nil {
		return lost("connect: %s", words(err))
	}
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	version, err := c.readLine(conn, reader)
	if err != nil {
		return lost("read the greeting: %s", words(err))
	}
	began := time.Now()
	err = hold(c.ending, c.options.Hold, func() error { return c.echo(conn, reader) })
	var wrong *wrongEcho
	switch {
	case errors.As(err, &wrong):
		return lost("after %s: %v", since(began), err)
	case err != nil:
		return cut("after %s: %s", since(began), endWords(err))
	}
	return answered(Source{Version: version})
}

func (c *caller) readLine(conn net.Conn, reader *bufio.Reader) (string, error) {
	if err := conn.SetDeadline(time.Now().Add(c.options.Timeout)); err != nil {
		return "", err
	}
	text, err := reader.ReadString('\n')
	return strings.TrimSuffix(text, "\n"), err
}

func (c *caller) echo(conn net.Conn, reader *bufio.Reader) error {
	sent := randomText(1 + rand.IntN(200))
	if err := conn.SetDeadline(time.Now().Add(c.options.Timeout)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, sent+"\n"); err != nil {
		return err
	}
	got, err := c.readLine(conn, reader)
	if err != nil {
		return err
	}
	return compareEcho(sent, got)
}
