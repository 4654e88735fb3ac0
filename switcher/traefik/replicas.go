package traefik

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Enrol implements switcher.Replicas. New replicas of a colour with visitors get a
// way of their own first, and traffic when they have passed their check.
func (c *control) Enrol(ctx context.Context, side switcher.Side) error {
	all := services(side)
	return c.Errors.Wrap("tell it the replicas of "+string(side.Colour), c.change(ctx, all, func(t *table) {
		for _, service := range all {
			t.enrol(service, running(side.Containers, service), t.Routing.Traffic().Reaches(side.Colour))
		}
	}))
}

// Recheck implements switcher.Replicas: the next look at a replica checks it.
func (c *control) Recheck(ctx context.Context, side switcher.Side) error {
	clear(c.passed)
	_, err := c.view(ctx)
	return c.Errors.Wrap("have "+string(side.Colour)+" checked anew", err)
}

// Hold implements switcher.Replicas.
func (c *control) Hold(ctx context.Context, service string) error {
	return c.Errors.Wrap("hold back new replicas of "+service, c.change(ctx, nil, func(t *table) {
		if !slices.Contains(t.Held, service) {
			t.Held = append(t.Held, service)
		}
	}))
}

// Retire implements switcher.Replicas.
func (c *control) Retire(ctx context.Context, replica compose.Container) error {
	return c.Errors.Wrap("retire "+replica.Name, c.change(ctx, nil, func(t *table) {
		t.put(replica.Service, replica.Name, retired)
	}))
}

// Readmit implements switcher.Replicas.
func (c *control) Readmit(ctx context.Context, service string) error {
	return c.Errors.Wrap("readmit "+service, c.change(ctx, []string{service}, func(t *table) {
		t.Held = slices.DeleteFunc(t.Held, func(held string) bool { return held == service })
		for _, r := range t.Replicas[service] {
			if r.Out == retired {
				t.put(service, r.Name, untried)
			}
		}
	}))
}

// change makes a change of the table, and takes in those replicas of services
// that have passed their check meanwhile. The first change of a session gives
// all a chance that an earlier command left out.
func (c *control) change(ctx context.Context, concerned []string, alter func(*table)) error {
	if !c.Running {
		return session.ErrNotRunning
	}
	before, _, err := c.read(ctx)
	if err != nil {
		return err
	}
	if before == nil {
		return errors.New("it has no routes yet")
	}
	t := before.clone()
	alter(&t)
	if !same(*before, t) {
		if err := c.put(ctx, t); err != nil {
			return err
		}
	}
	if !c.retried {
		concerned, c.retried = slices.Collect(maps.Keys(t.Replicas)), true
	}
	return c.admit(ctx, t, concerned)
}

// admit takes replicas of services into the rotation that have passed their
// check.
func (c *control) admit(ctx context.Context, t table, concerned []string) error {
	m, err := c.recorded(ctx)
	if err != nil {
		return err
	}
	next := t.clone()
	for _, p := range m.Pairs {
		for colour, service := range p.Services {
			if !slices.Contains(concerned, service) || slices.Contains(t.Held, service) {
				continue
			}
			for _, r := range t.Replicas[service] {
				if r.Out == untried && c.try(ctx, p, colour, r.Name) == nil {
					next.put(service, r.Name, "")
				}
			}
		}
	}
	if same(t, next) {
		return nil
	}
	return c.put(ctx, next)
}

// leaveOutSick takes replicas of colours with visitors out of the rotation that
// Traefik holds unfit now, for with the new routes it holds them fit again.
func (c *control) leaveOutSick(ctx context.Context, m compose.Model, t *table) error {
	v, err := c.view(ctx)
	if err != nil {
		return err
	}
	for _, p := range m.Pairs {
		for colour, service := range p.Services {
			for _, name := range t.in(service) {
				if t.Routing.Traffic().Reaches(colour) && v.status(p, colour, name) == down {
					t.put(service, name, untried)
				}
			}
		}
	}
	return nil
}

// services lists a side's services, each once.
func services(side switcher.Side) []string {
	all := side.Model.Services(side.Colour)
	slices.Sort(all)
	return slices.Compact(all)
}
