package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Await blocks until each container of services is ready for the engine:
// healthy, or running where it has no healthcheck. As soon as one cannot
// become so (unhealthy, exited for good, crashing again and again), and when
// ctx's deadline passes, it returns *compose.UnhealthyError. When ctx is
// cancelled it returns ctx's error.
//
// A service without containers is ready, unless the file wants some of it.
func (e *Engine) Await(ctx context.Context, services []string) error {
	return e.AwaitSteady(ctx, services, 0)
}

// AwaitSteady is Await where a container without a healthcheck is ready when it
// has run for a time without a break: one that falls over at its start runs for
// a moment, too.
func (e *Engine) AwaitSteady(ctx context.Context, services []string, steady time.Duration) error {
	w := newWatch(e, services)
	w.steady = steady
	err := w.run(ctx)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case ctx.Err() != nil: // the deadline
		return w.timedOut(ctx)
	case err != nil:
		return fmt.Errorf("await %s: %w", e.name, err)
	}
	return w.verdict(ctx)
}

// The engine closes the stream of events when it restarts: that is no reason
// to give up, unless it stays away. The pauses grow from firstPause twofold,
// to about eight seconds in all.
const (
	subscriptions = 6
	firstPause    = 250 * time.Millisecond
)

// run follows the containers until all are ready or one has failed.
func (w *watch) run(ctx context.Context) error {
	wait := firstPause
	for try := 1; ; try++ {
		heard, err := w.follow(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if heard {
			try, wait = 1, firstPause
		}
		if try == subscriptions {
			return fmt.Errorf("follow the engine's events: %w", err)
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
		wait *= 2
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// verdict is the result once the watch has settled.
func (w *watch) verdict(ctx context.Context) error {
	if len(w.failed()) == 0 {
		return w.missing()
	}
	// Replicas of one release fail together: see who else has by now.
	ctx, cancel := diagnosis(ctx)
	defer cancel()
	if err := w.look(ctx); err != nil {
		w.note(err)
	}
	return &compose.UnhealthyError{Failures: w.diagnose(ctx, w.failed())}
}

// timedOut is the result when the deadline has passed, unless all became
// ready at the last moment.
func (w *watch) timedOut(ctx context.Context) error {
	ctx, cancel := diagnosis(ctx)
	defer cancel()
	if err := w.look(ctx); err != nil {
		return fmt.Errorf("await %s: %w", w.engine.name, err)
	}
	if late := w.unready(); len(late) > 0 {
		return &compose.UnhealthyError{Failures: w.diagnose(ctx, late)}
	}
	return w.missing()
}

// missing finds a service of which the file wants replicas and that has none.
func (w *watch) missing() error {
	source := w.engine.source
	if source == nil {
		return nil
	}
	for _, name := range w.services {
		s, ok := source.Source.AllServices()[name]
		if ok && s.Provider == nil && s.GetScale() > 0 && w.count(name).wanted == 0 {
			return fmt.Errorf("await service %s: it has no container", name)
		}
	}
	return nil
}
