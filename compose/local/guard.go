package local

import (
	"context"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Guard blocks until a container of services ends, is removed or becomes
// unhealthy: a *compose.UnhealthyError with what it said. One that the engine
// starts again has ended all the same. When ctx ends it returns ctx's error.
func (e *Engine) Guard(ctx context.Context, services []string) error {
	silent := *e
	silent.report = nil // that all runs is no news
	w := newWatch(&silent, services)
	w.until = func() bool { return len(w.those((*replica).fallen)) > 0 }
	err := w.run(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("guard %s: %w", e.name, err)
	}
	fallen := w.those((*replica).fallen)
	failures := w.diagnose(ctx, fallen)
	for i, r := range fallen {
		if r.deaths > 0 && !r.outOfMemory {
			failures[i].Reason = r.exit(nil)
		}
	}
	return &compose.UnhealthyError{Failures: failures}
}

// fallen tells that a replica which was ready does not serve as it did. One
// that runs and was never healthy is not fallen.
func (r *replica) fallen() bool {
	return r.removed || r.deaths > 0 || r.outOfMemory || !r.Running() || r.Health == compose.Unhealthy
}
