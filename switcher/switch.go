package switcher

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// SwitchOptions are what `switch` can be told.
type SwitchOptions struct {
	Options
	// Colour is where the traffic goes; "" is the idle colour.
	Colour compose.Colour
	// StopOld stops the other colour once it is drained.
	StopOld bool
	// Retire stops the other colour so long after the switch, by the first
	// command that comes then; zero is as the file says, NeverRetire not at
	// all.
	Retire time.Duration
	// Keep is how many old releases keep their images; nil is as the file
	// says.
	Keep *int
	// Bake is how long the colour is watched then, and rolled back when it is
	// worse than the file's limits; nil for the file's own time.
	Bake *time.Duration
	// Steps are the shares of the visitors that Colour gets one after the
	// other, in percent and rising; All is the last one of a switch. Without
	// any it gets all at once.
	Steps []int
	// StepTime is how long it stays at each; zero is DefaultStep.
	StepTime time.Duration
}

// pause is how long a colour stays at a share.
func (o SwitchOptions) pause() time.Duration { return first(o.StepTime, DefaultStep) }

// Switch sends all traffic of all pairs to a colour in one step and waits
// for what the other colour still serves. A colour that is not ready is a
// *NotReadyError; switching to the active colour does nothing.
func (s *Switcher) Switch(ctx context.Context, o SwitchOptions) (Outcome, error) {
	return s.do(ctx, Switch, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		if err := v.prepareBake(ctx, v.state.Model, o.Bake); err != nil {
			return err
		}
		return v.flipTo(ctx, o, out)
	})
}

// flipTo sends the traffic to a colour within a visit, at once or by shares.
func (v *visit) flipTo(ctx context.Context, o SwitchOptions, out *Outcome) error {
	active := v.active()
	switch {
	case o.Colour == active && active != "" && v.state.Canary() > 0:
		return v.shareOf(ctx, 0, o.Options, out)
	case len(o.Steps) > 0 && o.Colour != active:
		return v.stepwise(ctx, o, out)
	default:
		return v.flipAtOnce(ctx, o, out)
	}
}

// flipAtOnce plans and runs a switch within a visit.
func (v *visit) flipAtOnce(ctx context.Context, o SwitchOptions, out *Outcome) error {
	to := o.Colour
	if to == "" {
		to = v.active().Other()
	}
	err := v.around(ctx, Switch, out, func() (Plan, error) {
		if err := v.awaitFirstChecks(ctx, to); err != nil {
			return Plan{}, err
		}
		return planSwitch(v.state, v.moving(o.Colour, o))
	}, func(p Plan) error { return v.move(ctx, p, o.Options, out) })
	return v.released(ctx, o, out, err)
}

// moving is the move that the options ask for.
func (v *visit) moving(to compose.Colour, o SwitchOptions) move {
	return move{
		To: to, Stop: o.StopOld, Retire: v.retirement(o.Options, o.StopOld, o.Retire), By: v.sign, Checks: v.checks, Bake: v.bake, Probe: !o.NoProbe,
		Drain: o.patience(v.state.Model).Drain,
	}
}

// released ends a switch: old releases need no images any more once another
// one serves.
func (v *visit) released(ctx context.Context, o SwitchOptions, out *Outcome, err error) error {
	moved := slices.ContainsFunc(out.Plan.Steps, func(s Step) bool { return s.Action == DoCommit })
	if err != nil || !moved {
		return err
	}
	return v.forgetOld(ctx, o.Keep, out)
}

// Rollback goes back to what served before the last release: at once where
// its containers run, else after starting them as they were. It needs no
// file. A second rollback does nothing. *ImpossibleError says why it cannot
// be done, before anything is tried.
func (s *Switcher) Rollback(ctx context.Context, o SwitchOptions) (Outcome, error) {
	return s.do(ctx, Rollback, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		return v.around(ctx, Rollback, out, func() (Plan, error) {
			return v.planRollback(ctx, o)
		}, func(p Plan) error { return v.move(ctx, p, o.Options, out) })
	})
}

// planRollback plans a rollback. Where there is none, it looks for what else
// would bring the former release back.
func (v *visit) planRollback(ctx context.Context, o SwitchOptions) (Plan, error) {
	p, err := planRollback(v.state, v.moving("", o))
	var impossible *ImpossibleError
	if errors.As(err, &impossible) && v.observeShelf(ctx) == nil {
		return planRollback(v.state, v.moving("", o))
	}
	return p, err
}

// move runs a plan that moves the traffic.
func (v *visit) move(ctx context.Context, plan Plan, o Options, out *Outcome) error {
	out.Colour = v.active()
	if i := slices.IndexFunc(plan.Steps, func(s Step) bool { return slices.Contains([]Action{DoCommit, DoShare, DoStay, DoBake}, s.Action) }); i >= 0 {
		out.Colour = plan.Steps[i].Colour
		if r := plan.Steps[i].Routing; r != nil && r.Canary == 0 {
			out.Colour = r.Active
		}
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
