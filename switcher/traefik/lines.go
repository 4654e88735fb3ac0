package traefik

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// Show is what `config --proxy` prints: the generated settings, or what a
// user's own must have, and the routes as they are while no colour is active.
func Show(m compose.Model) string {
	var b strings.Builder
	e := entries{}
	for _, port := range ports(m) {
		e[port] = entrances(m.Proxy, entryOf(m.Proxy, port), port)
	}
	if m.Proxy.Generated {
		fmt.Fprintf(&b, "# %s\n%s\n", m.Proxy.Settings, renderStatic(m, 0))
	} else {
		fmt.Fprintf(&b, "%s\n", commented(Own(m)))
	}
	text, _, err := format(m, table{Replicas: map[string][]replica{}}, e, "TOKEN")
	if err != nil {
		return b.String() + "# " + err.Error() + "\n"
	}
	_, text, _ = strings.Cut(text, "\n") // the table
	fmt.Fprintf(&b, "# %s, while no colour is active\n", m.Proxy.RoutesPath())
	if !m.Proxy.Generated && m.Proxy.Static == nil {
		b.WriteString("# (with your names of the entry points, which only the running proxy's settings tell)\n")
	}
	return b.String() + text
}

// entryOf names the entry point of a port as far as a loaded file tells.
func entryOf(p compose.Proxy, port int) string {
	if p.Static != nil {
		if name, found := p.Static.At(port); found {
			return name
		}
	}
	return generatedEntry(port)
}

// commented makes comments of lines.
func commented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	return b.String()
}

// noun is what a user's own settings are.
func noun(p compose.Proxy) string {
	switch p.Format() {
	case staticconfig.Arguments:
		return "flags"
	case staticconfig.Variables:
		return "variables"
	default:
		return "settings " + p.Settings
	}
}

// Own is what `config` says of a user's own settings: the lines that they must
// have, or of flags and variables, which are known, those that they lack.
func Own(m compose.Model) string {
	all := needs(m)
	if m.Proxy.Static == nil {
		return "your settings of the proxy must have these lines:\n\n" + text(m.Proxy, all) + watchable(m)
	}
	missing := unmet(all, *m.Proxy.Static)
	if len(missing) == 0 {
		return fmt.Sprintf("your %s of the proxy have all that releases need\n", noun(m.Proxy)) + watchable(m)
	}
	return fmt.Sprintf("your %s of the proxy lack what releases need:\n\n%s", noun(m.Proxy), text(m.Proxy, missing)) + watchable(m)
}

// watches tells that a directory's changes are noticed. A relative one is
// below the container's working directory, which a Config does not tell.
func watches(c staticconfig.Config, directory string) bool {
	found := path.Clean(c.Directory)
	return c.Watched && (found == directory || !path.IsAbs(found) && strings.HasSuffix(directory, "/"+found))
}

// unmet are the needs that a configuration does not meet.
func unmet(all []need, c staticconfig.Config) []need {
	return slices.DeleteFunc(slices.Clone(all), func(n need) bool { return n.met(c) })
}

// Verify implements switcher.Proxy.
func (c *control) Verify(ctx context.Context, m compose.Model) error {
	if m.Proxy.Generated {
		return nil
	}
	config, err := c.settings(ctx, m.Proxy)
	if err != nil {
		return c.Errors.Wrap("verify its settings", err)
	}
	missing := unmet(needs(m), config)
	if len(missing) == 0 {
		return nil
	}
	return &compose.InvalidError{
		Service: c.Errors.Proxy,
		Problem: "your " + noun(m.Proxy) + " lack lines that blue/green releases need",
		Fix:     "add these lines, then restart the proxy:\n\n" + text(m.Proxy, missing),
	}
}
