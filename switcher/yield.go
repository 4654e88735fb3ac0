package switcher

import (
	"context"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// yieldPoll is the pause between two looks at a holder's processes, each of
// which starts a program on the engine's machine.
const yieldPoll = 200 * time.Millisecond

// yields blocks until a holder does not stand in for the proxy, so that its
// ports are free. What it serves has the patience to end. From then on nobody
// serves, where nobody did before.
func (r *runner) yields(ctx context.Context, holder compose.Container) error {
	stands, err := r.stands(ctx, holder)
	if err != nil || !stands {
		return err
	}
	if r.succession != nil && r.stopped.IsZero() {
		r.stopped = time.Now()
	}
	if err := r.Engine.Signal(ctx, holder.ID, restSignal); err != nil {
		return err
	}
	patient, cancel := context.WithTimeout(ctx, r.patience.Drain)
	defer cancel()
	for {
		stands, err := r.stands(ctx, holder)
		if err != nil || !stands {
			return err
		}
		select {
		case <-patient.Done():
			return ctx.Err() // it listens no more, and ends with what it serves
		case <-time.After(yieldPoll):
		}
	}
}

// stands tells that a holder runs the proxy's program.
func (r *runner) stands(ctx context.Context, holder compose.Container) (bool, error) {
	return r.Engine.Runs(ctx, holder, string(r.model.Proxy.Kind))
}

// yieldsAgain is yields for the former proxy, which goes on after all.
func (r *runner) yieldsAgain(ctx context.Context, former compose.Container) error {
	if holder := capable(r.state.Containers, former); holder != nil {
		return r.yields(ctx, *holder)
	}
	return nil
}
