package switcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// glance is the pause between two looks at the proxy, which has no events;
// every refresh-th look asks the engine again for the containers' addresses.
const (
	glance  = 50 * time.Millisecond
	refresh = 20
)

// ready blocks until every replica of a colour is ready for the engine and
// up for the proxy. Both are awaited at once: the proxy's checks run while
// the containers' own do. When neither is content in time, the engine's word
// counts: it knows why.
func (r *runner) ready(ctx context.Context, c compose.Colour) error {
	group, waiting := errgroup.WithContext(ctx)
	var awaited error
	group.Go(func() error {
		awaited = r.Engine.Await(waiting, r.model.Lasting(c))
		return awaited
	})
	group.Go(func() error { return r.upInProxy(waiting, c) })
	first := group.Wait()
	var unhealthy *compose.UnhealthyError
	switch {
	case errors.As(awaited, &unhealthy):
		return awaited
	case errors.As(first, &unhealthy):
		unhealthy.Failures = r.Engine.Explain(ctx, unhealthy.Failures)
	}
	return first
}

// upInProxy blocks until the proxy's own check has called up every replica
// of a colour. The replicas of a colour without traffic are checked anew: a
// replica counts as up before its first check, and a slot may remember the
// check of the container that had it before.
func (r *runner) upInProxy(ctx context.Context, c compose.Colour) error {
	rechecked := r.state.Live.Reaches(c)
	shown := -1
	failures := notUp(State{Model: &r.model, Containers: r.state.Containers}, c)
	for look := 0; ; look++ {
		if look%refresh == 0 {
			if err := r.observeContainers(ctx); err != nil {
				return orTooLate(ctx, err, failures)
			}
		}
		servers, err := r.enrolled(ctx, c)
		if err != nil {
			return orTooLate(ctx, err, failures)
		}
		seen := State{Model: &r.model, Containers: r.state.Containers, Servers: servers}
		failures = notUp(seen, c)
		if rechecked && len(failures) != shown { // before, it counts what nobody has checked yet
			shown = len(failures)
			r.reportUp(seen, c)
		}
		switch {
		case len(failures) == 0 && rechecked:
			return nil
		case !rechecked && allSeen(seen, c):
			if err := r.line.Recheck(ctx, r.state.Side(r.model, c)); err != nil {
				return orTooLate(ctx, err, failures)
			}
			rechecked = true
		}
		select {
		case <-ctx.Done():
			return orTooLate(ctx, ctx.Err(), failures)
		case <-time.After(glance):
		}
	}
}

// enrolled sees to it that the proxy knows a colour's replicas, and asks what
// it makes of them.
func (r *runner) enrolled(ctx context.Context, c compose.Colour) (map[compose.Colour][]Server, error) {
	side := r.state.Side(r.model, c)
	if err := r.line.Enrol(ctx, side); err != nil {
		return nil, err
	}
	return r.line.Servers(ctx, side)
}

// orTooLate is err, unless it came of a deadline before which replicas did not
// come up: then it names them.
func orTooLate(ctx context.Context, err error, failures []compose.Failure) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && len(failures) > 0 {
		return &compose.UnhealthyError{Failures: failures}
	}
	return err
}

// reportUp counts the replicas that are up in the proxy.
func (r *runner) reportUp(s State, c compose.Colour) {
	for _, service := range s.Model.Services(c) {
		up := 0
		containers := s.Of(service)
		for _, ctr := range containers {
			if server, known := serverOf(s.Servers[c], ctr); known && server.Up {
				up++
			}
		}
		r.Report.Report(compose.Event{
			Step: string(DoReady), Subject: r.model.Proxy.Service + " sees " + service, Colour: c,
			Status: statusOf(up, len(containers)), Ready: up, Wanted: len(containers),
		})
	}
}

// statusOf is Done when all are there.
func statusOf(ready, wanted int) compose.Status {
	if ready == wanted {
		return compose.Done
	}
	return compose.Working
}

// allSeen tells that the proxy knows every container of a colour and each
// of them runs.
func allSeen(s State, c compose.Colour) bool {
	for _, ctr := range s.Of(s.Model.Services(c)...) {
		if _, known := serverOf(s.Servers[c], ctr); !known || !ctr.Running() {
			return false
		}
	}
	return true
}

// notUp lists the replicas that the proxy does not hold fit.
func notUp(s State, c compose.Colour) []compose.Failure {
	var failures []compose.Failure
	for _, ctr := range s.Of(s.Model.Services(c)...) {
		server, known := serverOf(s.Servers[c], ctr)
		switch {
		case !known:
			failures = append(failures, compose.Failure{Container: ctr.Name, Service: ctr.Service, Reason: "is not seen by the proxy"})
		case !server.Up:
			failures = append(failures, compose.Failure{Container: ctr.Name, Service: ctr.Service, Reason: fmt.Sprintf("fails the proxy's check (%s)", server.Why)})
		}
	}
	return failures
}
