package switcher

import (
	"context"
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// UpOptions are what `up` can be told.
type UpOptions struct {
	Options
	// Colour is the colour to bring up; "" is the idle one.
	Colour compose.Colour
	// Images says how the colour's images are obtained.
	Images compose.ImagePolicy
	// Shared converges the shared services too.
	Shared bool
	// Yes agrees to replacing the instances of a Swarm's proxy where that is
	// needed.
	Yes bool
	// Release brings up the images of an earlier release, named by its id or
	// the beginning of it, with the settings that the file has now; "" brings
	// up the file's.
	Release string
}

// Up brings the idle colour to what the file says and waits until each
// replica is ready for the engine and for the proxy. When no colour serves
// it starts the shared services and the proxy too and makes the colour
// active. The active colour is never touched.
//
// It returns *compose.UnhealthyError when a replica does not become ready
// (the traffic stays where it was), *ReleaseError when a release cannot be
// brought back, *BusyError when the idle colour still
// serves sessions that its replacement would cut, and the errors of the lock
// and the proxy.
func (s *Switcher) Up(ctx context.Context, o UpOptions) (Outcome, error) {
	o.aside = o.Shared
	return s.do(ctx, Up, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		if done, err := v.upDone(ctx, o, out); done || err != nil {
			return err
		}
		return v.up(ctx, o, out)
	})
}

// upDone tells that this same up, killed when it had just made its colour
// active, has nothing left to do: doing it again would bring up the other
// colour too.
func (v *visit) upDone(ctx context.Context, o UpOptions, out *Outcome) (bool, error) {
	r := v.state.Routing
	if !v.state.Unrecorded || r.Action != Up || !v.state.Serving() || o.Colour == r.Active.Other() {
		return false, nil
	}
	w, err := v.wanted(ctx, r.Active, o)
	if err != nil || releaseOfSpecs(w) != r.Release {
		return false, err
	}
	out.Colour, out.Release = r.Active, r.Release
	out.Images = imagesOf(w.Model, r.Active, v.state.Containers)
	out.Plan.Nothing = "the up that was interrupted has made " + string(r.Active) + " active"
	return true, nil
}

// up plans and runs within a visit.
func (v *visit) up(ctx context.Context, o UpOptions, out *Outcome) error {
	colour, err := colourToBringUp(v.state, o.Colour)
	if err != nil {
		return err
	}
	out.Colour = colour
	if err := v.sameProxy(ctx); err != nil {
		return err
	}
	if v.state.standsIn(v.Source.Proxy) {
		if err := v.upgradeUnnoticed(ctx, o, out); err != nil {
			return err
		}
	}
	out.begun = true // an image that cannot be had is a failed release
	w, err := v.wanted(ctx, colour, o)
	if err != nil {
		return err
	}
	if o.Release != "" {
		if err := v.comparePinned(ctx, w, o.Release); err != nil {
			return err
		}
	}
	told := occasion{
		Project: v.Project, Action: out.Verb, From: v.active(), To: colour,
		Release: releaseOfSpecs(w), Images: imagesOfSpecs(w),
	}
	if err := v.bringUp(ctx, o, w, told, out); err != nil {
		return err
	}
	return v.runHooks(ctx, after(Up), told.done(), out)
}

// bringUp does so once it is known what the colour is to be.
func (v *visit) bringUp(ctx context.Context, o UpOptions, w wanted, told occasion, out *Outcome) error {
	plan := func() (Plan, error) { return planUp(v.state, w, v.sign) }
	p, err := plan()
	if err != nil {
		return err
	}
	out.told = told
	if p, err = v.before(ctx, Up, out, p, plan); err != nil {
		return err
	}
	out.Release, out.Images = releaseOfSpecs(w), imagesOfSpecs(w) // of which the history tells also when it fails
	r := &runner{visit: v, model: w.Model, patience: o.patience(&v.Source.Model), token: w.Token}
	if err := v.execute(ctx, r, p, out); err != nil {
		return err
	}
	if o.Shared {
		if err := v.upgradeUnnoticed(ctx, o, out); err != nil {
			return err
		}
	}
	if o.DryRun {
		return nil
	}
	if err := v.observe(ctx); err != nil {
		return err
	}
	out.Images = imagesOf(w.Model, w.Colour, v.state.Containers)
	return nil
}

// sameProxy refuses a file whose proxy is another one than that which runs:
// two proxies cannot publish the same ports, and the state lies in the
// volume of the first.
func (v *visit) sameProxy(ctx context.Context) error {
	running, err := v.state.Proxy, ctx.Err()
	if err != nil || running == nil {
		return err
	}
	file := v.Source.Proxy
	volume := running.Labels[compose.VolumeLabel]
	if (running.Service == file.Service || v.state.standsIn(file)) && (volume == "" || volume == file.Volume) {
		return nil
	}
	return &compose.InvalidError{
		Service: file.Service,
		Problem: fmt.Sprintf("the project runs with the proxy %q and its state in %s, the file names %q and %s", running.Service, volume, file.Service, file.Volume),
		Fix:     "keep the proxy's name and volume, or take the project down first: docker bluegreen down",
	}
}

// wanted asks the file, and the engine for the images, what the colour is to
// be. Images are obtained here, before the plan: which containers have to be
// replaced depends on them.
func (v *visit) wanted(ctx context.Context, c compose.Colour, o UpOptions) (wanted, error) {
	w := wanted{
		Colour: c, Model: v.merged(c), Specs: map[string]compose.Spec{},
		Waves: v.Source.Waves(c), Needs: v.Source.SharedDependencies(c), Shared: o.Shared, Checks: v.checks,
		Yes: o.Yes || o.DryRun, Verb: v.sign.Action,
	}
	v.remarkTLS(c.Other())
	pinned, err := v.pin(ctx, c, o.Release)
	if err != nil {
		return w, err
	}
	w.Pinned = pinned
	policy := o.Images
	policy.LookOnly = o.DryRun
	specs, err := v.Engine.Resolve(ctx, append(v.missingHolder(), servicesOf(w.Model, c)...), policy)
	if err != nil {
		return w, err
	}
	for _, spec := range specs {
		w.Specs[spec.Service] = spec
	}
	v.state.Outdated = true
	if err := v.compare(ctx, w.Model); err != nil {
		return w, err
	}
	if w.Token, err = v.Source.Token(v.state.Token); err != nil {
		return w, err
	}
	return w, v.mayKeep(ctx)
}

// remarkTLS says which ports keep TLS, or go on without it, although the file has
// it otherwise: a colour's visitors come there.
func (v *visit) remarkTLS(c compose.Colour) {
	if v.state.Model == nil {
		return
	}
	for _, port := range v.state.Model.TLSChanges(c, v.Source.Model) {
		v.Report.Report(compose.Event{
			Step: string(DoConfigure), Subject: v.Source.Proxy.Service, Colour: c, Status: compose.Warning,
			Text: fmt.Sprintf("port %d keeps TLS, or goes on without it, as %s's visitors know it; to change that for everybody: docker bluegreen proxy reload", port, c),
		})
	}
}

// merged is the file's model for colour c and the recorded one for the other
// colour: a change of routes must not reach what was released without it.
func (v *visit) merged(c compose.Colour) compose.Model {
	if v.state.Model == nil {
		return v.Source.Model
	}
	return v.state.Model.With(c, v.Source.Model)
}
