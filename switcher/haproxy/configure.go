package haproxy

import (
	"context"
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Outdated implements switcher.Proxy.
func (c *control) Outdated(ctx context.Context, m compose.Model) (bool, error) {
	if !m.Proxy.Generated {
		return false, nil
	}
	needed := []string{m.Proxy.Settings, c.Session.Path(routingFile), c.Session.Path(stateFile), tokenPath(m.Proxy), maintenancePath(m.Proxy)}
	contents, err := c.Session.Read(ctx, needed...)
	if err != nil {
		return false, c.Errors.Wrap("read its settings", err)
	}
	// Without one of them HAProxy would not start again.
	return len(contents) < len(needed) || contents[m.Proxy.Settings] != Render(m), nil
}

// Unopened implements switcher.Proxy: a reload opens ports.
func (*control) Unopened(context.Context, compose.Model) ([]int, error) { return nil, nil }

// Configure implements switcher.Proxy. A user's own settings are validated
// as they are; beside them it makes only the files that HAProxy cannot start
// without.
func (c *control) Configure(ctx context.Context, m compose.Model) error {
	if err := c.seed(ctx); err != nil {
		return c.Errors.Wrap("prepare its volume", err)
	}
	if !m.Proxy.Generated {
		return c.validate(ctx, m.Proxy.Settings, "your settings "+m.Proxy.Settings)
	}
	text := Render(m)
	trial := c.Session.Path(trialFile)
	if err := c.Session.Write(ctx, trial, text); err != nil {
		return c.Errors.Wrap("write its settings", err)
	}
	rejected := c.validate(ctx, trial, "the generated settings")
	// The trial goes first: a command that is killed after the last write
	// would leave it behind for good.
	err := c.Session.Remove(ctx, trial)
	switch {
	case rejected != nil:
		return rejected
	case err == nil:
		err = c.Session.Write(ctx, m.Proxy.Settings, text)
	}
	return c.Errors.Wrap("write its settings", err)
}

// noState is the text of a server state file that knows nothing: its format's
// version alone.
const noState = "1\n"

// seed makes the files that the settings name, where they are missing.
func (c *control) seed(ctx context.Context) error {
	routing, state, token := c.Session.Path(routingFile), c.Session.Path(stateFile), c.Session.Path(session.TokenFile)
	maintenance := c.Session.Path(maintenanceFile)
	contents, err := c.Session.Read(ctx, routing, state, token, maintenance)
	if err != nil {
		return err
	}
	if _, found := contents[routing]; !found {
		text, err := formatRouting(switcher.Routing{})
		if err != nil {
			return err
		}
		if err := c.Session.Write(ctx, routing, text); err != nil {
			return err
		}
	}
	if _, found := contents[token]; !found {
		if err := c.SealToken(ctx, ""); err != nil {
			return err
		}
	}
	if _, found := contents[maintenance]; !found {
		text, err := formatMaintenance(nil)
		if err != nil {
			return err
		}
		if err := c.Session.Write(ctx, maintenance, text); err != nil {
			return err
		}
	}
	if _, found := contents[state]; !found {
		return c.Session.Write(ctx, state, noState)
	}
	return nil
}

// validate has HAProxy itself check a settings file.
func (c *control) validate(ctx context.Context, path, what string) error {
	said, status, err := c.Session.Run(ctx, "haproxy", "-c", "-f", path)
	switch {
	case err != nil:
		return c.Errors.Wrap("check its settings", err)
	case status == 127:
		return c.Errors.Wrap("check its settings", fmt.Errorf("its image has no program haproxy: %s", strings.TrimSpace(said)))
	case status != 0:
		return &compose.InvalidError{
			Service: c.Errors.Proxy,
			Problem: "HAProxy rejects " + what + ":\n" + alerts(said),
			Fix:     "see all that it would run with: docker bluegreen config --proxy",
		}
	default:
		return nil
	}
}

// alerts picks what HAProxy said in anger, or all when it said nothing so.
func alerts(said string) string {
	var picked []string
	for line := range strings.Lines(said) {
		if strings.Contains(line, "[ALERT]") {
			picked = append(picked, strings.TrimSpace(line))
		}
	}
	if len(picked) == 0 {
		return strings.TrimSpace(said)
	}
	return strings.Join(picked, "\n")
}
