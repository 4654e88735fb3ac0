package traefik

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// entries names the entry points of each port on which traffic arrives.
type entries map[int][]string

// The times of a check are HAProxy's in the other adapter. Between two
// requests a connection to a replica is kept for a moment only: one that is
// kept cannot be told from a request in flight.
//
// A connection is given up before the kernel asks for it again, 1 s later
// (RFC 6298, section 2): by then the address may be that of another container,
// which may be of the other colour.
const (
	checkInterval = "500ms"
	checkTimeout  = "5s"
	answerTimeout = "3s" // of a replica, to the tool
	dialTimeout   = "900ms"
	keptFor       = "200ms"
)

// render is the configuration of a model, a table and the preview's token. It is
// a function of these alone.
func render(m compose.Model, t table, e entries, token string) dynamic {
	d := dynamic{
		HTTP: httpPart{
			Routers:     map[string]router{apiRouter: {EntryPoints: []string{adminEntry}, Rule: "PathPrefix(`/api`)", Service: apiService}},
			Services:    map[string]service{noColour: {LoadBalancer: &balancer{Servers: []server{}}}},
			Middlewares: middlewares(t.Routing.Active),
			Transports:  transports(),
		},
		TCP: tcpPart{Routers: map[string]router{}, Services: map[string]tcpService{}},
	}
	w := drawOf(t.Routing.Traffic())
	for _, p := range m.Pairs {
		for _, c := range compose.Colours() {
			if p.Has(c) {
				d.service(p, c, t)
			}
		}
		if w.isOn() {
			d.canary(m, p, w, e, t.Leaving)
		} else {
			d.route(m, p, t.Routing.Active, e, t.Leaving)
		}
	}
	d.pin(m, t, e)
	if w.isOn() {
		d.announce(w)
	}
	if w.isOn() || m.Sticks() {
		d.lottery()
	}
	d.preview(m, t, e, token)
	d.probe(m, t, e, token)
	d.maintain(m, t, e)
	d.verify(m, t.Routing.Active, e)
	d.secure(m, t, e)
	return d
}

func middlewares(active compose.Colour) map[string]middleware {
	return map[string]middleware{
		// A request that has been sent to a replica is never sent to another.
		tryAgain:  {Retry: &retry{Attempts: 4, Interval: "20ms"}},
		sayColour: {Headers: &headers{Response: map[string]string{colourHeader: active.OrNone()}}},
		// Without a value, a request's header is removed.
		hideToken: {Headers: &headers{Request: map[string]string{compose.PreviewHeader: "", compose.ColourHeader: ""}}},
		hideProbe: {Headers: &headers{Request: map[string]string{compose.ProbeHeader: "1"}}},
		// With this header Go's server closes the connection (net/http), or in
		// HTTP/2 sends GOAWAY.
		sayGoodbye: {Headers: &headers{Response: map[string]string{"Connection": "close"}}},
	}
}

func transports() map[string]transport {
	return map[string]transport{
		forVisitors: {Timeouts: timeouts{Dial: dialTimeout, Idle: keptFor}},
		forTool:     {MaxIdle: -1, Timeouts: timeouts{Dial: dialTimeout, Response: answerTimeout}},
	}
}

// service makes what serves a pair in one colour, and the router without which
// Traefik would not check it.
func (d *dynamic) service(p compose.Pair, c compose.Colour, t table) {
	r, name := p.Routes[c], serviceOf(p.Name, c)
	if r.Mode == compose.TCP {
		d.TCP.Services[name] = tcpServiceOf(p, c, t)
		d.TCP.Transports = map[string]tcpTransport{forVisitors: {Dial: dialTimeout}}
		d.TCP.Routers[checkOf(p.Name, c)] = router{
			EntryPoints: []string{adminEntry}, Service: name,
			Rule: "HostSNI(`" + strings.ToLower(name) + ".invalid`)", TLS: &tls{Passthrough: true},
		}
		return
	}
	lb := balancer{Servers: []server{}, Transport: forVisitors}
	for _, replica := range t.in(p.Services[c]) {
		lb.Servers = append(lb.Servers, server{URL: urlOf(replica, r)})
	}
	if r.Health != "" {
		lb.Check = &check{
			Path: r.Health, Hostname: r.CheckHost(), Interval: checkInterval, Timeout: checkTimeout,
			// A connection kept for the next check would look like a request.
			Headers: map[string]string{"Connection": "close"},
		}
		d.replicas(p, c, t)
	}
	d.HTTP.Services[name] = service{LoadBalancer: &lb}
	d.HTTP.Routers[checkOf(p.Name, c)] = router{
		EntryPoints: []string{adminEntry}, Rule: header(checkHeader, name), Service: name,
	}
}

func tcpServiceOf(p compose.Pair, c compose.Colour, t table) tcpService {
	lb := tcpBalancer{Servers: []tcpServer{}, Transport: forVisitors, Check: &check{Interval: checkInterval, Timeout: checkTimeout}}
	for _, replica := range t.in(p.Services[c]) {
		lb.Servers = append(lb.Servers, tcpServer{Address: addressOf(replica, p.Routes[c])})
	}
	return tcpService{LoadBalancer: &lb}
}

// replicas makes a way to every single replica, also those out of the rotation.
func (d *dynamic) replicas(p compose.Pair, c compose.Colour, t table) {
	for _, r := range t.Replicas[p.Services[c]] {
		name := replicaOf(p.Name, r.Name)
		d.HTTP.Services[name] = service{LoadBalancer: &balancer{
			Servers: []server{{URL: urlOf(r.Name, p.Routes[c])}}, Transport: forTool,
		}}
		d.HTTP.Routers[name] = router{EntryPoints: []string{adminEntry}, Rule: header(replicaHeader, name), Service: name}
	}
}

// route sends a pair's traffic to the active colour. While none is active
// there is nobody to serve it.
func (d *dynamic) route(m compose.Model, p compose.Pair, active compose.Colour, e entries, leaving bool) {
	var r compose.Route
	var target string
	switch {
	case active == "":
		r, target = anyRoute(p), noColour
	case !p.Has(active):
		return
	default:
		r, target = p.Routes[active], d.target(m, p, active)
	}
	way := router{EntryPoints: e[r.Listen], Rule: rule(r), Priority: priority(r), Service: target}
	if r.Mode == compose.HTTP {
		way.Middlewares = []string{tryAgain}
		d.way(routerOf(p.Name), way, leaving)
		return
	}
	if active == "" {
		d.TCP.Services[noColour] = tcpService{LoadBalancer: &tcpBalancer{Servers: []tcpServer{}}}
	}
	d.TCP.Routers[routerOf(p.Name)] = way
}

// way makes a way for http, and its twin while clients are to leave.
func (d *dynamic) way(name string, way router, leaving bool) {
	d.HTTP.Routers[name] = way
	if leaving {
		d.HTTP.Routers[leavingOf(name)] = goodbye(way)
	}
}

// goodbye is a way whose connections are closed with their next answer: those
// that arrived at the port itself, while new ones go elsewhere. A request for
// another protocol needs its connection.
func goodbye(way router) router {
	way.EntryPoints = way.EntryPoints[:1]
	way.Rule = "(" + way.Rule + ") && !HeaderRegexp(`Upgrade`, `.+`)"
	way.Priority += leavingPriority
	way.Middlewares = append(slices.Clone(way.Middlewares), sayGoodbye)
	return way
}

// verify makes, on each port with http traffic, a way by which the tool's own
// request proves which colour answers there.
func (d *dynamic) verify(m compose.Model, active compose.Colour, e entries) {
	for port, p := range witnesses(m, active) {
		target := noopService
		if p.Routes[active].Health != "" {
			target = serviceOf(p.Name, active)
		}
		at := append(slices.Clone(e[port]), adminEntry)
		if _, ends := m.Proxy.TLS[port]; ends {
			at = []string{adminEntry} // the tool's own request speaks no TLS
		}
		d.HTTP.Routers[verifyOf(port)] = router{
			EntryPoints: at, Service: target, Middlewares: []string{sayColour},
			Rule: header(verifyHeader, fmt.Sprint(port)) + " && ClientIP(`127.0.0.1`)", Priority: verifyPriority,
		}
	}
}

// witnesses picks a pair for each port with http traffic, one whose health can
// be asked for where there is one.
func witnesses(m compose.Model, active compose.Colour) map[int]compose.Pair {
	found := map[int]compose.Pair{}
	for _, p := range m.Pairs {
		r := p.Routes[active]
		if !p.Has(active) || r.Mode != compose.HTTP {
			continue
		}
		if former, taken := found[r.Listen]; !taken || former.Routes[active].Health == "" {
			found[r.Listen] = p
		}
	}
	return found
}
