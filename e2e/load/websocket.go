package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// talkPeriod is the time between two messages on a held connection.
const talkPeriod = 100 * time.Millisecond

// talker holds a websocket and has its messages echoed.
type talker struct {
	options options
	ending  <-chan struct{}
	secure  bool
}

func (t *talker) close() {}

func (t *talker) once(ctx context.Context) result {
	conn, source, err := t.open(ctx)
	if err != nil {
		return lost("open: %s", words(err))
	}
	defer func() { _ = conn.CloseNow() }()
	began := time.Now()
	err = hold(t.ending, t.options.Hold, func() error { return t.echo(ctx, conn) })
	var wrong *wrongEcho
	switch {
	case errors.As(err, &wrong):
		return lost("after %s: %v", since(began), err)
	case err != nil:
		return cut("after %s: %s", since(began), endWords(err))
	}
	_ = conn.Close(websocket.StatusNormalClosure, "") // it has served its time
	return answered(source)
}

// open upgrades a connection of its own. The library's client never sees a kept connection, which
// are the only ones on which it would try again.
func (t *talker) open(ctx context.Context) (*websocket.Conn, Source, error) {
	ctx, cancel := context.WithTimeout(ctx, t.options.Timeout)
	defer cancel()
	connect := connectPlain
	if t.secure {
		connect = connectTLS // the library need not know, and speaks HTTP/1.1 all the same
	}
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return connect(ctx, t.options)
		},
	}
	conn, response, err := websocket.Dial(ctx, "ws://"+t.options.addr+t.options.prefix+"/ws", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, Host: t.options.Host,
	})
	if err != nil {
		return nil, Source{}, err
	}
	return conn, sourceOf(response.Header), nil
}

func (t *talker) echo(ctx context.Context, conn *websocket.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, t.options.Timeout)
	defer cancel()
	sent := randomText(1 + rand.IntN(200))
	if err := conn.Write(ctx, websocket.MessageText, []byte(sent)); err != nil {
		return err
	}
	_, got, err := conn.Read(ctx)
	if err != nil {
		return err
	}
	return compareEcho(sent, string(got))
}

// hold talks every 100 ms until the run stops, or for a time when that is not zero.
func hold(ending <-chan struct{}, limit time.Duration, talk func() error) error {
	var enough <-chan time.Time // never, when there is no limit
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		enough = timer.C
	}
	ticker := time.NewTicker(talkPeriod)
	defer ticker.Stop()
	for {
		if err := talk(); err != nil {
			return err
		}
		select {
		case <-ending:
			return nil
		case <-enough:
			return nil
		case <-ticker.C:
		}
	}
}

// wrongEcho tells that something else came back than was sent.
type wrongEcho struct{ sent, got string }

func (w *wrongEcho) Error() string {
	return fmt.Sprintf("wrong echo: %q for %q", excerpt([]byte(w.got)), excerpt([]byte(w.sent)))
}

func compareEcho(sent, got string) error {
	if sent != got {
		return &wrongEcho{sent: sent, got: got}
	}
	return nil
}

// endWords says how a held connection ended; any end is early.
func endWords(err error) string {
	if status := websocket.CloseStatus(err); status != -1 {
		return "closed by the server: " + status.String()
	}
	if errors.Is(err, io.EOF) {
		return "closed by the server"
	}
	return words(err)
}
