package traefik

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Outdated implements switcher.Proxy. The routes are the tool's also beside a
// user's own settings. What a running Traefik was started with is Unopened's.
func (c *control) Outdated(ctx context.Context, m compose.Model) (bool, error) {
	const doing = "read its settings"
	path := m.Proxy.RoutesPath()
	needed := []string{path}
	if m.Proxy.Generated {
		needed = append(needed, m.Proxy.Settings)
	}
	contents, err := c.Session.Read(ctx, needed...)
	if err != nil {
		return false, c.Errors.Wrap(doing, err)
	}
	token, err := c.Token(ctx)
	if err != nil {
		return false, err
	}
	if len(contents) < len(needed) {
		return true, nil // without one of them Traefik would not start again
	}
	if m.Proxy.Generated && !c.Running && !generated(m, contents[m.Proxy.Settings]) {
		return true, nil
	}
	t, err := parse(contents[path])
	if err != nil {
		return true, nil
	}
	e, err := c.entries(ctx, m)
	if err != nil {
		return false, c.Errors.Wrap(doing, err)
	}
	text, _, err := format(m, *t, e, token)
	return text != contents[path], c.Errors.Wrap(doing, err)
}

// Configure implements switcher.Proxy. There is no program to validate routes
// with: names are checked before, and what a running Traefik rejects is taken
// back.
func (c *control) Configure(ctx context.Context, m compose.Model) error {
	const doing = "write its settings"
	if err := checkNames(m); err != nil {
		return err
	}
	t, err := c.table(ctx)
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	if m.Proxy.Generated && !c.Running {
		if err := c.writeStatic(ctx, m); err != nil {
			return c.Errors.Wrap(doing, err)
		}
	}
	if c.next && c.namesOthers(ctx, m) {
		// The running one takes each new routes file, and may not have the files
		// that these name: they come when it has gone.
		contents, err := c.Session.Read(ctx, append(certificateFiles(m), m.Proxy.RoutesPath())...)
		if err == nil {
			_, err = fingerprints(m, contents)
		}
		return c.Errors.Wrap(doing, err)
	}
	err = c.putFor(ctx, m, *t)
	var fault *faultError
	if errors.As(err, &fault) {
		return &compose.InvalidError{
			Service: c.Errors.Proxy, Problem: "Traefik rejects the routes: " + fault.Error(),
			Fix: "see all that it would run with: docker bluegreen config --proxy",
		}
	}
	return c.Errors.Wrap(doing, err)
}

// writeStatic writes the generated settings, for the lane that they were for.
func (c *control) writeStatic(ctx context.Context, m compose.Model) error {
	contents, err := c.Session.Read(ctx, m.Proxy.Settings)
	if err != nil {
		return err
	}
	return c.Session.Write(ctx, m.Proxy.Settings, renderStatic(m, laneOf(contents[m.Proxy.Settings])))
}

// named is what Traefik's rules can spell.
var named = regexp.MustCompile(`^[A-Za-z0-9._~/?=&-]*$`)

// checkNames refuses what would mean something else in a rule.
func checkNames(m compose.Model) error {
	for _, p := range m.Pairs {
		words := []string{p.Name}
		for c, service := range p.Services {
			words = append(words, service, p.Routes[c].Host, p.Routes[c].Preview, p.Routes[c].Path, p.Routes[c].Health)
		}
		for _, word := range words {
			if !named.MatchString(word) {
				return &compose.InvalidError{
					Service: m.Proxy.Service, Problem: fmt.Sprintf("Traefik's settings cannot spell %q of the pair %q", word, p.Name),
					Fix: "use letters, digits, dots, dashes and underscores",
				}
			}
		}
	}
	return nil
}

// Reload implements switcher.Proxy: Traefik takes a new routes file by itself,
// and this returns when it has.
func (c *control) Reload(ctx context.Context) error {
	const doing = "reload its settings"
	m, err := c.recorded(ctx)
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	if err := c.allRead(ctx, m); err != nil {
		return err
	}
	path := m.Proxy.RoutesPath()
	contents, err := c.Session.Read(ctx, path)
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	t, err := parse(contents[path])
	if err != nil {
		return c.Errors.Wrap(doing, &session.DamagedError{Path: path, Err: err})
	}
	if len(m.Proxy.TLS) > 0 {
		return c.Errors.Wrap(doing, c.putFor(ctx, m, *t)) // a certificate may be another one
	}
	return c.Errors.Wrap(doing, c.taken(ctx, m, t.Routing.Active, revisionIn(contents[path]), false))
}
