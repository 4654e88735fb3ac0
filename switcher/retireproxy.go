package switcher

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// dismissal is how long a command waits for a proxy to end whose end is not
// what the command is about.
const dismissal = 2 * time.Second

// retireProxy lets proxies end beside the one that has all new connections,
// and removes them once they have. Their names tell first that they go: that is
// the moment in which the other one becomes the proxy for every later command.
// What it still serves when the patience is over goes on, unless cutting was
// asked for; a later command removes it.
func (r *runner) retireProxy(ctx context.Context, s Step) error {
	for _, leaving := range s.Containers {
		if err := r.mark(ctx, leaving); err != nil {
			return err
		}
		if r.succession != nil && r.former.ID == leaving.ID {
			r.takeOver()
		}
	}
	limit := r.patience.Drain
	if s.Brief {
		limit = dismissal
		// It may be what a killed command has given the connections to.
		if err := r.line.Take(ctx); err != nil {
			return err
		}
	}
	var ends errgroup.Group // one failure ends no other one's wait
	for _, leaving := range s.Containers {
		ends.Go(func() error { return r.end(ctx, leaving, limit) })
	}
	if err := ends.Wait(); err != nil {
		return err
	}
	if err := r.line.Alone(ctx); err != nil {
		return err
	}
	return r.sweep(ctx, s)
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

// sweep removes the proxies that have ended, or whose rest may be cut, and says
// what the others still serve.
func (r *runner) sweep(ctx context.Context, s Step) error {
	if err := errors.Join(ctx.Err(), r.observeContainers(ctx)); err != nil {
		return err
	}
	busy := map[string]bool{}
	for _, c := range r.state.Containers {
		busy[c.ID] = c.Running() && (s.Brief || !r.patience.Cut)
	}
	var ended, serving []string
	for _, c := range s.Containers {
		if busy[c.ID] {
			serving = append(serving, c.Name)
		} else {
			ended = append(ended, c.ID)
		}
	}
	if err := r.Engine.Remove(ctx, ended); err != nil || len(serving) == 0 {
		return err
	}
	left, err := r.line.Former(ctx)
	if err != nil {
		return err
	}
	r.drained, r.outcome = left, "no longer waited for"
	r.Report.Report(compose.Event{
		Step: string(DoRetireProxy), Subject: strings.Join(serving, ", "), Status: compose.Warning,
		Text: fmt.Sprintf("%s still in flight: left to end by themselves, a later command removes the container", left),
	})
	return nil
}
