package switcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// succession is the replacement of a proxy that is under way.
type succession struct {
	next compose.Container
	// former is what next replaces; the zero Container when nothing ran.
	former compose.Container
	// beside tells that former serves on meanwhile.
	beside bool
	// formerLine leads into the former proxy. It is the visit's line again
	// when next does not prove itself.
	formerLine Control
	// stopped is when the former proxy was stopped; zero while it serves.
	stopped time.Time
}

// try has the next proxy's own program check the settings, with the image and
// the mounts that it will have, before anything else is touched. What it is to
// be started with comes first: nothing has been written then.
func (r *runner) try(ctx context.Context) error {
	line, err := r.Doors.EnterNext(ctx, r.model.Proxy)
	if err != nil {
		return err
	}
	err = line.Accepts(ctx, r.model, r.command)
	if err == nil {
		err = line.Configure(ctx, r.model)
	}
	return errors.Join(err, line.Close())
}

// addProxy makes the successor's container.
func (r *runner) addProxy(ctx context.Context, s Step) error {
	next, err := r.Engine.Add(ctx, s.Services[0])
	if err == nil {
		r.succession = &succession{next: next, formerLine: r.line}
	}
	return err
}

// stopProxy frees the ports of a proxy without a holder. What it still serves
// when the patience is over is cut: its successor cannot start before.
func (r *runner) stopProxy(ctx context.Context, s Step) error {
	former := s.Containers[0]
	r.former, r.stopped = former, time.Now()
	patient, cancel := context.WithTimeout(ctx, r.patience.Drain)
	defer cancel()
	if err := r.Engine.End(patient, former, r.line.EndSignal()); err != nil || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	return r.Engine.Stop(ctx, []string{former.ID})
}

// startSuccessor starts the successor and opens the line into it. Where a
// former proxy serves on beside it, that one hands on what it knows.
func (r *runner) startSuccessor(ctx context.Context, s Step) error {
	open := r.Doors.Enter
	if s.Former != nil {
		r.former, r.beside = *s.Former, true
		open = r.Doors.EnterBeside
		if err := r.line.HandOn(ctx); err != nil {
			return err
		}
	}
	if err := r.Engine.StartOnly(ctx, r.next); err != nil {
		return err
	}
	return r.within(ctx, func(ctx context.Context) error { return r.enterSuccessor(ctx, open) })
}

// enterSuccessor blocks until the successor answers. The line is opened anew
// now and then, for it ends with a container that the engine restarts.
func (r *runner) enterSuccessor(ctx context.Context, open opening) error {
	for look := 0; ; look++ {
		if look%refresh == 0 {
			if err := r.lookAtSuccessor(ctx); err != nil {
				return err
			}
			r.leaveSuccessor()
		}
		silent := r.successorAnswers(ctx, open)
		if silent == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return silent
		case <-time.After(glance):
		}
	}
}

// opening opens a line into a proxy's container.
type opening func(context.Context, compose.Container) (Control, error)

// successorAnswers opens the line into the successor, unless it is open, and
// asks something.
func (r *runner) successorAnswers(ctx context.Context, open opening) error {
	if r.line == r.formerLine {
		line, err := open(ctx, r.next)
		if err != nil {
			return err
		}
		r.line, r.helping = line, false
	}
	_, err := r.line.Live(ctx)
	return err
}

// leaveSuccessor closes the line into the successor; the visit's is the former
// proxy's again.
func (r *runner) leaveSuccessor() {
	if line := r.line; line != r.formerLine {
		r.line = r.formerLine
		_ = line.Close() // it may have ended with its container
	}
}

// lookAtSuccessor observes the successor's container, which must run.
func (r *runner) lookAtSuccessor(ctx context.Context) error {
	if err := r.observeContainers(ctx); err != nil {
		return err
	}
	i := slices.IndexFunc(r.state.Containers, func(c compose.Container) bool { return c.ID == r.next.ID })
	if i < 0 {
		return fmt.Errorf("%s was removed", r.next.Name)
	}
	r.next = r.state.Containers[i]
	switch {
	case !r.next.Running():
		return fmt.Errorf("%s is %s", r.next.Name, condition(r.next))
	case r.next.Health == compose.Unhealthy:
		return fmt.Errorf("%s is unhealthy", r.next.Name)
	}
	return nil
}

// prove asks everything of the successor that visitors rely on, before the
// former proxy goes.
func (r *runner) prove(ctx context.Context) error {
	err := r.within(ctx, r.proven)
	if err == nil {
		err = r.line.Take(ctx)
	}
	if err != nil {
		return err
	}
	if !r.stopped.IsZero() {
		r.gap = time.Since(r.stopped)
	}
	if !r.beside {
		r.takeOver()
	}
	return nil
}

// takeOver makes the successor's line the visit's for good.
func (r *runner) takeOver() {
	line := r.line
	r.line = r.formerLine
	r.moveTo(line)
	r.inside, r.state.ProxyRunning = r.next.ID, true
	r.succession = nil
}

func (r *runner) proven(ctx context.Context) error {
	active := r.state.Active()
	served, err := r.line.Live(ctx)
	if err != nil {
		return err
	}
	if wanted := r.state.Traffic(); served != wanted {
		return fmt.Errorf("%s serves %s, not %s", r.next.Name, served, wanted)
	}
	if err := r.seesAll(ctx, active); err != nil || active == "" {
		return err
	}
	if r.state.Traffic().Reaches(active.Other()) {
		if err := r.seesAll(ctx, active.Other()); err != nil {
			return err
		}
	}
	return r.line.Probe(ctx, r.model, active)
}

// seesAll blocks until the engine holds the successor ready and it holds every
// replica of the active colour up that its predecessor held so.
func (r *runner) seesAll(ctx context.Context, active compose.Colour) error {
	for look := 0; ; look++ {
		if look%refresh == 0 {
			if err := r.lookAtSuccessor(ctx); err != nil {
				return err
			}
		}
		missing, err := r.missed(ctx, active)
		if err != nil || missing == "" && r.next.Ready() {
			return err
		}
		select {
		case <-ctx.Done():
			if missing == "" {
				missing = r.next.Name + " is " + condition(r.next)
			}
			return errors.New(missing)
		case <-time.After(glance):
		}
	}
}

// missed names a replica that was up in the former proxy and is not in the
// successor; "" when there is none.
func (r *runner) missed(ctx context.Context, active compose.Colour) (string, error) {
	if active == "" {
		return "", nil
	}
	known, err := r.line.Servers(ctx, r.state.Side(r.model, active))
	if err != nil {
		return "", err
	}
	for _, server := range r.state.Servers[active] {
		up := slices.ContainsFunc(known[active], func(s Server) bool {
			return s.Service == server.Service && s.Address == server.Address && s.Up
		})
		if server.Up && !up {
			return fmt.Sprintf("%s does not hold %s at %s up", r.next.Name, server.Service, server.Address), nil
		}
	}
	return "", nil
}
