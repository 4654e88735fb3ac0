// Package queue is a queue in Redis and what tests ask of it: the few words of
// Redis's protocol that they need are spoken here.
package queue

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// Client is one connection. It is not for several goroutines at once.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
}

// Dial connects to Redis.
func Dial(ctx context.Context, address string) (*Client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to the queue: %w", err)
	}
	return &Client{conn: conn, in: bufio.NewReader(conn)}, nil
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Do sends one command and reads its answer: a string, an int64, nil, or a
// list of those. An error that Redis answers is an error.
func (c *Client) Do(args ...string) (any, error) {
	answers, err := c.Pipe(args)
	if err != nil {
		return nil, err
	}
	return answers[0], nil
}

// Pipe sends commands at once and reads their answers.
func (c *Client) Pipe(commands ...[]string) ([]any, error) {
	var b strings.Builder
	for _, args := range commands {
		fmt.Fprintf(&b, "*%d\r\n", len(args))
		for _, arg := range args {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(arg), arg)
		}
	}
	if _, err := io.WriteString(c.conn, b.String()); err != nil {
		return nil, fmt.Errorf("ask the queue: %w", err)
	}
	answers := make([]any, 0, len(commands))
	for _, args := range commands {
		answer, err := c.read()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", args[0], err)
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

// read reads one answer of the protocol's second version.
func (c *Client) read() (any, error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, rest := line[0], strings.TrimRight(line[1:], "\r\n")
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return nil, errors.New(rest)
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	switch {
	case err != nil:
		return nil, err
	case kind == ':':
		return n, nil
	case n < 0:
		return nil, nil
	case kind == '*':
		return c.list(int(n))
	default:
		return c.bulk(int(n))
	}
}

func (c *Client) bulk(n int) (any, error) {
	text := make([]byte, n+len("\r\n"))
	if _, err := io.ReadFull(c.in, text); err != nil {
		return nil, err
	}
	return string(text[:n]), nil
}

func (c *Client) list(n int) (any, error) {
	items := make([]any, 0, n)
	for range n {
		item, err := c.read()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}
