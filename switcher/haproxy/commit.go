package haproxy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Routing implements switcher.Proxy.
func (c *control) Routing(ctx context.Context) (*switcher.Routing, error) {
	const doing = "read which colour is active"
	path := c.Session.Path(routingFile)
	contents, err := c.Session.Read(ctx, path)
	text, found := contents[path]
	if err != nil || !found {
		return nil, c.Errors.Wrap(doing, err)
	}
	r, err := parseRouting(text)
	if err != nil {
		return nil, c.Errors.Wrap(doing, &session.DamagedError{Path: path, Err: err})
	}
	return r, nil
}

// Live implements switcher.Proxy.
func (c *control) Live(ctx context.Context) (switcher.Traffic, error) {
	served, err := c.live(ctx)
	return served, c.Errors.Wrap("ask which colour it serves", err)
}

func (c *control) live(ctx context.Context) (switcher.Traffic, error) {
	said, err := c.ask(ctx, "show map "+c.Session.Path(routingFile))
	if err != nil {
		return switcher.Traffic{}, err
	}
	return parseMap(said)
}

// Commit implements switcher.Proxy.
func (c *control) Commit(ctx context.Context, r switcher.Routing) error {
	doing := "make " + mapValue(r.Active) + " active"
	if r.Canary > 0 {
		doing = fmt.Sprintf("send %d%% of the visitors to %s", r.Canary, r.Active.Other())
	}
	if err := c.checkTraffic(ctx, r.Traffic()); err != nil {
		return c.Errors.Wrap(doing, err)
	}
	former, err := c.replaceRouting(ctx, r)
	if err != nil || !c.Running {
		return c.Errors.Wrap(doing, err)
	}
	if err := c.setLive(ctx, r.Traffic()); err != nil {
		return c.Errors.Wrap(doing, c.takeBack(ctx, former, err))
	}
	return nil
}

// Note implements switcher.Proxy.
func (c *control) Note(ctx context.Context, r switcher.Routing) error {
	_, err := c.replaceRouting(ctx, r)
	return c.Errors.Wrap("note the state of the release", err)
}

// replaceRouting makes a routing durable and returns the file's former text.
func (c *control) replaceRouting(ctx context.Context, r switcher.Routing) (former string, err error) {
	text, err := formatRouting(r)
	if err != nil {
		return "", err
	}
	path := c.Session.Path(routingFile)
	contents, err := c.Session.Read(ctx, path)
	if err != nil {
		return "", err
	}
	return contents[path], c.Session.Write(ctx, path, text)
}

// takeBack restores the durable routing after the running proxy has refused
// the new one, so that both agree again. Where the proxy gave no answer, it
// is not known what it serves, and the durable routing stands.
func (c *control) takeBack(ctx context.Context, former string, refused error) error {
	var agent *session.AgentError
	if former == "" || errors.As(refused, &agent) || ctx.Err() != nil {
		return refused
	}
	if err := c.Session.Write(ctx, c.Session.Path(routingFile), former); err != nil {
		return errors.Join(refused, fmt.Errorf("restore the former routing: %w", err))
	}
	return refused
}

// setLive flips the running proxy's value and reads it back. "set map" says
// only in words that there is no such key, and takes any value.
func (c *control) setLive(ctx context.Context, t switcher.Traffic) error {
	file, value := c.Session.Path(routingFile), formatSplit(t)
	show := "show map " + file
	said, err := c.ask(ctx, fmt.Sprintf("set map %s %s %s", file, mapKey, value), show)
	var refusal *refusalError
	if errors.As(err, &refusal) && strings.HasPrefix(refusal.text, "entry not found") {
		said, err = c.ask(ctx, fmt.Sprintf("add map %s %s %s", file, mapKey, value), show)
	}
	if err != nil {
		return err
	}
	served, err := parseMap(said)
	if err != nil {
		return err
	}
	if served != t {
		return fmt.Errorf("it still serves %s", served)
	}
	return nil
}

// checkTraffic refuses what the running proxy could not do.
func (c *control) checkTraffic(ctx context.Context, t switcher.Traffic) error {
	if err := c.checkBackends(ctx, t.Active); err != nil || !c.Running {
		return err
	}
	if other := t.Active.Other(); t.Reaches(other) {
		if err := c.checkBackends(ctx, other); err != nil {
			return err
		}
	}
	if t.Canary > 0 {
		if err := c.checkShares(ctx); err != nil {
			return err
		}
	}
	if t.Pinned != "" {
		return c.checkPins(ctx)
	}
	return nil
}

// checkBackends refuses a colour that the running proxy has no backends for:
// HAProxy takes the value all the same, and answers 503 to everything.
func (c *control) checkBackends(ctx context.Context, colour compose.Colour) error {
	if _, err := colourOf(mapValue(colour)); err != nil || colour == "" || !c.Running {
		return err
	}
	m, err := c.Model(ctx)
	if err != nil {
		return err
	}
	said, err := c.ask(ctx, "show backend")
	if err != nil {
		return err
	}
	backends := parseBackends(said)
	wanted := wantedBackends(m, colour, backends)
	if len(wanted) == 0 {
		return fmt.Errorf("no pair has the colour %s", colour)
	}
	for _, name := range wanted {
		if !slices.Contains(backends, name) {
			return fmt.Errorf("its settings have no backend %s", name)
		}
	}
	return nil
}

// wantedBackends lists the backends of a colour: those of the recorded
// project, or while none is recorded the twins of what the proxy has.
func wantedBackends(m *compose.Model, colour compose.Colour, backends []string) []string {
	var wanted []string
	if m != nil {
		for _, p := range m.Pairs {
			if p.Has(colour) {
				wanted = append(wanted, backend(p.Name, colour))
			}
		}
		return wanted
	}
	for _, name := range backends {
		if pair, found := strings.CutSuffix(name, backend("", colour.Other())); found {
			wanted = append(wanted, backend(pair, colour))
		}
	}
	return wanted
}
