package compose

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// route gives every pair its route, the same in both colours.
func (b *builder) route(m *Model) {
	taken := map[int][]claim{}
	for i := range m.Pairs {
		pair := &m.Pairs[i]
		service := pair.Services[Blue]
		route, ok := b.routeOf(service, m.Proxy.Service)
		if !ok {
			continue
		}
		for _, c := range Colours() {
			pair.Routes[c] = route
		}
		b.checkClaim(claim{service: service, pair: pair.Name, route: route}, taken[route.Listen])
		taken[route.Listen] = append(taken[route.Listen], claim{service: service, pair: pair.Name, route: route})
	}
	b.checkPreviews(m.Pairs)
	if m.Proxy.Kind == Traefik && m.Proxy.Generated {
		m.Proxy.Listen = slices.Sorted(maps.Keys(taken))
	}
}

// routeOf reads the route of a service, and reports what is missing.
func (b *builder) routeOf(service, proxy string) (Route, bool) {
	s := b.settings[service]
	if s.Mode == "" {
		s.Mode = HTTP
	}
	if s.Port == 0 {
		b.blame(service, "does not say at which port it listens",
			fmt.Sprintf("write %s: {port: 8080}; one that takes no traffic is a worker, %[1]s: {worker: handoff}, or shared, without a colour's profile", extension), extension)
		return Route{}, false
	}
	if s.Mode == TCP && (s.Host != "" || s.Path != "" || s.Preview != "") {
		b.blame(service, "is a tcp route, which has neither host nor path nor preview", "remove host, path and preview, or write mode: http", extension, "mode")
		return Route{}, false
	}
	listen, ok := b.listen(service, s, proxy)
	if !ok {
		return Route{}, false
	}
	return Route{
		Port:   s.Port,
		Health: s.Health,
		Host:   strings.ToLower(s.Host),
		Path:   strings.TrimRight(s.Path, "/"),
		Mode:   s.Mode,
		Listen: listen,

		Preview: b.previewHost(s),
	}, true
}

// previewHost is the host name of a pair's preview, where there is one.
func (b *builder) previewHost(s serviceSettings) string {
	if s.Mode == TCP || b.top.Preview.Mode == PreviewOff {
		return ""
	}
	return strings.ToLower(cmp.Or(s.Preview, b.top.Preview.Host))
}

// A claim is a pair's wish for the traffic of a listener.
type claim struct {
	service, pair string
	route         Route
}

// checkClaim reports traffic that two pairs want.
func (b *builder) checkClaim(c claim, others []claim) {
	for _, other := range others {
		switch {
		case c.route.Mode == TCP || other.route.Mode == TCP:
			b.blame(c.service, fmt.Sprintf("shares listener %d with the pair %q, but a tcp route needs one of its own", c.route.Listen, other.pair),
				fmt.Sprintf("write another %s.listen, and publish that port of the proxy", extension), extension, "listen")
		case c.route.Host == other.route.Host && c.route.Path == other.route.Path:
			b.blame(c.service, fmt.Sprintf("takes the same requests as the pair %q: %s", other.pair, c.route.requests()),
				fmt.Sprintf("tell them apart by %s.host, path or listen", extension), extension)
		}
	}
}

// requests says in words which requests a route takes.
func (r Route) requests() string {
	if r.Host == "" && r.Path == "" {
		return fmt.Sprintf("all on listener %d that no other route takes", r.Listen)
	}
	return fmt.Sprintf("%s%s on listener %d", r.Host, r.Path, r.Listen)
}
