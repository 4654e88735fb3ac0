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

// Show is what `config` prints of the proxy: the generated settings, or the
// lines that a user's own must have, and the routes as they are while no
// colour is active.
func Show(m compose.Model) string {
	var b strings.Builder
	e := entries{}
	for _, port := range ports(m) {
		e[port] = generatedEntry(port)
	}
	if m.Proxy.Generated {
		fmt.Fprintf(&b, "# %s\n%s\n", m.Proxy.Settings, renderStatic(m))
	} else {
		fmt.Fprintf(&b, "# Your settings need:\n%s\n", commented(Lines(m)))
		if m.Proxy.Static != nil {
			for port := range e {
				if name, found := m.Proxy.Static.At(port); found {
					e[port] = name
				}
			}
		}
	}
	text, _, err := format(m, table{Replicas: map[string][]replica{}}, e)
	if err != nil {
		return b.String() + "# " + err.Error() + "\n"
	}
	_, text, _ = strings.Cut(text, "\n") // the table
	fmt.Fprintf(&b, "# %s/%s, while no colour is active\n%s", m.Proxy.Watched, routesFile, text)
	return b.String()
}

func commented(text string) string {
	return "#   " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n#   ") + "\n"
}

// Lines is what a user's own settings must have for the model.
func Lines(m compose.Model) string { return text(m.Proxy, needs(m)) }

// need is one thing that a user's own settings must have: a flag, or a line
// in a section of the YAML.
type need struct {
	flag, section, line string
	met                 func(staticconfig.Config) bool
}

func needs(m compose.Model) []need {
	all := []need{
		{
			flag: "--api=true", section: "api", line: "dashboard: false",
			met: func(c staticconfig.Config) bool { return c.API },
		},
		{
			flag:    "--providers.file.directory=" + m.Proxy.Watched,
			section: "providers", line: fmt.Sprintf("file: {directory: %s}", m.Proxy.Watched),
			met: func(c staticconfig.Config) bool { return watches(c, m.Proxy.Watched) },
		},
		{
			flag:    "--entrypoints." + adminEntry + ".address=" + adminAddress,
			section: "entryPoints", line: fmt.Sprintf("%s: {address: %q}", adminEntry, adminAddress),
			met: func(c staticconfig.Config) bool { return c.EntryPoints[adminEntry].Address == adminAddress },
		},
	}
	list := ports(m)
	slices.Sort(list)
	for _, port := range list {
		all = append(all, need{
			flag:    fmt.Sprintf("--entrypoints.%s.address=:%d", generatedEntry(port), port),
			section: "entryPoints", line: fmt.Sprintf(`%s: {address: ":%d"}`, generatedEntry(port), port),
			met: func(c staticconfig.Config) bool { _, found := c.At(port); return found },
		})
	}
	return all
}

// watches tells that a directory's changes are noticed. A relative one is
// below the container's working directory, which a Config does not tell.
func watches(c staticconfig.Config, directory string) bool {
	found := path.Clean(c.Directory)
	return c.Watched && (found == directory || !path.IsAbs(found) && strings.HasSuffix(directory, "/"+found))
}

// text writes out needs the way the settings are written: as flags, or in
// YAML, where a section stands once.
func text(p compose.Proxy, all []need) string {
	var b strings.Builder
	section := ""
	for _, n := range all {
		if p.Settings == "" {
			fmt.Fprintln(&b, n.flag)
			continue
		}
		if n.section != section {
			section = n.section
			fmt.Fprintf(&b, "%s:\n", section)
		}
		fmt.Fprintf(&b, "  %s\n", n.line)
	}
	return b.String()
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
	var missing []need
	for _, n := range needs(m) {
		if !n.met(config) {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	where := "flags"
	if m.Proxy.Settings != "" {
		where = "settings " + m.Proxy.Settings
	}
	return &compose.InvalidError{
		Service: c.Errors.Proxy,
		Problem: "your " + where + " lack lines that blue/green releases need",
		Fix:     "add these lines, then restart the proxy:\n\n" + text(m.Proxy, missing),
	}
}
