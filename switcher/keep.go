package switcher

import (
	"context"
	"errors"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// mayKeep looks at the shelf before images are kept. One that cannot be read
// keeps nobody from releasing.
func (v *visit) mayKeep(ctx context.Context) error {
	if err := v.observeShelf(ctx); err != nil {
		v.Report.Report(compose.Event{
			Step: string(DoKeep), Subject: "releases", Status: compose.Warning,
			Text: fmt.Sprintf("no image is kept from being pruned: %s", oneLine(err)),
		})
	}
	return ctx.Err()
}

// keep names images and then remembers what they are: a name that nothing
// remembers is taken away by the next release. A way back that cannot be kept
// is told, and keeps nobody from releasing.
func (r *runner) keep(ctx context.Context, s Step) error {
	var failed error
	for _, name := range s.Shelf.Keep {
		failed = errors.Join(failed, r.Engine.Keep(ctx, name.Ref, name.ID, name.Name))
	}
	return r.shelve(ctx, s, failed)
}

// forget remembers less, and then takes the names away: whoever is killed in
// between leaves names that nothing remembers.
func (r *runner) forget(ctx context.Context, s Step) error {
	if err := r.shelve(ctx, s, nil); err != nil || r.warned {
		return err
	}
	if err := r.Engine.Forget(ctx, s.Shelf.Forget); err != nil {
		return r.tolerate(ctx, s, err)
	}
	return nil
}

// shelve writes down what is remembered from now on.
func (r *runner) shelve(ctx context.Context, s Step, failed error) error {
	err := r.line.SaveReleases(ctx, s.Shelf.Releases)
	if err == nil && r.state.Shelf != nil {
		r.state.Shelf.Releases = s.Shelf.Releases
	}
	if err = errors.Join(failed, err); err != nil {
		return r.tolerate(ctx, s, err)
	}
	return nil
}

// tolerate says that a step failed, and goes on, unless the command is over.
func (r *runner) tolerate(ctx context.Context, s Step, err error) error {
	if ctx.Err() != nil {
		return err
	}
	r.warned = true
	r.report(s, compose.Warning, oneLine(err))
	return nil
}

// forgetOld forgets the images of old releases once another one has the
// traffic. That cannot fail the release; besides is a release that a dry run
// supposes.
func (v *visit) forgetOld(ctx context.Context, keep *int, out *Outcome, besides ...string) error {
	if v.line == nil || v.state.Routing == nil {
		return nil
	}
	n := DefaultKeep
	if v.state.Model != nil && v.state.Model.Keep != nil {
		n = *v.state.Model.Keep
	}
	if keep != nil {
		n = *keep
	}
	history, err := v.line.History(ctx)
	if err == nil {
		err = v.observeShelf(ctx)
	}
	if err != nil {
		v.Report.Report(compose.Event{
			Step: string(DoForget), Subject: "old releases", Status: compose.Warning,
			Text: fmt.Sprintf("their images stay for now: %s", oneLine(err)),
		})
		return ctx.Err()
	}
	if v.state.Shelf == nil {
		return nil
	}
	if p := planForget(v.state, history, n, besides...); !p.Empty() {
		return v.execute(ctx, &runner{visit: v}, p, out)
	}
	return nil
}
