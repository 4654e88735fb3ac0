package proxytest

import (
	"context"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Benchmark measures what a switch is made of.
func Benchmark(b *testing.B, s Setup) {
	w := newWorld(b, s)
	w.prepare(b)
	w.startProxy(b)
	w.populate(b)
	control := w.enter(b)
	ctx, blue := b.Context(), w.side(b, w.model, compose.Blue)

	b.Run("docker-exec-true", func(b *testing.B) {
		for b.Loop() {
			w.docker(b, "exec", w.proxy, "true")
		}
	})
	b.Run("enter", func(b *testing.B) {
		for b.Loop() {
			ok(b, w.enter(b).Close())
		}
	})
	b.Run("enter-stopped", func(b *testing.B) {
		for b.Loop() {
			stopped, err := w.doors.EnterStopped(ctx, s.Proxy)
			ok(b, err)
			ok(b, stopped.Close())
		}
	})
	for name, call := range map[string]func(context.Context) error{
		"held":     func(ctx context.Context) error { _, err := control.Held(ctx); return err },
		"acquire":  func(ctx context.Context) error { return control.Acquire(ctx, ann, 0) },
		"routing":  func(ctx context.Context) error { _, err := control.Routing(ctx); return err },
		"model":    func(ctx context.Context) error { _, err := control.Model(ctx); return err },
		"history":  func(ctx context.Context) error { _, err := control.History(ctx); return err },
		"live":     func(ctx context.Context) error { _, err := control.Live(ctx); return err },
		"servers":  func(ctx context.Context) error { _, err := control.Servers(ctx, blue); return err },
		"inflight": func(ctx context.Context) error { _, err := control.InFlight(ctx, blue); return err },
		"commit":   func(ctx context.Context) error { return control.Commit(ctx, routing(compose.Blue)) },
		"note":     func(ctx context.Context) error { return control.Note(ctx, routing(compose.Blue)) },
		"append":   func(ctx context.Context) error { return control.Append(ctx, switcher.Record{Action: "switch"}) },
		"reload":   control.Reload,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ok(b, call(ctx))
			}
		})
	}
}

// prepare makes what the proxy needs before its first start.
func (w *world) prepare(t testing.TB) {
	t.Helper()
	control, err := w.doors.EnterStopped(t.Context(), w.setup.Proxy)
	ok(t, err)
	ok(t, control.SaveModel(t.Context(), w.model))
	ok(t, control.Configure(t.Context(), w.model))
	ok(t, control.Close())
}
