package display

import (
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Model is a project as it is understood: what takes traffic and how, what
// runs first, what is left alone.
func Model(m compose.Model) string {
	var b strings.Builder
	fmt.Fprintf(&b, "project  %s\n", m.Name)
	fmt.Fprintf(&b, "proxy    %s\n", proxyLine(m.Proxy))
	if len(m.Shared) > 0 {
		fmt.Fprintf(&b, "shared   %s\n", strings.Join(m.Shared, ", "))
	}
	for _, c := range compose.Colours() {
		if len(m.Jobs[c]) > 0 {
			fmt.Fprintf(&b, "first    %s (%s)\n", strings.Join(m.Jobs[c], ", "), c)
		}
	}
	b.WriteString("\n" + table(pairRows(m)))
	return b.String()
}

// proxyLine says where the proxy's settings are and whose, where Traefik's
// routes are written, and where the state is kept.
func proxyLine(p compose.Proxy) string {
	settings := "your own, in " + p.Settings
	switch {
	case p.Generated:
		settings = "generated into " + p.Settings
	case p.Settings == "":
		settings = "your own, in its flags"
	}
	routes := ""
	if p.Watched != "" {
		routes = ", routes in " + p.Watched
	}
	return fmt.Sprintf("%s (%s), settings %s%s, state in %s", p.Service, p.Kind, settings, routes, p.Directory())
}

// pairRows is a row for each pair and colour.
func pairRows(m compose.Model) [][]string {
	rows := [][]string{{"PAIR", "COLOUR", "SERVICE", "REPLICAS", "ROUTE", "TO", "CHECK"}}
	for _, p := range m.Pairs {
		for _, c := range compose.Colours() {
			if !p.Has(c) {
				continue
			}
			r := p.Routes[c]
			rows = append(rows, []string{
				p.Name, string(c), p.Services[c], fmt.Sprint(p.Replicas[c]), routeFrom(r), fmt.Sprintf("port %d", r.Port), check(r),
			})
		}
	}
	return rows
}

// routeFrom says which traffic a route takes.
func routeFrom(r compose.Route) string {
	if r.Mode == compose.TCP {
		return fmt.Sprintf("tcp at %d", r.Listen)
	}
	from := r.Host + r.Path
	if from == "" {
		from = "all else"
	}
	return fmt.Sprintf("%s at %d", from, r.Listen)
}

// check says what the proxy asks before it trusts a replica.
func check(r compose.Route) string {
	if r.Health == "" {
		return "accepts a connection"
	}
	return "GET " + r.Health
}
