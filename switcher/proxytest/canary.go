package proxytest

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// canary is a routing with a share of the other colour.
func canary(c compose.Colour, share int) switcher.Routing {
	r := routing(c)
	r.Canary, r.CanarySince, r.Pending = share, time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC), nil
	return r
}

// A share is measured by so many clients, and by so many points it may be off:
// four times the deviation of a fair draw at its worst. The scenarios behind
// each proxy measure by more.
const (
	whole = 1000
	off   = 6.4
)

// Clients get the share that was asked for, and whoever is on the other colour
// stays there while it grows.
func canarySharesClients(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	faithful := newClients(200)
	w.answers(t, faithful, "blue")
	for _, c := range faithful {
		if len(c.cookies) != 1 || c.cookies[switcher.ColourCookie] == "" {
			t.Fatalf("without a canary a client is given %v", c.cookies)
		}
	}
	run := w.load(t)
	for _, share := range []int{5, 60} {
		ok(t, control.Commit(ctx, canary(compose.Blue, share)))
		w.hasShare(t, control, compose.Blue, share)
		got := w.share(t, newClients(whole))
		t.Logf("%d%% wanted: %.2f%% of %d clients", share, got, whole)
		if math.Abs(got-float64(share)) > off {
			t.Errorf("%d%% wanted, %.2f%% of %d clients are on the other colour", share, got, whole)
		}
		stay(t, w, faithful)
	}
	ok(t, control.Commit(ctx, canary(compose.Blue, 0)))
	w.answers(t, faithful, "blue")
	w.answers(t, newClients(100), "blue")
	lostNothing(t, run)
}

// stay fails the test when a client of green is not there any more, or one that
// has its cookie is not answered by the same colour twice.
func stay(t *testing.T, w *world, clients []*client) {
	t.Helper()
	each(t, clients, w.url(t, "/"), func(c *client, colour string) error {
		if c.former == "green" && colour != "green" {
			return fmt.Errorf("with %v a client of green is sent to %s when the share has grown", c.cookies, colour)
		}
		return nil
	})
	for range 2 {
		each(t, clients, w.url(t, "/"), func(c *client, colour string) error {
			if c.former != colour {
				return fmt.Errorf("with %v a client is sent to %s, then to %s", c.cookies, c.former, colour)
			}
			return nil
		})
	}
}

// hasShare fails the test unless the share is live and durable.
func (w *world) hasShare(t testing.TB, control switcher.Control, active compose.Colour, share int) {
	t.Helper()
	w.routes(t, control, canary(active, share))
}

// Connections of tcp are drawn one by one.
func canarySharesConnections(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	const share, connections = 30, 1000
	ok(t, control.Commit(ctx, canary(compose.Blue, share)))
	green, address := 0, w.published(t, rawPort) // which takes longer to find out than to connect
	for range connections {
		dialer := net.Dialer{Timeout: 5 * time.Second}
		conn, err := dialer.DialContext(ctx, "tcp", address)
		ok(t, err)
		ok(t, conn.SetDeadline(time.Now().Add(time.Minute)))
		line, err := bufio.NewReader(conn).ReadString('\n')
		ok(t, errors.Join(err, conn.Close()))
		if strings.TrimSpace(line) == "v2" {
			green++
		}
	}
	t.Logf("%d%% wanted: %d of %d connections", share, green, connections)
	if got := 100 * float64(green) / connections; math.Abs(got-share) > 6 { // four times the deviation of a fair draw
		t.Errorf("%d%% wanted, %.1f%% of the connections went to the other colour", share, got)
	}
	ok(t, control.Commit(ctx, canary(compose.Blue, 0)))
	w.serves(t, "blue")
}

// At the end of a canary the share and the active colour change in one step:
// no client of the other colour is sent back for a moment, and afterwards none
// is left behind.
func canaryEndsInOneStep(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	ok(t, control.Commit(ctx, canary(compose.Blue, 50)))
	clients := newClients(8)
	url, through, asking, done := w.url(t, "/"), browser(), sync.WaitGroup{}, make(chan struct{})
	for _, c := range clients {
		_, err := c.ask(through, url)
		ok(t, err)
		asking.Go(func() {
			for before := c.colour; ; before = c.colour {
				if colour, err := c.ask(through, url); err != nil || before == "green" && colour == "blue" {
					t.Errorf("from %s a client is sent to %s, %v", before, colour, err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	time.Sleep(100 * time.Millisecond) // let requests arrive before
	ok(t, control.Commit(ctx, routing(compose.Green)))
	w.answers(t, newClients(100), "green")
	close(done)
	asking.Wait()
	w.answers(t, clients, "green")
	ok(t, control.Commit(ctx, routing(compose.Blue)))
	w.serves(t, "blue")
}

// A proxy that is started again knows the share, and its clients their colour.
func canarySurvivesARestart(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	ok(t, control.Commit(ctx, canary(compose.Blue, 30)))
	clients := newClients(100)
	w.share(t, clients)
	w.docker(t, "restart", "--time", "1", w.proxy)
	w.awaitProxy(t)
	control = w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	w.awaitUp(t, control, compose.Blue, 2)
	w.hasShare(t, control, compose.Blue, 30)
	stay(t, w, clients)
	noted := canary(compose.Blue, 30)
	noted.Pending = &switcher.Pending{Readmit: []string{"web-blue"}}
	ok(t, errors.Join(control.Note(ctx, noted), control.Note(ctx, canary(compose.Blue, 30))))
	w.hasShare(t, control, compose.Blue, 30)
	stay(t, w, clients)
	ok(t, control.Commit(ctx, canary(compose.Blue, 0)))
	w.serves(t, "blue")
}

// All pairs send a client to the same colour, whichever it asked first, and
// previews go on to the idle colour.
func canaryIsOneForAllPairs(t *testing.T, w *world) {
	if !w.setup.Proxy.Generated {
		t.Skip("the settings are the user's")
	}
	ctx, control := t.Context(), w.enter(t)
	extended := w.withPair("extra", "/healthz")
	ok(t, errors.Join(control.SaveModel(ctx, extended), control.Configure(ctx, extended), control.Reload(ctx), control.SetToken(ctx, token)))
	side := w.side(t, extended, compose.Green)
	eventually(t, "the new pair is up", func() error {
		ok(t, control.Enrol(ctx, side))
		servers, err := control.Servers(ctx, side)
		for _, s := range servers[compose.Green] {
			if err == nil && !s.Up {
				err = fmt.Errorf("%+v", s)
			}
		}
		return err
	})
	clients := newClients(300)
	for i, share := range []int{10, 33, 70} {
		ok(t, control.Commit(ctx, canary(compose.Blue, share)))
		first, second := w.url(t, "/"), w.url(t, "/healthz")
		if i%2 == 1 {
			first, second = second, first
		}
		agree(t, append(newClients(100), clients...), first, second)
		w.previewed(t, compose.Green, byToken(token)[0])
	}
	ok(t, errors.Join(control.Commit(ctx, canary(compose.Blue, 0)),
		control.SaveModel(ctx, w.model), control.Configure(ctx, w.model), control.Reload(ctx)))
	w.serves(t, "blue")
}

// agree fails the test unless each client gets the same colour at two pages.
func agree(t testing.TB, clients []*client, one, other string) {
	t.Helper()
	seen := map[*client]string{}
	each(t, clients, one, func(*client, string) error { return nil })
	for _, c := range clients {
		seen[c] = c.colour
	}
	each(t, clients, other, func(c *client, colour string) error {
		if seen[c] != colour {
			return fmt.Errorf("with %v a client is sent to %s at %s, and to %s at %s", c.cookies, seen[c], one, colour, other)
		}
		return nil
	})
}
