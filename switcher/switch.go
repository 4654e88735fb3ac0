package switcher

import (
	"context"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// SwitchOptions are what `switch` can be told.
type SwitchOptions struct {
	Options
	// Colour is where the traffic goes; "" is the idle colour.
	Colour compose.Colour
	// StopOld stops the other colour once it is drained.
	StopOld bool
}

// Switch sends all traffic of all pairs to a colour in one step and waits
// for what the other colour still serves. A colour that is not ready is a
// *NotReadyError; switching to the active colour does nothing.
func (s *Switcher) Switch(ctx context.Context, o SwitchOptions) (Outcome, error) {
	return s.do(ctx, Switch, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		return v.flipTo(ctx, o, out)
	})
}

// flipTo plans and runs a switch within a visit.
func (v *visit) flipTo(ctx context.Context, o SwitchOptions, out *Outcome) error {
	to := o.Colour
	if to == "" {
		to = v.active().Other()
	}
	if err := v.awaitFirstChecks(ctx, to); err != nil {
		return err
	}
	plan, err := planSwitch(v.state, move{To: o.Colour, Stop: o.StopOld, By: v.sign})
	if err != nil {
		return err
	}
	return v.move(ctx, plan, o.Options, out)
}

// Rollback goes back to what served before the last release: at once where
// its containers run, else after starting them as they were. It needs no
// file. A second rollback does nothing. *ImpossibleError says why it cannot
// be done, before anything is tried.
func (s *Switcher) Rollback(ctx context.Context, o SwitchOptions) (Outcome, error) {
	return s.do(ctx, Rollback, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		plan, err := planRollback(v.state, move{Stop: o.StopOld, By: v.sign})
		if err != nil {
			return err
		}
		return v.move(ctx, plan, o.Options, out)
	})
}

// move runs a plan that moves the traffic.
func (v *visit) move(ctx context.Context, plan Plan, o Options, out *Outcome) error {
	out.Colour = v.active()
	if i := slices.IndexFunc(plan.Steps, func(s Step) bool { return s.Action == DoCommit }); i >= 0 {
		out.Colour = plan.Steps[i].Colour
	}
	if v.state.Model != nil {
		out.Release = v.state.Release(out.Colour)
		out.Images = imagesOf(*v.state.Model, out.Colour, v.state.Containers)
	}
	r := &runner{visit: v, patience: o.patience(v.state.Model)}
	if v.state.Model != nil {
		r.model = *v.state.Model
	}
	return v.execute(ctx, r, plan, out)
}
