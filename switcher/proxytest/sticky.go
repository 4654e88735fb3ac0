package proxytest

import (
	"fmt"
	"math"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// pinning is a routing whose visitors of a colour stay there.
func pinning(active, pinned compose.Colour) switcher.Routing {
	r := routing(active)
	r.Pinned = pinned
	return r
}

// visitorsStay switches there and back: who began on the former colour stays
// until it is let go, and everybody else gets the new one at once.
func visitorsStay(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	ok(t, control.Commit(ctx, routing(compose.Blue)))
	clients, run := newClients(20), w.load(t)
	w.answers(t, clients, "blue")
	for _, way := range []struct{ to, from compose.Colour }{{compose.Green, compose.Blue}, {compose.Blue, compose.Green}} {
		ok(t, control.Commit(ctx, pinning(way.to, way.from)))
		w.routes(t, control, pinning(way.to, way.from))
		fresh := newClients(20)
		for range 2 {
			w.answers(t, clients, string(way.from))
			w.answers(t, fresh, string(way.to))
		}
		ok(t, control.Commit(ctx, routing(way.to)))
		w.routes(t, control, routing(way.to))
		w.answers(t, append(clients, fresh...), string(way.to))
	}
	lostNothing(t, run)
	w.serves(t, "blue")
}

// A canary is drawn among those who begin; who began before stays through it and
// through the switch, on either colour.
func visitorsStayInACanary(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	clients, drawn := newClients(100), newClients(whole)
	w.answers(t, clients, "blue")
	r := canary(compose.Blue, 60)
	r.Pinned = compose.Blue
	ok(t, control.Commit(ctx, r))
	w.routes(t, control, r)
	if got := w.share(t, drawn); math.Abs(got-60) > off {
		t.Errorf("60%% wanted, %.2f%% of those who begin are on the other colour", got)
	}
	w.answers(t, clients, "blue")
	stay(t, w, drawn)
	ok(t, control.Commit(ctx, pinning(compose.Green, compose.Blue)))
	stay(t, w, drawn)
	w.answers(t, clients, "blue")
	ok(t, control.Commit(ctx, routing(compose.Blue)))
	w.answers(t, append(clients, drawn...), "blue")
	w.serves(t, "blue")
}

// whoStay are clients that stay on blue while green is active.
func (w *world) whoStay(t testing.TB, control switcher.Control) []*client {
	t.Helper()
	clients := newClients(20)
	w.answers(t, clients, "blue")
	ok(t, control.Commit(t.Context(), pinning(compose.Green, compose.Blue)))
	w.answers(t, clients, "blue")
	return clients
}

// What visitors began on may end before they do.
func nobodyStaysWithTheDead(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	clients := w.whoStay(t, control)
	over := w.outage(t, compose.Blue)
	through := browser()
	eventually(t, "visitors of the dead colour get the other one", func() error {
		colour, err := clients[0].ask(through, w.url(t, "/"))
		if err == nil && colour != "green" {
			err = fmt.Errorf("the visitor gets %s", colour)
		}
		return err
	})
	w.answers(t, clients, "green")
	over(control)
	ok(t, control.Commit(ctx, routing(compose.Blue)))
	w.serves(t, "blue")
}

func staySurvivesARestart(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	clients := w.whoStay(t, control)
	w.docker(t, "restart", "--time", "1", w.proxy)
	w.awaitProxy(t)
	control = w.enter(t)
	w.awaitUp(t, control, compose.Blue, 2)
	w.awaitUp(t, control, compose.Green, 2)
	w.routes(t, control, pinning(compose.Green, compose.Blue))
	w.answers(t, clients, "blue")
	w.answers(t, newClients(20), "green")
	ok(t, control.Commit(ctx, routing(compose.Blue)))
	w.serves(t, "blue")
}

// routes fails the test unless a routing is live and durable.
func (w *world) routes(t testing.TB, control switcher.Control, want switcher.Routing) {
	t.Helper()
	if live, err := control.Live(t.Context()); live != want.Traffic() || err != nil {
		t.Errorf("live is %s, %v; want %s", live, err, want.Traffic())
	}
	if r, err := control.Routing(t.Context()); err != nil || !same(*r, want) {
		t.Errorf("the routing read back is %+v, %v", r, err)
	}
}
