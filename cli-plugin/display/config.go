package display

import (
	"fmt"
	"maps"
	"slices"
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
	fmt.Fprintf(&b, "preview  %s\n", previewLine(m))
	for _, line := range afterSwitch(m) {
		fmt.Fprintf(&b, "%s\n", line)
	}
	b.WriteString("\n" + table(pairRows(m)))
	if len(m.Workers) > 0 {
		b.WriteString("\n" + table(workerRows(m)))
	}
	return b.String()
}

// proxyLine says where the proxy's settings are and whose, where Traefik's
// routes are written, and where the state is kept.
func proxyLine(p compose.Proxy) string {
	settings := "your own, in " + p.Settings
	switch {
	case p.Generated:
		settings = "generated into " + p.Settings
	case p.Variables:
		settings = "your own, in its variables"
	case p.Settings == "":
		settings = "your own, in its flags"
	}
	routes := ""
	if p.Watched != "" {
		routes = ", routes in " + p.Watched
	}
	secure := ""
	if ports := p.EndsTLS(); len(ports) > 0 {
		secure = ", TLS at " + strings.Trim(fmt.Sprint(ports), "[]")
	}
	return fmt.Sprintf("%s (%s), settings %s%s%s, state in %s", p.Service, p.Kind, settings, routes, secure, p.Directory())
}

// previewLine says who sees the idle colour.
func previewLine(m compose.Model) string {
	var line string
	switch m.Preview {
	case compose.PreviewOff:
		return "off"
	case compose.PreviewOpen:
		line = "open to everybody"
	default:
		line = "for whoever has the token"
	}
	hosts := map[string]bool{}
	for _, p := range m.Pairs {
		for _, r := range p.Routes {
			if r.Preview != "" {
				hosts[r.Preview] = true
			}
		}
	}
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		line += ", and at " + host
	}
	return line
}

// afterSwitch says what the file has of the time after a switch.
func afterSwitch(m compose.Model) (lines []string) {
	if m.Bake.Time > 0 {
		lines = append(lines, fmt.Sprintf("bake     the new colour is watched for %s", m.Bake.Time))
	}
	if m.Sticks() {
		lines = append(lines, "sticky   who began on the former colour stays there until the drain ends")
	}
	if m.Retire > 0 {
		lines = append(lines, fmt.Sprintf("retire   the former colour is stopped after %s", m.Retire))
	}
	if m.Keep != nil {
		lines = append(lines, fmt.Sprintf("keep     the images of %d old releases", *m.Keep))
	}
	return lines
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

// workerRows is a row for each worker and colour.
func workerRows(m compose.Model) [][]string {
	rows := [][]string{{"WORKER", "COLOUR", "SERVICE", "REPLICAS", "POLICY", "ENDS BY", "LIMIT"}}
	for _, w := range m.Workers {
		for _, c := range compose.Colours() {
			if !w.Has(c) {
				continue
			}
			signal, limit := "its stop signal", "the drain's"
			if t := w.Terms[c]; t.Signal != "" {
				signal = t.Signal
			}
			if t := w.Terms[c]; t.Limit != 0 {
				limit = t.Limit.String()
			}
			if !w.Deferred() {
				signal, limit = "-", "-"
			}
			rows = append(rows, []string{w.Name, string(c), w.Services[c], fmt.Sprint(w.Replicas[c]), string(w.Policy()), signal, limit})
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
