package switcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// dismissal is how long a command waits for a proxy to end whose end is not
// what the command is about.
const dismissal = 2 * time.Second

// retireProxy lets a proxy end beside the one that has all new connections,
// and removes it once it has. Its name tells first that it goes: that is the
// moment in which the other one becomes the proxy for every later command.
// What it still serves when the patience is over goes on, unless cutting was
// asked for; a later command removes it.
func (r *runner) retireProxy(ctx context.Context, s Step) error {
	leaving := s.Containers[0]
	if err := r.mark(ctx, leaving); err != nil {
		return err
	}
	if r.succession != nil && r.former.ID == leaving.ID {
		r.takeOver()
	}
	limit := r.patience.Drain
	if s.Brief {
		limit = dismissal
	}
	if err := r.end(ctx, leaving, limit); err != nil {
		return err
	}
	if err := r.line.Alone(ctx); err != nil {
		return err
	}
	return r.sweep(ctx, s, leaving)
}

// mark makes it known that a proxy goes. A Ctrl-C cannot split it.
func (r *runner) mark(ctx context.Context, leaving compose.Container) error {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle)
	defer cancel()
	return r.Engine.Rename(own, leaving, leaving.RetiringName())
}

// end tells a proxy to end and waits for it, up to a limit. Meanwhile it says
// what is left.
func (r *runner) end(ctx context.Context, leaving compose.Container, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ended, signal := make(chan error, 1), r.line.EndSignal()
	go func() { ended <- r.Engine.End(ctx, leaving, signal) }()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ticker.C:
			if left, err := r.line.Former(ctx); err == nil && left.Total() > 0 {
				r.Report.Report(compose.Event{
					Step: string(DoRetireProxy), Subject: leaving.Name, Status: compose.Working, Text: left.String() + " in flight",
				})
			}
		}
	}
}

// sweep removes a proxy that has ended, or whose rest may be cut, and else says
// what it still serves.
func (r *runner) sweep(ctx context.Context, s Step, leaving compose.Container) error {
	if err := errors.Join(ctx.Err(), r.observeContainers(ctx)); err != nil {
		return err
	}
	for _, c := range r.state.Containers {
		if c.ID != leaving.ID || !c.Running() || r.patience.Cut && !s.Brief {
			continue
		}
		left, err := r.line.Former(ctx)
		if err != nil {
			return err
		}
		r.drained = left
		r.Report.Report(compose.Event{
			Step: string(DoRetireProxy), Subject: leaving.Name, Status: compose.Warning,
			Text: fmt.Sprintf("%s still in flight: left to end by themselves, a later command removes the container", left),
		})
		return nil
	}
	return r.Engine.Remove(ctx, []string{leaving.ID})
}
