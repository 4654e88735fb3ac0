package switcher

import (
	"context"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// beginProbe begins to ask for pages, where they can be reached. That it cannot
// is no failure: a release does not depend on where it is typed.
func (r *runner) beginProbe(ctx context.Context, s Step) error {
	o, leftOut, err := r.probeOptions(ctx, s.Colour)
	if err != nil {
		return err
	}
	if leftOut == "" {
		r.probing, err = r.Prober.Begin(ctx, o)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		leftOut = err.Error()
	}
	if leftOut != "" {
		r.probing, r.probe = nil, &Probe{LeftOut: leftOut}
	}
	return nil
}

// probeOptions is what is asked for, or why nothing is.
func (r *runner) probeOptions(ctx context.Context, to compose.Colour) (o ProbeOptions, leftOut string, err error) {
	switch {
	case r.Prober == nil:
		return o, "this program has nothing to probe with", nil
	case r.state.Model == nil:
		return o, "the project's record is gone from the proxy's volume", nil
	}
	m := *r.state.Model
	o = ProbeOptions{To: to, Targets: probeTargets(m, r.state.Of(m.Proxy.Service, m.Proxy.Holder), r.secure(ctx))}
	if len(o.Targets) == 0 {
		return o, "no http route that both colours have is at a published port", nil
	}
	if m.Preview != compose.PreviewOff {
		o.Token, err = r.line.Token(ctx)
	}
	return o, "", err
}

// tally tells what the probe has seen. What was lost does not stop the plan:
// the traffic has moved.
func (r *runner) tally(ctx context.Context, s Step) error {
	r.endProbe(ctx)
	if r.probe == nil {
		return nil
	}
	e := compose.Event{
		Step: string(DoTally), Subject: s.subject(), Colour: s.Colour, Status: compose.Done,
		Text: r.probe.Describe(s.Colour.Other(), s.Colour), Figures: r.probe.figures(),
	}
	if r.probe.Lost > 0 {
		e.Status = compose.Warning
	}
	r.Report.Report(e)
	r.warned = true // it has said what came of it
	return nil
}

// endProbe ends the probe under way, and returns what one has come to; nil for
// none.
func (r *runner) endProbe(ctx context.Context) *Probe {
	if r.probing != nil {
		p := r.probing.End(ctx)
		r.probing, r.probe = nil, &p
	}
	return r.probe
}

// LostError tells that requests were lost while the traffic moved. It has moved
// all the same.
type LostError struct {
	Doing    string // the verb
	From, To compose.Colour
	Probe    Probe
}

func (e *LostError) Error() string {
	return fmt.Sprintf("%s: %s takes all traffic, but the probe lost requests: %s; the first one: %s",
		e.Doing, e.To, e.Probe.Describe(e.From, e.To), e.Probe.Why)
}

// Hint says what to type next.
func (e *LostError) Hint() string {
	if e.Doing == Rollback {
		return "see what the replicas say: docker bluegreen logs --colour " + string(e.To)
	}
	return "go back: docker bluegreen rollback; or see what the new replicas say: docker bluegreen logs --colour " + string(e.To)
}

// losses is the error of a command whose probe has lost requests. Before was
// active before it.
func (o Outcome) losses(before compose.Colour) error {
	if o.Probe == nil || o.Probe.Lost == 0 {
		return nil
	}
	return &LostError{Doing: o.Verb, From: before, To: o.Active, Probe: *o.Probe}
}
