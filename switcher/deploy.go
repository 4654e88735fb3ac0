package switcher

import (
	"context"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// DeployOptions are what `deploy` can be told.
type DeployOptions struct {
	UpOptions
	StopOld bool
	// Retire and Keep are as for Switch.
	Retire time.Duration
	Keep   *int
	// Bake is as for a switch.
	Bake *time.Duration
	// Steps and StepTime are as of a switch.
	Steps    []int
	StepTime time.Duration
}

// switching are the options of the deploy's second half.
func (o DeployOptions) switching(c compose.Colour) SwitchOptions {
	return SwitchOptions{
		Options: o.Options, Colour: c, StopOld: o.StopOld, Retire: o.Retire, Keep: o.Keep, Bake: o.Bake,
		Steps: o.Steps, StepTime: o.StepTime,
	}
}

// Deploy is Up and Switch under one lock. When it fails before the switch,
// the active colour is what it was.
func (s *Switcher) Deploy(ctx context.Context, o DeployOptions) (Outcome, error) {
	o.aside = o.Shared
	return s.do(ctx, Deploy, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		if err := v.prepareBake(ctx, &v.Source.Model, o.Bake); err != nil {
			return err
		}
		if finished, err := v.resume(ctx, o, out); finished || err != nil {
			return err
		}
		if err := v.up(ctx, o.UpOptions, out); err != nil {
			return err
		}
		if o.DryRun {
			return v.previewSwitch(ctx, o, out)
		}
		v.checks = nil // they have just been made
		return v.flipTo(ctx, o.switching(out.Colour), out)
	})
}

// previewSwitch adds the steps of the switch to a dry run, as if the colour
// had come up.
func (v *visit) previewSwitch(ctx context.Context, o DeployOptions, out *Outcome) error {
	if !v.state.Serving() {
		return nil
	}
	next, merged := v.state, v.merged(out.Colour)
	next.Model = &merged
	steps := o.Steps
	if len(steps) == 0 {
		steps = []int{All}
	}
	second := o.switching(out.Colour)
	p := planShares(next, v.moving(out.Colour, second), steps, second.pause())
	if err := v.runHooks(ctx, before(Switch), out.told, out); err != nil {
		return err
	}
	if err := v.execute(ctx, nil, p, out); err != nil {
		return err
	}
	if err := v.runHooks(ctx, after(Switch), out.told, out); err != nil {
		return err
	}
	return v.forgetOld(ctx, o.Keep, out, out.Release)
}

// resume finishes an interrupted command and tells whether that was this
// same deploy, killed after the traffic had moved: doing it again would
// only replace what a rollback goes back to.
func (v *visit) resume(ctx context.Context, o DeployOptions, out *Outcome) (bool, error) {
	if o.DryRun || v.state.Pending() == nil && !v.state.Split() && !v.state.Unrecorded {
		return false, nil
	}
	err := v.around(ctx, Switch, out, func() (Plan, error) {
		return planSwitch(v.state, move{To: v.active(), By: v.sign, Bake: v.bake})
	}, func(p Plan) error { return v.move(ctx, p, o.Options, out) })
	if err != nil || v.state.Routing.Action != Deploy {
		return false, err
	}
	w, err := v.wanted(ctx, v.active(), o.UpOptions)
	return err == nil && releaseOfSpecs(w) == v.state.Routing.Release, err
}
