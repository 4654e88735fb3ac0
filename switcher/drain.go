package switcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// drain blocks until a colour serves nothing any more, and gives up after
// the patience. It cuts nothing. What is left then is a remark, or an error
// when the next step would cut it.
func (r *runner) drain(ctx context.Context, s Step) error {
	left, waited, err := r.drainColour(ctx, s.Colour)
	if err != nil {
		return err
	}
	r.drained = left
	if left.Total() == 0 {
		return nil
	}
	if s.Must && !r.patience.Cut {
		return &BusyError{Colour: s.Colour, InFlight: left, Waited: waited}
	}
	text := fmt.Sprintf("%s still in flight after %s: left to end by themselves", left, waited)
	r.outcome = "no longer waited for"
	if s.Must {
		r.outcome = ""
		text = fmt.Sprintf("%s still in flight after %s: cut, as --cut says", left, waited)
	}
	r.Report.Report(compose.Event{Step: string(DoDrain), Subject: string(s.Colour), Colour: s.Colour, Status: compose.Warning, Text: text})
	return nil
}

// drainColour waits for a colour's sessions to end and tells how many are
// left and how long it waited.
func (r *runner) drainColour(ctx context.Context, c compose.Colour) (InFlight, time.Duration, error) {
	began := time.Now()
	var shown InFlight
	for {
		left, err := r.line.InFlight(ctx, r.state.Side(r.model, c))
		waited := time.Since(began)
		if err != nil || left.Total() == 0 || waited >= r.patience.Drain {
			return left, waited.Round(time.Second), err
		}
		if left != shown {
			shown = left
			r.Report.Report(compose.Event{Step: string(DoDrain), Subject: string(c), Colour: c, Status: compose.Working, Text: left.String() + " in flight"})
		}
		select {
		case <-ctx.Done():
			return left, waited, ctx.Err()
		case <-time.After(min(glance, r.patience.Drain-waited)):
		}
	}
}

// retire takes replicas out of the rotation and waits until they serve
// nothing. When they do not end in time they are readmitted, unless cutting
// was asked for.
func (r *runner) retire(ctx context.Context, s Step) error {
	service := s.Containers[0].Service
	for _, ctr := range s.Containers {
		if err := r.line.Retire(ctx, ctr); err != nil {
			return err
		}
	}
	left, waited, err := r.drainReplicas(ctx, s)
	if err == nil && (left == 0 || r.patience.Cut) {
		return nil
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle)
	defer cancel()
	if undo := r.line.Readmit(own, service); err != nil || undo != nil {
		return errors.Join(err, undo)
	}
	return &BusyError{Colour: s.Colour, InFlight: InFlight{Requests: left}, Waited: waited}
}

// drainReplicas waits until replicas serve nothing, as drainColour does.
func (r *runner) drainReplicas(ctx context.Context, s Step) (int, time.Duration, error) {
	began := time.Now()
	for {
		servers, err := r.line.Servers(ctx, r.state.Side(r.model, s.Colour))
		left := 0
		for _, ctr := range s.Containers {
			if server, known := serverOf(servers[s.Colour], ctr); known {
				left += server.Sessions
			}
		}
		waited := time.Since(began)
		if err != nil || left == 0 || waited >= r.patience.Drain {
			return left, waited.Round(time.Second), err
		}
		select {
		case <-ctx.Done():
			return left, waited, ctx.Err()
		case <-time.After(glance):
		}
	}
}

// readmit gives slots back, once the proxy has forgotten the addresses of
// the containers that left them: before, it would send traffic to nobody.
func (r *runner) readmit(ctx context.Context, s Step) error {
	err := r.within(ctx, func(ctx context.Context) error { return r.forgotten(ctx, s) })
	if err != nil {
		return err
	}
	if err := r.enrol(ctx, s.Colour); err != nil {
		return err
	}
	for _, service := range s.Services {
		if err := r.line.Readmit(ctx, service); err != nil {
			return err
		}
	}
	return nil
}

// forgotten blocks until the proxy knows none of the step's containers.
func (r *runner) forgotten(ctx context.Context, s Step) error {
	for {
		servers, err := r.line.Servers(ctx, r.state.Side(r.model, s.Colour))
		if err != nil {
			return err
		}
		known := false
		for _, ctr := range s.Containers {
			_, still := serverOf(servers[s.Colour], ctr)
			known = known || still
		}
		if !known {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the proxy still knows removed replicas of %s: %w", s.Services[0], ctx.Err())
		case <-time.After(glance):
		}
	}
}
