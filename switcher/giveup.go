package switcher

import (
	"context"
	"errors"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// giveUp undoes a succession that failed: the successor goes, the former proxy
// goes on, started again where it had to be stopped. The error says why, with
// what the successor said.
func (r *runner) giveUp(ctx context.Context, why error) error {
	failed := r.succession
	if failed == nil {
		return why
	}
	r.leaveSuccessor()
	r.succession = nil
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), settle+DefaultDrain)
	defer cancel()
	out := &ReplaceError{Proxy: r.model.Proxy.Service, Former: failed.former.Name, Err: why}
	if !errors.Is(ctx.Err(), context.Canceled) { // else it has failed at nothing
		out.Failures = r.Engine.Explain(own, []compose.Failure{{
			Container: failed.next.Name, Service: failed.next.Service, Reason: why.Error(),
		}})
	}
	out.Left = errors.Join(r.dismiss(own, *failed), r.revive(own, *failed))
	return out
}

// dismiss removes the successor. What it has begun to serve beside a running
// proxy may end before.
func (r *runner) dismiss(ctx context.Context, failed succession) error {
	var err error
	if failed.beside {
		brief, cancel := context.WithTimeout(ctx, settle/2)
		defer cancel()
		err = errors.Join(r.mark(ctx, failed.next), r.line.Take(ctx), r.Engine.End(brief, failed.next, r.line.EndSignal()), r.line.Alone(ctx))
	}
	return errors.Join(err, r.Engine.Remove(ctx, []string{failed.next.ID}))
}

// freePorts stops the holder that the former proxy was to give way to.
func (r *runner) freePorts(ctx context.Context, former compose.Container) error {
	var running []string
	for _, holder := range r.state.Of(r.model.Proxy.Holder) {
		if holder.Running() && !former.In(holder) {
			running = append(running, holder.ID)
		}
	}
	return r.Engine.Stop(ctx, running)
}

// revive starts the former proxy again, where it was stopped.
func (r *runner) revive(ctx context.Context, failed succession) error {
	if failed.stopped.IsZero() || failed.former.ID == "" {
		return nil // it never stopped, or a holder stood in and will again
	}
	if err := r.freePorts(ctx, failed.former); err != nil {
		return err
	}
	if err := r.yieldsAgain(ctx, failed.former); err != nil {
		return err
	}
	if err := r.Engine.StartOnly(ctx, failed.former); err != nil {
		return err
	}
	err := r.answering(ctx, failed.former.Service)
	if routing := r.state.Routing; err == nil && routing != nil {
		// The routes may have been written for the next one's names.
		err = r.line.Commit(ctx, *routing)
	}
	r.gap = time.Since(failed.stopped)
	return err
}
