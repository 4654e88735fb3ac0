package switcher

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// StopOptions are what `stop` can be told.
type StopOptions struct {
	Options
	// Colour is the colour to stop; "" is the idle one.
	Colour compose.Colour
	// Due stops a colour only when its time is over (SwitchOptions.Retire).
	Due bool
	// Force stops the active colour too.
	Force bool
}

// Stop stops a colour's containers once it is drained, and keeps them for a
// rollback. The active colour is an *ActiveColourError without Force; a
// colour that still serves after the drain is a *BusyError without Cut.
func (s *Switcher) Stop(ctx context.Context, o StopOptions) (Outcome, error) {
	return s.do(ctx, Stop, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		plan, err := planStop(v.state, o.Colour, o.Force)
		if o.Due {
			plan, err = planStopDue(v.state)
		}
		if err != nil {
			return err
		}
		named := o.Colour
		if named == "" {
			named = v.active().Other()
		}
		err = v.move(ctx, plan, o.Options, out)
		out.Colour = named
		return err
	})
}
