package switcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// idleRestart is the restart policy of workers that are not at work: an engine
// that starts with its machine would start them beside the active colour's.
const idleRestart = "no"

// steady is how long a worker without a healthcheck has to run until it is held
// ready: the proxy does not look at it, as it does at what takes traffic.
const steady = 2 * time.Second

// workers executes the steps about workers.
func (r *runner) workers(ctx context.Context, s Step) error {
	if err := r.observeContainers(ctx); err != nil {
		return err
	}
	if s.Action == DoStartWorkers {
		return r.startWorkers(ctx, s)
	}
	return r.endWorkers(ctx, s)
}

// restartBy sets the restart policy of containers.
func (r *runner) restartBy(ctx context.Context, containers []compose.Container, policy string) error {
	for _, ctr := range containers {
		if err := r.Engine.RestartBy(ctx, ctr, policy); err != nil {
			return err
		}
	}
	return nil
}

// startWorkers starts workers and blocks until the engine holds them ready.
func (r *runner) startWorkers(ctx context.Context, s Step) error {
	for _, service := range s.Services {
		if err := r.restartBy(ctx, r.state.Of(service), r.model.TermsOf(service).Restart); err != nil {
			return err
		}
	}
	if err := r.Engine.Start(ctx, s.Services); err != nil {
		return err
	}
	err := r.within(ctx, func(ctx context.Context) error { return r.Engine.AwaitSteady(ctx, s.Services, steady) })
	if err != nil {
		return err
	}
	return r.observeContainers(ctx)
}

// endWorkers has workers take no more jobs, blocks until they have ended, each
// within its limit, and stops those that have not. No restart policy revives
// them: it goes first, for the engine takes a signal for no stop.
func (r *runner) endWorkers(ctx context.Context, s Step) error {
	containers := s.Containers
	if len(containers) == 0 {
		containers = r.state.Of(s.Services...)
	}
	if err := r.restartBy(ctx, containers, idleRestart); err != nil {
		return err
	}
	ending, each := errgroup.WithContext(ctx)
	for _, ctr := range containers {
		if ctr.Running() {
			ending.Go(func() error { return r.endWorker(each, ctr) })
		}
	}
	if err := errors.Join(ending.Wait(), ctx.Err()); err != nil {
		return err
	}
	if err := r.Engine.Stop(ctx, ids(atLarge(containers))); err != nil {
		return err
	}
	return r.observeContainers(ctx)
}

// endWorker signals one worker and waits. One that takes too long is stopped,
// by its own stop signal and grace.
func (r *runner) endWorker(ctx context.Context, ctr compose.Container) error {
	terms := r.model.TermsOf(ctr.Service)
	limit := first(terms.Limit, r.patience.Drain)
	began := time.Now()
	r.tellWorker(ctr, compose.Working, "ends its jobs, within "+limit.String())
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := r.Engine.End(within, ctr, terms.Signal)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	case within.Err() == nil:
		r.tellWorker(ctr, compose.Done, fmt.Sprintf("ended after %s", time.Since(began).Round(time.Second/10)))
		return nil
	}
	r.tellWorker(ctr, compose.Warning, fmt.Sprintf("has not ended after %s: it is stopped", limit))
	return r.Engine.Stop(ctx, []string{ctr.ID})
}

func (r *runner) tellWorker(ctr compose.Container, status compose.Status, text string) {
	_, colour, _ := r.model.PartOf(ctr.Service)
	r.Report.Report(compose.Event{Step: string(DoEndWorkers), Subject: ctr.Name, Colour: colour, Status: status, Text: text})
}

// atLarge are containers that neither run nor have ended: one that the engine
// is about to restart may come back at any moment.
func atLarge(containers []compose.Container) []compose.Container {
	var found []compose.Container
	for _, ctr := range containers {
		if ctr.State == "restarting" || ctr.State == "paused" || ctr.State == compose.Severed {
			found = append(found, ctr)
		}
	}
	return found
}
