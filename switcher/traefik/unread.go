package traefik

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// allRead tells that the running Traefik has the entry points of a user's own
// settings file. It reads that file only when it starts, so a change of one
// cannot be reloaded: a *compose.InvalidError.
func (c *control) allRead(ctx context.Context, m compose.Model) error {
	if m.Proxy.Generated || m.Proxy.Settings == "" {
		return nil
	}
	const doing = "see whether it has read its settings"
	config, err := c.settings(ctx, m.Proxy)
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	open, err := c.opened(ctx)
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	if name, found := unread(config, open); found {
		return &compose.InvalidError{
			Service: m.Proxy.Service,
			Problem: fmt.Sprintf("your settings have the entry point %s at %q, and Traefik reads those only when it starts", name, config.EntryPoints[name].Address),
			Fix:     "have it start anew; it says before how long the gap is: docker bluegreen proxy upgrade --force",
		}
	}
	return nil
}

// unread finds an entry point of the settings that is not open.
func unread(config, open staticconfig.Config) (name string, found bool) {
	for _, name := range slices.Sorted(maps.Keys(config.EntryPoints)) {
		if open.EntryPoints[name].Address != config.EntryPoints[name].Address {
			return name, true
		}
	}
	return "", false
}
