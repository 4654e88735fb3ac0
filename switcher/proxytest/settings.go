package proxytest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func settingsAreValidated(t *testing.T, w *world) {
	if !w.setup.Proxy.Generated {
		t.Skip("the settings are the user's")
	}
	ctx, control := t.Context(), w.enter(t)
	broken := w.model
	broken.Pairs = []compose.Pair{newPair("no good", w.model.Pairs[1].Routes[compose.Blue])}
	var invalid *compose.InvalidError
	if err := control.Configure(ctx, broken); !errors.As(err, &invalid) {
		t.Errorf("broken settings: %v", err)
	}
	if outdated, err := control.Outdated(ctx, w.model); outdated || err != nil {
		t.Errorf("afterwards the settings are outdated: %v, %v", outdated, err)
	}
	w.serves(t, "blue")
}

func ownSettingsAreVerified(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.Verify(ctx, w.model))
	if w.setup.Proxy.Generated {
		return
	}
	extended := w.withPair("extra", "/healthz")
	for c, route := range extended.Pairs[2].Routes {
		route.Listen = 9999
		extended.Pairs[2].Routes[c] = route
	}
	if outdated, err := control.Outdated(ctx, extended); outdated != w.setup.Routes || err != nil {
		t.Errorf("a user's settings are outdated: %v, %v", outdated, err)
	}
	var invalid *compose.InvalidError
	if err := control.Verify(ctx, extended); !errors.As(err, &invalid) || !strings.Contains(invalid.Fix, "9999") ||
		strings.Contains(invalid.Fix, "web_%") {
		t.Fatalf("settings that lack a listener: %v", err)
	}
}

// withPair is the world's model with one more way to the web service.
func (w *world) withPair(name, path string) compose.Model {
	extended := w.model
	route := w.model.Pairs[1].Routes[compose.Blue]
	route.Path = path
	added := newPair(name, route)
	added.Services = w.model.Pairs[1].Services
	extended.Pairs = append(slices.Clone(w.model.Pairs), added)
	return extended
}

func reloadLosesNothing(t *testing.T, w *world) {
	if !w.setup.Proxy.Generated {
		t.Skip("the settings are the user's")
	}
	ctx, control := t.Context(), w.enter(t)
	extended := w.withPair("extra", "/healthz")
	if outdated, err := control.Outdated(ctx, extended); !outdated || err != nil {
		t.Errorf("settings that lack a pair are outdated: %v, %v", outdated, err)
	}
	run := w.load(t)
	for n := range 4 {
		model := []compose.Model{extended, w.model}[n%2]
		// The durable colour is not the one that the proxy was started with.
		ok(t, control.Commit(ctx, routing(compose.Colours()[(n+1)%2])))
		ok(t, control.Configure(ctx, model))
		ok(t, control.Reload(ctx))
		if live, err := control.Live(ctx); live.Active != compose.Colours()[(n+1)%2] || err != nil {
			t.Errorf("after a reload %s is live, %v", live, err)
		}
		if known := w.servers(t, control, model, compose.Blue); len(known) != 2*len(model.Pairs) {
			t.Errorf("after a reload it knows %+v", known)
		}
		if status, body := w.visit(t, "/healthz"); status != 200 || !strings.HasPrefix(body, "ok") {
			t.Errorf("a visitor gets %d %q", status, body)
		}
		time.Sleep(300 * time.Millisecond) // let requests arrive in between
	}
	lostNothing(t, run)
	w.serves(t, "blue")
}

// What began before a reload is still the colour's, and what comes on a
// connection from before it goes where a new connection would.
func reloadForgetsNothing(t *testing.T, w *world) {
	if !w.setup.Proxy.Generated {
		t.Skip("the settings are the user's")
	}
	ctx, control := t.Context(), w.enter(t)
	w.inFlight(t, control, switcher.InFlight{})
	idle := w.begin(t, "/")
	if colour := answeringColour(t, idle); colour != "blue" {
		t.Errorf("before, %s answers", colour)
	}
	w.begin(t, "/stream?for=20s")
	raw := w.dial(t, rawPort)
	defer raw.Close()
	w.inFlight(t, control, switcher.InFlight{Streams: 1, Connections: 1})

	ok(t, control.Configure(ctx, w.withPair("extra", "/healthz")))
	ok(t, control.Reload(ctx))
	// The kind of what a former worker serves is not known.
	w.inFlight(t, control, switcher.InFlight{Requests: 1, Connections: 1})
	ok(t, control.Commit(ctx, routing(compose.Green)))
	w.inFlight(t, control, switcher.InFlight{Requests: 1, Connections: 1})
	request(t, idle, "/")
	if colour := answeringColour(t, idle); colour != "green" {
		t.Errorf("after the switch, %s answers on a connection from before the reload", colour)
	}
	ok(t, control.Commit(ctx, routing(compose.Blue)))
	ok(t, control.Configure(ctx, w.model))
	ok(t, control.Reload(ctx))
}
