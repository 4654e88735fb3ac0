package proxytest

import (
	"errors"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func restartKeepsTheColour(t *testing.T, w *world) {
	for _, c := range []compose.Colour{compose.Green, compose.Blue} {
		ok(t, w.enter(t).Commit(t.Context(), routing(c)))
		w.docker(t, "restart", "--time", "1", w.proxy)
		w.keeps(t, c)
	}
}

func crashKeepsTheColour(t *testing.T, w *world) {
	for _, c := range []compose.Colour{compose.Green, compose.Blue} {
		ok(t, w.enter(t).Commit(t.Context(), routing(c)))
		w.docker(t, "kill", w.proxy)
		w.docker(t, "start", w.proxy)
		w.keeps(t, c)
	}
}

// keeps fails the test unless a proxy that has just started serves a colour.
func (w *world) keeps(t *testing.T, c compose.Colour) {
	t.Helper()
	w.awaitProxy(t)
	control := w.enter(t)
	if live, err := control.Live(t.Context()); live.Active != c || err != nil {
		t.Errorf("%s is live, %v, want %s", live, err, c)
	}
	w.awaitUp(t, control, c, 2)
	w.serves(t, string(c))
}

func readOnlyVolumeIsSaidSo(t *testing.T, w *world) {
	ctx := t.Context()
	fixed := w.withoutProxy(t, ":ro")
	control := fixed.enter(t)
	if r, err := control.Routing(ctx); err != nil || r.Active != compose.Blue {
		t.Errorf("the routing reads as %+v, %v", r, err)
	}
	for what, write := range map[string]func() error{
		"save":   func() error { return control.SaveModel(ctx, w.model) },
		"note":   func() error { return control.Note(ctx, routing(compose.Blue)) },
		"append": func() error { return control.Append(ctx, switcher.Record{}) },
		"lock":   func() error { return control.Acquire(ctx, ann, 0) },
	} {
		isProxyError(t, what, write)
		var wrong *switcher.ProxyError
		if err := write(); errors.As(err, &wrong) && !strings.Contains(wrong.Hint(), "volume") {
			t.Errorf("%s: %v: the hint is %q", what, err, wrong.Hint())
		}
	}
}

// withoutProxy is a world in whose proxy container no proxy runs.
func (w *world) withoutProxy(t *testing.T, mode string) *world {
	t.Helper()
	other := *w
	other.proxy = w.create(t, w.setup.Proxy.Service, "--volume", w.project+":"+w.setup.Proxy.Volume+mode,
		"--entrypoint", "sleep", w.setup.Image, "600")
	w.docker(t, "start", other.proxy)
	return &other
}

// The proxy's container runs, and no proxy in it.
func silentProxyIsSaidSo(t *testing.T, w *world) {
	ctx := t.Context()
	w.docker(t, "kill", w.proxy) // its socket on the volume would answer
	control := w.withoutProxy(t, "").enter(t)
	before, err := control.Routing(ctx)
	ok(t, err)
	blue := w.side(t, w.model, compose.Blue)
	isProxyError(t, "live", func() error { _, err := control.Live(ctx); return err })
	isProxyError(t, "commit", func() error { return control.Commit(ctx, routing(compose.Green)) })
	isProxyError(t, "servers", func() error { _, err := control.Servers(ctx, blue); return err })
	isProxyError(t, "in flight", func() error { _, err := control.InFlight(ctx, blue); return err })
	isProxyError(t, "recheck", func() error { return control.Recheck(ctx, blue) })
	isProxyError(t, "retire", func() error { return control.Retire(ctx, blue.Containers[0]) })
	isProxyError(t, "reload", func() error { return control.Reload(ctx) })
	after, err := control.Routing(ctx)
	if err != nil || after.Active != before.Active {
		t.Errorf("the routing has changed: %+v, %v", after, err)
	}
}
