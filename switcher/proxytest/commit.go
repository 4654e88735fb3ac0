package proxytest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// routing is a routing with every field filled.
func routing(c compose.Colour) switcher.Routing {
	return switcher.Routing{
		Active: c, Release: "r#2 'quoted' \"é\" \\ $x", Previous: c.Other(), PreviousRelease: "r1",
		Action: "switch", Since: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), By: "ann@laptop",
		Pending: &switcher.Pending{From: c.Other(), Stop: true},
	}
}

func same(a, b switcher.Routing) bool { return reflect.DeepEqual(a, b) }

func beforeTheProxyRuns(t *testing.T, w *world) {
	ctx := t.Context()
	control, err := w.doors.EnterStopped(ctx, w.setup.Proxy)
	ok(t, err)
	defer control.Close()
	if r, err := control.Routing(ctx); r != nil || err != nil {
		t.Errorf("an empty volume has the routing %v, %v", r, err)
	}
	if outdated, err := control.Outdated(ctx, w.model); outdated != (w.setup.Proxy.Generated || w.setup.Routes) || err != nil {
		t.Errorf("settings that are missing are outdated: %v, %v", outdated, err)
	}
	ok(t, control.Verify(ctx, w.model))
	ok(t, control.SaveModel(ctx, w.model))
	ok(t, control.Configure(ctx, w.model))
	if outdated, err := control.Outdated(ctx, w.model); outdated || err != nil {
		t.Errorf("settings just made are outdated: %v, %v", outdated, err)
	}
	ok(t, control.Commit(ctx, routing(compose.Green)))
	if r, err := control.Routing(ctx); err != nil || !same(*r, routing(compose.Green)) {
		t.Errorf("the routing read back is %+v, %v", r, err)
	}
	isProxyError(t, "live", func() error { _, err := control.Live(ctx); return err })
	ok(t, control.Commit(ctx, switcher.Routing{}))
}

func withoutAColour(t *testing.T, w *world) {
	control := w.enter(t)
	if live, err := control.Live(t.Context()); live != (switcher.Traffic{}) || err != nil {
		t.Errorf("live is %q, %v", live, err)
	}
	if status, body := w.visit(t, "/"); status != http.StatusServiceUnavailable || !strings.Contains(body, w.setup.NoColour) {
		t.Errorf("a visitor gets %d %q", status, body)
	}
	ok(t, control.SetToken(t.Context(), token))
	if status, body := w.preview(t, byToken(token)[0]); status != http.StatusServiceUnavailable || !strings.Contains(body, w.setup.NoColour) {
		t.Errorf("a preview gets %d %q", status, body)
	}
	if said, err := io.ReadAll(w.dial(t, rawPort)); len(said) > 0 {
		t.Errorf("a tcp visitor gets %q, %v", said, err)
	}
}

func commitMovesAllPairs(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	for _, c := range []compose.Colour{compose.Green, compose.Blue} {
		ok(t, control.Commit(ctx, routing(c)))
		w.serves(t, string(c))
		if live, err := control.Live(ctx); live.Active != c || err != nil {
			t.Errorf("live is %q, %v", live, err)
		}
		if r, err := control.Routing(ctx); err != nil || !same(*r, routing(c)) {
			t.Errorf("the routing read back is %+v, %v", r, err)
		}
	}
	noted := routing(compose.Blue)
	noted.Release = "noted"
	ok(t, control.Note(ctx, noted))
	if r, err := control.Routing(ctx); err != nil || !same(*r, noted) {
		t.Errorf("the routing noted is %+v, %v", r, err)
	}
}

// Whoever sees a colour live must find it durable.
func commitIsDurableFirst(t *testing.T, w *world) {
	ctx, control, reader := t.Context(), w.enter(t), w.enter(t)
	for n := range w.setup.changes(20, 6) {
		next := compose.Colours()[(n+1)%2]
		var watching sync.WaitGroup
		watching.Go(func() {
			for live := compose.Colour(""); live != next; {
				var r *switcher.Routing
				var err2 error
				seen, err1 := reader.Live(ctx)
				live = seen.Active
				r, err2 = reader.Routing(ctx)
				if err := errors.Join(err1, err2); err != nil {
					t.Error(err)
					return
				}
				if live == next && r.Active != next {
					t.Errorf("%s is live while %s is durable", live, r.Active)
				}
			}
		})
		ok(t, control.Commit(ctx, routing(next)))
		watching.Wait()
	}
}

func unknownColourIsRefused(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	isProxyError(t, "commit", func() error { return control.Commit(ctx, switcher.Routing{Active: "red"}) })
	if r, err := control.Routing(ctx); err != nil || r.Active != compose.Blue {
		t.Errorf("afterwards the routing is %+v, %v", r, err)
	}
	w.serves(t, "blue")
}

func noHalfWrites(t *testing.T, w *world) {
	ctx, control, reader := t.Context(), w.enter(t), w.enter(t)
	long := w.model
	long.Shared = []string{strings.Repeat("x", 50_000)}
	var writing sync.WaitGroup
	done := make(chan struct{})
	writing.Go(func() {
		defer close(done)
		for n := range 20 {
			r := routing(compose.Blue)
			r.By = strings.Repeat("y", 100*n)
			if err := errors.Join(control.Note(ctx, r), control.SaveModel(ctx, long), control.SaveModel(ctx, w.model)); err != nil {
				t.Error(err)
			}
		}
	})
	for reads := 0; ; reads++ {
		r, err1 := reader.Routing(ctx)
		m, err2 := reader.Model(ctx)
		if err := errors.Join(err1, err2); err != nil || r == nil || m == nil {
			t.Fatalf("read %d: %v", reads, err)
		}
		select {
		case <-done:
			writing.Wait()
			return
		default:
		}
	}
}

func switchLosesNothing(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	run := w.load(t)
	for n := range w.setup.changes(10, 4) {
		ok(t, control.Commit(ctx, routing(compose.Colours()[(n+1)%2])))
		time.Sleep(200 * time.Millisecond) // let requests arrive in between
	}
	lostNothing(t, run)
}

// load starts visitors of every kind.
func (w *world) load(t *testing.T) *load.Run {
	t.Helper()
	return w.loadOf(t, map[load.Kind]int{
		load.KeepAlive: 4, load.NewConn: 2, load.Post: 2, load.Slow: 2, load.Stream: 1, load.Websocket: 1, load.TCP: 1,
	})
}

func (w *world) loadOf(t *testing.T, mix map[load.Kind]int) *load.Run {
	t.Helper()
	run, err := load.Start(t.Context(), load.Options{
		URL: "http://" + w.published(t, httpPort), TCPAddr: w.published(t, rawPort), Rate: 300, Mix: mix,
	})
	ok(t, err)
	t.Cleanup(func() { run.Stop() })
	return run
}

func lostNothing(t *testing.T, run *load.Run) {
	t.Helper()
	eventually(t, "the load went on after what it watched", func() error {
		if n := run.Snapshot().Requests; n < 100 {
			return fmt.Errorf("only %d requests", n)
		}
		return nil
	})
	report := run.Stop()
	t.Log(report)
	if !report.OK() {
		t.Errorf("%s\n%s", report, report.Details())
	}
}

func isProxyError(t *testing.T, what string, try func() error) {
	t.Helper()
	var wrong *switcher.ProxyError
	if err := try(); !errors.As(err, &wrong) || wrong.Proxy == "" || wrong.Doing == "" || wrong.Hint() == "" {
		t.Errorf("%s: want a *ProxyError that says all, got %v", what, err)
	}
}
