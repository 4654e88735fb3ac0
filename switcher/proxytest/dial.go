package proxytest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A connection from inside the proxy's container reaches the ports at which
// visitors arrive, beside the session, and ends with either side.
func connectionFromInside(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.SetToken(ctx, token))
	w.awaitUp(t, control, compose.Green, 2)
	for _, c := range compose.Colours() {
		answer, body := w.inside(t, httpPort, fmt.Sprintf("%s: %s\r\n%s: %s\r\n", compose.PreviewHeader, token, compose.ColourHeader, c))
		if answer.StatusCode != http.StatusOK || answer.Header.Get("X-Colour") != string(c) || !strings.Contains(body, string(c)) {
			t.Errorf("asked for %s from inside, it says %d %v %q", c, answer.StatusCode, answer.Header, body)
		}
	}
	w.many(t)
	conn, err := w.doors.Dial(ctx, w.proxy, 1)
	if err == nil {
		defer conn.Close()
		_, err = conn.Read(make([]byte, 1))
	}
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), "refused") {
		t.Errorf("a port on which nobody listens says %v", err)
	}
	w.abandoned(t)
}

// many connections are opened beside each other, each of which says at once that
// it is there: a relay that is late says so when the proxy has given it up.
func (w *world) many(t testing.TB) {
	t.Helper()
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for range 8 {
				if answer, _, err := w.askInside(t.Context(), httpPort, ""); err != nil || answer.StatusCode != http.StatusOK {
					t.Errorf("one of many connections from inside is answered %v, %v", answer, err)
					return
				}
			}
		})
	}
	asking.Wait()
}

// inside asks for a page from inside the proxy's container.
func (w *world) inside(t testing.TB, port int, headers string) (*http.Response, string) {
	t.Helper()
	answer, body, err := w.askInside(t.Context(), port, headers)
	ok(t, err)
	return answer, body
}

func (w *world) askInside(ctx context.Context, port int, headers string) (answer *http.Response, text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := w.doors.Dial(ctx, w.proxy, port)
	if err != nil {
		return nil, "", err
	}
	defer conn.Close()
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	if _, err = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", headers); err != nil {
		return nil, "", err
	}
	if answer, err = http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer, string(body), err
}

// relay is what may run for a connection in images with the tools of each kind.
var relay = regexp.MustCompile(`^(sh -c # Relays|perl -e # Relays|bash -c exec 3<>|cat$|dd bs=64k$|(busybox )?nc 127\.0\.0\.1)`)

// abandoned finds that a connection which is closed before its answer leaves
// no process behind.
func (w *world) abandoned(t testing.TB) {
	t.Helper()
	conn, err := w.doors.Dial(t.Context(), w.proxy, httpPort)
	ok(t, err)
	_, err = io.WriteString(conn, "GET /slow?for=20s HTTP/1.1\r\nHost: localhost\r\n\r\n")
	ok(t, err)
	time.Sleep(200 * time.Millisecond) // let it arrive
	ok(t, conn.Close())
	closed := time.Now()
	eventually(t, "the relay has ended", func() error {
		processes := w.docker(t, "top", w.proxy, "-o", "pid,args")
		for line := range strings.Lines(processes) {
			if words := strings.Join(strings.Fields(line)[1:], " "); relay.MatchString(words) {
				return fmt.Errorf("there is %s", words)
			}
		}
		return nil
	})
	if took := time.Since(closed); took > 10*time.Second {
		t.Errorf("it went on for %s", took)
	}
}
