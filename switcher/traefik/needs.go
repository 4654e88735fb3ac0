package traefik

import (
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// need is one thing that a user's own settings must have: a flag, or a line of
// a section in YAML.
type need struct {
	flag, section, line string
	met                 func(staticconfig.Config) bool
}

func needs(m compose.Model) []need {
	all := []need{
		{
			flag: "--api=true", section: "api", line: "{}",
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
	var metered []need // for a bake in the file; the parts of a section stand together
	if m.Bake.Time > 0 {
		metered = meterNeeds()
		all = append(all, metered[0])
	}
	for _, port := range ports(m) {
		name := generatedEntry(port)
		if m.Proxy.Variables {
			name = strings.ReplaceAll(name, "_", "") // which would be a dot
		}
		all = append(all, need{
			flag:    fmt.Sprintf("--entrypoints.%s.address=:%d", name, port),
			section: "entryPoints", line: fmt.Sprintf(`%s: {address: ":%d"} # by whatever name`, name, port),
			met: func(c staticconfig.Config) bool { _, found := c.At(port); return found },
		})
	}
	if len(metered) > 0 {
		all = append(all, metered[1:]...)
	}
	return all
}

// text writes out needs the way the settings are written.
func text(p compose.Proxy, all []need) string {
	switch p.Format() {
	case staticconfig.Arguments:
		return each(all, func(n need) string { return n.flag })
	case staticconfig.Variables:
		return each(all, need.variable)
	case staticconfig.TOML:
		return each(all, need.table)
	default:
		return inYAML(all)
	}
}

func each(all []need, line func(need) string) string {
	var b strings.Builder
	for _, n := range all {
		fmt.Fprintln(&b, line(n))
	}
	return b.String()
}

// variable is the flag as a variable: --a.b=c is TRAEFIK_A_B=c.
func (n need) variable() string {
	key, value, _ := strings.Cut(strings.TrimPrefix(n.flag, "--"), "=")
	return "TRAEFIK_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_")) + "=" + value
}

// table is the flag in TOML: --a.b=c is b = "c" in [a], and a section that is
// switched on is an empty table.
func (n need) table() string {
	key, value, _ := strings.Cut(strings.TrimPrefix(n.flag, "--"), "=")
	_, rest, below := strings.Cut(key, ".")
	if !below {
		return fmt.Sprintf("[%s]", n.section)
	}
	last := strings.LastIndex(rest, ".")
	return fmt.Sprintf("[%s.%s]\n  %s = %q", n.section, rest[:last], rest[last+1:], value)
}

// inYAML writes each section once.
func inYAML(all []need) string {
	var b strings.Builder
	former := ""
	for _, n := range all {
		switch {
		case n.line == "{}":
			fmt.Fprintf(&b, "%s: {}\n", n.section)
		case n.section == former:
			fmt.Fprintf(&b, "  %s\n", n.line)
		default:
			fmt.Fprintf(&b, "%s:\n  %s\n", n.section, n.line)
		}
		former = n.section
	}
	return b.String()
}
