package switcher

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// ScaleOptions are what `scale` can be told.
type ScaleOptions struct {
	Options
	// Replicas is the wanted number of containers by pair.
	Replicas map[string]int
	// Colour is the colour to scale; "" is the active one.
	Colour compose.Colour
}

// Scale changes how many containers of pairs run in a colour, without a new
// release: new replicas are what the running ones are, and take traffic
// when they are ready; surplus ones are drained before they go. A file that
// says something else than what runs is a *DriftError.
func (s *Switcher) Scale(ctx context.Context, o ScaleOptions) (Outcome, error) {
	return s.do(ctx, Scale, o.Options, func(ctx context.Context, v *visit, out *Outcome) error {
		for _, name := range slices.Sorted(maps.Keys(o.Replicas)) {
			if err := v.scale(ctx, name, o, out); err != nil {
				return err
			}
		}
		return nil
	})
}

// scale changes one pair.
func (v *visit) scale(ctx context.Context, name string, o ScaleOptions, out *Outcome) error {
	colour := o.Colour
	if colour == "" {
		colour = v.active()
	}
	if colour == "" || v.state.Model == nil {
		return &NotStartedError{Project: v.Project, Doing: Scale}
	}
	out.Colour, out.Release = colour, v.state.Release(colour)
	w, err := v.scaled(ctx, name, colour, o.Replicas[name])
	if err != nil {
		return err
	}
	plan, err := planScale(v.state, w, name)
	if err != nil {
		return err
	}
	r := &runner{visit: v, model: w.Model, patience: o.patience(v.state.Model)}
	if err := v.execute(ctx, r, plan, out); err != nil || o.DryRun {
		return err
	}
	return v.observe(ctx)
}

// scaled is what runs, with another number of containers of one pair. The
// image is the one that runs: which tag the file's variables give today is
// no matter of scaling.
func (v *visit) scaled(ctx context.Context, name string, c compose.Colour, n int) (wanted, error) {
	model := v.state.Model.With(c, *v.state.Model)
	services, replicas, _ := model.Part(name)
	service := services[c]
	if service == "" {
		return wanted{}, fmt.Errorf("scale %s: %s has no such pair", name, c)
	}
	if running := v.state.Of(service); len(running) > 0 && running[0].Kept != "" {
		v.Source.Pin(service, running[0].Image, running[0].Kept)
	} else if len(running) > 0 {
		if err := v.Source.SetImage(name, running[0].Image); err != nil {
			return wanted{}, err
		}
	}
	if err := v.Source.SetReplicas(name, n); err != nil {
		return wanted{}, err
	}
	replicas[c] = n
	specs, err := v.Engine.Resolve(ctx, []string{service}, compose.ImagePolicy{LookOnly: true})
	if err != nil {
		return wanted{}, err
	}
	w := wanted{Colour: c, Model: model, Specs: map[string]compose.Spec{service: specs[0]}}
	err = v.compare(ctx, model)
	w.Token = v.state.Token // which scaling leaves as it is
	return w, err
}
