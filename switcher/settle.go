package switcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// settle ends a handover of workers that a killed command has left, before a
// command does its own work. A rollback that is possible does without: it hands
// over itself, whatever it finds, and does not wait for workers that it is
// about to send home. Whoever brings up another version has perhaps the remedy
// for workers that do not start, so it goes on.
func (v *visit) settle(ctx context.Context, verb string, o Options, out *Outcome) error {
	p := planSettle(v.state)
	if p.Empty() || verb == Rollback && v.state.Routing.Action != Rollback && forecast(v.state).Temperature != Impossible {
		return nil
	}
	err := v.execute(ctx, v.settler(o), p, out)
	if err != nil && (verb != Up && verb != Deploy || ctx.Err() != nil) {
		return fmt.Errorf("finish the interrupted handover of workers: %w", err)
	}
	if err != nil {
		v.Report.Report(compose.Event{
			Step: string(DoStartWorkers), Subject: string(v.active()), Colour: v.active(), Status: compose.Warning,
			Text: fmt.Sprintf("the interrupted handover of workers could not be finished: %s", oneLine(err)),
		})
	}
	if o.DryRun {
		return nil
	}
	return v.observe(ctx)
}

func (v *visit) settler(o Options) *runner {
	return &runner{visit: v, model: *v.state.Model, patience: o.patience(v.state.Model)}
}

// handBack undoes a handover of workers whose command failed before the traffic
// had moved: what the next command would do. It works on a context of its own,
// for the command's may be over. Whether the traffic has moved is read anew: a
// commit that failed may have come either way.
func (v *visit) handBack(ctx context.Context, before compose.Colour, o Options, failed error) error {
	if o.DryRun || failed == nil || !v.state.HandingOver() || v.state.Model == nil {
		return failed
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), v.longest(o))
	defer cancel()
	err := v.observe(own)
	if err == nil && v.active() == before {
		err = v.settler(o).run(own, planSettle(v.state))
	}
	if err != nil {
		return errors.Join(failed, fmt.Errorf("bring the workers of %s back (the next command tries again): %w", before, err))
	}
	return failed
}

// longest is how long workers may take to be handed back: two ends and two
// starts, and what the engine takes to stop those that do not end.
func (v *visit) longest(o Options) time.Duration {
	patience := o.patience(v.state.Model)
	limit := patience.Drain
	for _, w := range v.state.Model.Workers {
		for _, t := range w.Terms {
			limit = max(limit, t.Limit)
		}
	}
	return 2*(limit+patience.Ready) + 10*time.Minute
}
