package haproxy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The backends that answer when no pair can.
const (
	noColourBackend = "no_colour"
	noRouteBackend  = "no_route"
)

// listener is one port of the proxy with the rules of what arrives there.
type listener struct {
	port  int
	mode  compose.Mode
	rules []rule
}

// rule sends what a route selects to a pair.
type rule struct {
	pair  string
	route compose.Route
	// colour limits the rule to the time in which that colour is active; ""
	// is a rule that both colours share.
	colour compose.Colour
	// way marks a rule of previews; "" is one of visitors.
	way string
}

// listeners groups the model's routes by port. HAProxy takes the first rule
// that matches, so the most specific stand first: a host before none, then
// the longer path.
func listeners(m compose.Model) []listener {
	var all []listener
	for _, r := range rules(m) {
		i := slices.IndexFunc(all, func(l listener) bool { return l.port == r.route.Listen })
		if i < 0 {
			all = append(all, listener{port: r.route.Listen, mode: r.route.Mode})
			i = len(all) - 1
		}
		all[i].rules = append(all[i].rules, r)
	}
	for _, l := range all {
		slices.SortStableFunc(l.rules, bySpecificity)
	}
	slices.SortFunc(all, func(a, b listener) int { return cmp.Compare(a.port, b.port) })
	return all
}

// rules lists one rule per pair, or one per colour where the colours' ways to
// the pair differ.
func rules(m compose.Model) []rule {
	var all []rule
	for _, p := range m.Pairs {
		blue, green := p.Routes[compose.Blue], p.Routes[compose.Green]
		if p.Has(compose.Blue) && p.Has(compose.Green) && sameWay(blue, green) {
			all = append(all, rule{pair: p.Name, route: blue})
			continue
		}
		for _, c := range compose.Colours() {
			if p.Has(c) {
				all = append(all, rule{pair: p.Name, route: p.Routes[c], colour: c})
			}
		}
	}
	return all
}

// sameWay tells that two routes select the same requests, of previews too.
func sameWay(a, b compose.Route) bool { return a.SameWay(b) && a.Preview == b.Preview }

func bySpecificity(a, b rule) int {
	return cmp.Or(
		-cmp.Compare(min(len(a.route.Host), 1), min(len(b.route.Host), 1)),
		-cmp.Compare(len(a.route.Path), len(b.route.Path)),
		cmp.Compare(a.route.Host, b.route.Host),
		cmp.Compare(a.pair, b.pair),
		cmp.Compare(a.colour, b.colour))
}

func (s *settings) frontend(m compose.Model, l listener) {
	s.section("%s", frontendSection(l.port))
	s.set("mode %s", l.mode)
	s.all(bindLines(m, l))
	if l.mode == compose.HTTP {
		s.httpFrontend(m, l)
	} else {
		s.all(readSplit(m.Proxy, l.mode, activeVariable))
		s.all(canaryLines(l.mode, activeVariable))
	}
	if l.previews(m) {
		s.all(previewRules(l))
	}
	for _, r := range l.rules {
		s.all(ruleLines(r, "var("+activeVariable+")"))
	}
	if l.mode == compose.HTTP {
		s.set("default_backend %s", noRouteBackend)
		if !onSwarm(m) {
			s.relay(m, l)
		}
	}
}

// activeVariable is where the rules find the colour of a request.
const activeVariable = "txn.active"

// httpFrontend begins a frontend of http: it finds the colour of a request.
func (s *settings) httpFrontend(m compose.Model, l listener) {
	const variable = "var(" + activeVariable + ")"
	if !onSwarm(m) {
		s.set("bind %s mode 600 accept-proxy", relaySocket(m.Proxy, l.port))
	}
	s.set("option httplog")
	s.set("option http-ignore-probes # a browser's connection made ahead is no error")
	s.set("# After a reload an idle connection is closed with its next answer, not under a request;")
	s.set("# until then the request goes to the next worker, which knows the active colour.")
	s.set("option idle-close-on-response")
	s.set("http-request add-header X-Forwarded-For %%[src] unless { stopping }")
	s.all(readSplit(m.Proxy, l.mode, activeVariable))
	if l.previews(m) {
		s.all(previewAcls(m.Proxy, l, variable))
		s.all(probeAcls(m.Proxy))
	}
	if !onSwarm(m) {
		s.all(maintenanceRules(m, l))
	}
	s.all(canaryLines(l.mode, activeVariable))
	if l.sticks(m) {
		s.all(stickyLines(m, l, activeVariable))
	}
	if !onSwarm(m) {
		s.set("use_backend %s if { stopping }", relayBackend(l.port))
	}
	nobody := fmt.Sprintf("unless { %s -m str %s %s }", variable, compose.Blue, compose.Green)
	if l.previews(m) {
		nobody += " or " + previewed
	}
	s.set("use_backend %s %s", noColourBackend, nobody)
}

func (s *settings) relay(m compose.Model, l listener) {
	s.section("backend %s", relayBackend(l.port))
	s.set("mode http")
	s.set("server successor unix@%s send-proxy-v2", relaySocket(m.Proxy, l.port))
}

// activeColour is the expression by which HAProxy reads the active colour, and
// while a canary is on the share of the other one.
func activeColour(p compose.Proxy) string {
	expression := "str(" + mapKey + "),map(" + p.Directory() + "/" + routingFile + "," + whom(p) + ")"
	if p.Control != "" {
		return `"` + expression + `"` // in which variables of the environment count (configuration manual, section 2.3)
	}
	return expression
}

// ruleLines send what a rule selects, and further conditions, to the backend of
// a colour, which an expression tells.
func ruleLines(r rule, colour string, further ...string) []string {
	lines, conditions := acls(r)
	conditions = append(further, conditions...)
	name := r.pair + "_%[" + colour + "]"
	if r.colour != "" {
		name = backend(r.pair, r.colour)
		conditions = append(conditions, "{ "+colour+" -m str "+string(r.colour)+" }")
	}
	use := "use_backend " + name
	if len(conditions) > 0 {
		use += " if " + strings.Join(conditions, " ")
	}
	return append(lines, use)
}

// acls are the conditions of a rule, and their names. Two acls of one name
// mean either: a path prefix ends where a segment does.
func acls(r rule) (lines, names []string) {
	if r.route.Mode != compose.HTTP {
		return nil, nil
	}
	name := r.pair
	if r.colour != "" {
		name += ":" + string(r.colour)
	}
	name += r.way
	if r.route.Host != "" {
		lines = append(lines, "acl "+name+":host req.hdr(host),host_only -i -m str -- "+quote(r.route.Host))
		names = append(names, name+":host")
	}
	if path := strings.TrimRight(r.route.Path, "/"); path != "" {
		lines = append(lines, "acl "+name+":path path -m str -- "+quote(path))
		lines = append(lines, "acl "+name+":path path -m beg -- "+quote(path+"/"))
		names = append(names, name+":path")
	}
	return lines, names
}
