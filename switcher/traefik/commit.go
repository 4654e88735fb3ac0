package traefik

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Routing implements switcher.Proxy.
func (c *control) Routing(ctx context.Context) (*switcher.Routing, error) {
	const doing = "read which colour is active"
	t, notes, err := c.read(ctx)
	if err != nil || t == nil {
		return nil, c.Errors.Wrap(doing, err)
	}
	r := noted(t.Routing, notes)
	return &r, nil
}

// read is the table of the routes file and the text of the note; nil while
// there is no routes file.
func (c *control) read(ctx context.Context) (t *table, notes string, err error) {
	p, err := c.proxy(ctx)
	if errors.Is(err, session.ErrNoModel) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	path, notePath := p.RoutesPath(), c.Session.Path(noteFile)
	contents, err := c.Session.Read(ctx, path, notePath)
	if err != nil {
		return nil, "", err
	}
	text, found := contents[path]
	if !found {
		return nil, "", nil
	}
	if t, err = parse(text); err != nil {
		return nil, "", &session.DamagedError{Path: path, Err: err}
	}
	return t, contents[notePath], nil
}

// Live implements switcher.Proxy.
func (c *control) Live(ctx context.Context) (switcher.Traffic, error) {
	served, err := c.live(ctx)
	return served, c.Errors.Wrap("ask which colour it serves", err)
}

func (c *control) live(ctx context.Context) (none switcher.Traffic, err error) {
	v, err := c.view(ctx)
	switch {
	case c.removed(ctx, err):
		return none, nil
	case err != nil:
		return none, err
	}
	m, err := c.recorded(ctx)
	if errors.Is(err, session.ErrNoModel) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	return v.traffic(m)
}

// colour is the colour that all pairs are routed to. Routers that name two are
// not the tool's work.
func (v *view) colour(m compose.Model) (compose.Colour, error) {
	targets := map[string]compose.Colour{noColour: ""}
	for _, p := range m.Pairs {
		for _, c := range compose.Colours() {
			targets[serviceOf(p.Name, c)], targets[drawnOf(p.Name, c)], targets[beganOf(p.Name, c)] = c, c, c
		}
	}
	var colour compose.Colour
	found := false
	for _, p := range m.Pairs {
		r, ok := v.Routers[routerOf(p.Name)+provider]
		if !ok {
			r, ok = v.TCPRouters[routerOf(p.Name)+provider]
		}
		if !ok {
			continue // the active colour may be without this pair
		}
		served, known := targets[r.Service]
		if !known || found && served != colour {
			return "", fmt.Errorf("its router %s leads to %s", routerOf(p.Name), r.Service)
		}
		colour, found = served, true
	}
	return colour, nil
}

// Commit implements switcher.Proxy.
func (c *control) Commit(ctx context.Context, r switcher.Routing) error {
	doing := "make " + r.Active.OrNone() + " active"
	if r.Canary > 0 {
		doing = fmt.Sprintf("send %d%% of the visitors to %s", r.Canary, r.Active.Other())
	}
	t, err := c.tableFor(ctx, r)
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	// Before the routes, for a note is of no other routing. Without it the
	// former one has what was pending when it was committed, to do again.
	if err := c.Session.Remove(ctx, c.Session.Path(noteFile)); err != nil {
		return c.Errors.Wrap(doing, err)
	}
	return c.Errors.Wrap(doing, c.put(ctx, *t))
}

// tableFor is the table with another routing, for a colour that there is.
func (c *control) tableFor(ctx context.Context, r switcher.Routing) (*table, error) {
	if r.Active != "" {
		if _, err := compose.ParseColour(string(r.Active)); err != nil {
			return nil, err
		}
		m, err := c.recorded(ctx)
		if err != nil {
			return nil, err
		}
		for _, colour := range compose.Colours() {
			if r.Traffic().Reaches(colour) && len(m.Services(colour)) == 0 {
				return nil, fmt.Errorf("no pair has the colour %s", colour)
			}
		}
	}
	t, err := c.table(ctx)
	if err != nil {
		return nil, err
	}
	t.Routing = r
	return t, nil
}

// table is the one of the routes file, or where that cannot be read, one with
// the replicas that the last one had.
func (c *control) table(ctx context.Context) (*table, error) {
	t, _, err := c.read(ctx)
	var damaged *session.DamagedError
	switch {
	case errors.As(err, &damaged), err == nil && t == nil:
		return c.remembered(ctx)
	default:
		return t, err
	}
}

// Note implements switcher.Proxy.
func (c *control) Note(ctx context.Context, r switcher.Routing) error {
	const doing = "note the state of the release"
	t, _, err := c.read(ctx)
	if err == nil && t == nil {
		err = errors.New("no routing has been committed")
	}
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	if t.Routing.Traffic() != r.Traffic() {
		return c.Errors.Wrap(doing, fmt.Errorf("visitors go to %s, and a note does not change that", t.Routing.Traffic()))
	}
	text, err := json.Marshal(note{Of: t.Routing, Routing: r})
	if err == nil {
		err = c.Session.Write(ctx, c.Session.Path(noteFile), string(text))
	}
	return c.Errors.Wrap(doing, err)
}

// A change is awaited for longer than Traefik may hold one back by the
// throttle of a user's own settings, whose default is 2 s.
const (
	changeLimit = 10 * time.Second
	changePoll  = 15 * time.Millisecond
)
