package switcher

import "context"

// DeployOptions are what `deploy` can be told.
type DeployOptions struct {
	UpOptions
	StopOld bool
}

// Deploy is Up and Switch under one lock. When it fails before the switch,
// the active colour is what it was.
func (s *Switcher) Deploy(ctx context.Context, o DeployOptions) (Outcome, error) {
	o.aside = o.Shared
	return s.do(ctx, Deploy, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		if finished, err := v.resume(ctx, o, out); finished || err != nil {
			return err
		}
		if err := v.up(ctx, o.UpOptions, out); err != nil {
			return err
		}
		if o.DryRun {
			return v.previewSwitch(o, out)
		}
		return v.flipTo(ctx, SwitchOptions{Options: o.Options, Colour: out.Colour, StopOld: o.StopOld}, out)
	})
}

// previewSwitch adds the steps of the switch to a dry run, as if the colour
// had come up.
func (v *visit) previewSwitch(o DeployOptions, out *Outcome) error {
	if !v.state.Serving() {
		return nil
	}
	var p Plan
	p.flip(v.state, out.Colour, move{To: out.Colour, Stop: o.StopOld, By: v.sign})
	return v.execute(context.Background(), nil, p, out)
}

// resume finishes an interrupted command and tells whether that was this
// same deploy, killed after the traffic had moved: doing it again would
// only replace what a rollback goes back to.
func (v *visit) resume(ctx context.Context, o DeployOptions, out *Outcome) (bool, error) {
	if o.DryRun || v.state.Pending() == nil && !v.state.Split() && !v.state.Unrecorded {
		return false, nil
	}
	plan, err := planSwitch(v.state, move{To: v.active(), By: v.sign})
	if err != nil {
		return false, err
	}
	if err := v.move(ctx, plan, o.Options, out); err != nil || v.state.Routing.Action != Deploy {
		return false, err
	}
	w, err := v.wanted(ctx, v.active(), o.UpOptions)
	return err == nil && releaseOfSpecs(w) == v.state.Routing.Release, err
}
