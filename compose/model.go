package compose

import (
	"maps"
	"slices"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// Project is a loaded Compose file: the model that a release works with, and
// the source from which an engine makes containers.
type Project struct {
	Model
	// Source holds every service of the file, those of both colours
	// included (as disabled services, for no profile is active).
	Source *types.Project `json:"-"`
	// Remarks say what the file holds that is allowed but has no effect.
	Remarks []string `json:"-"`
}

// Model is what a release has to know of a project. It holds no secrets and
// no environment, and is kept beside the proxy's state, so that switch and
// rollback work when the file has changed or is gone.
type Model struct {
	// Name is the Compose project name.
	Name string `json:"name"`
	// Pairs take traffic, sorted by name.
	Pairs []Pair `json:"pairs"`
	// Jobs are the coloured one-shot services (migrations), by colour: they
	// run to their end before the colour's pairs start. A job that carries
	// both profiles stands under both colours.
	Jobs map[Colour][]string `json:"jobs,omitempty"`
	// Shared lists the services without a colour, the proxy and its holder
	// left out.
	Shared []string `json:"shared,omitempty"`
	// Proxy is the service that routes the traffic.
	Proxy Proxy `json:"proxy"`
	// WaitTimeout is how long a colour may take to become healthy, and
	// DrainTimeout how long a switch waits for what is in flight; in JSON in
	// nanoseconds. Zero is the tool's default.
	WaitTimeout  time.Duration `json:"waitTimeout,omitempty"`
	DrainTimeout time.Duration `json:"drainTimeout,omitempty"`
}

// Pair is one service in both colours.
type Pair struct {
	Name string `json:"name"`
	// Services names the pair's Compose service of each colour.
	Services map[Colour]string `json:"services"`
	// Replicas is the number of containers that the file wants of each
	// colour's service.
	Replicas map[Colour]int `json:"replicas"`
	// Routes says how traffic reaches each colour. A loaded file gives both
	// colours the same route. While a release changes a route (a new port,
	// a new path), the model that the proxy is set up from is merged: the
	// active colour keeps the route it was released with, the idle one has
	// the file's. A pair that the file adds or drops stands under one
	// colour only, in all three maps. The proxy's settings therefore hold
	// the rules of each colour under the condition that it is the active
	// one, so that the one value flips rules and servers together.
	Routes map[Colour]Route `json:"routes"`
}

// Has tells that the pair is part of a colour.
func (p Pair) Has(c Colour) bool { return p.Services[c] != "" }

// Mode is the protocol in which the proxy handles a pair's traffic.
type Mode string

// The modes of a route.
const (
	HTTP Mode = "http"
	TCP  Mode = "tcp"
)

// Route says how traffic reaches a pair.
type Route struct {
	// Port is the TCP port on which the pair's containers listen.
	Port int `json:"port"`
	// Health is the HTTP path that the proxy checks; empty means that the
	// proxy checks whether the port accepts a connection.
	Health string `json:"health,omitempty"`
	// Host and Path select the requests of an http route: the exact host
	// name and the path prefix. Both empty: the route takes what no other
	// route on the same listener does.
	Host string `json:"host,omitempty"`
	Path string `json:"path,omitempty"`
	Mode Mode   `json:"mode"`
	// Listen is the proxy's container port at which the traffic arrives.
	Listen int `json:"listen"`
}

// CheckHost is the host name that checks ask for: an application may refuse
// names that it does not know.
func (r Route) CheckHost() string {
	if r.Host != "" {
		return r.Host
	}
	return "localhost"
}

// Kind names a proxy's software, and with it the adapter that drives it.
type Kind string

// The proxies that a project can name.
const (
	HAProxy Kind = "haproxy"
	Traefik Kind = "traefik"
)

// Joins tells that such a proxy, started beside another one that expects none,
// comes to serve with it. Others fail until that one has ended.
func (k Kind) Joins() bool { return k == HAProxy }

// Proxy is the service through which all traffic flows.
type Proxy struct {
	Service string `json:"service"`
	Kind    Kind   `json:"kind"`
	// Holder is the service whose network the proxy uses, and which publishes
	// its ports, so that a second proxy can stand beside the first one; ""
	// where the proxy has a network of its own.
	Holder string `json:"holder,omitempty"`
	// Volume is the mount point, in the proxy's container, of the volume or
	// directory that keeps the state.
	Volume string `json:"volume"`
	// Settings is the path of the proxy's settings in its container; "" when
	// they are in its flags.
	Settings string `json:"settings"`
	// Generated tells that the settings are the tool's to write. Otherwise
	// they are the user's, and the tool owns the routing file alone.
	Generated bool `json:"generated"`
	// Watched is the directory in Traefik's container whose files it takes
	// as they change; "" for another kind of proxy.
	Watched string `json:"watched,omitempty"`
	// Listen lists the container ports at which the file has traffic arrive,
	// where generated settings are read only when the proxy starts (Traefik):
	// one that starts opens them all, also those that no recorded pair uses yet.
	Listen []int `json:"listen,omitempty"`
	// Static is what Traefik's flags say, where they are the user's; nil
	// where its settings are in a file.
	Static *staticconfig.Config `json:"static,omitempty"`
}

// StateDir is the directory name below Proxy.Volume for the tool's files.
const StateDir = "bluegreen"

// Directory is the path, in the proxy's container, of the tool's own files.
func (p Proxy) Directory() string { return p.Volume + "/" + StateDir }

// RoutesPath is the path, in Traefik's container, of the file with the routes.
func (p Proxy) RoutesPath() string { return p.Watched + "/" + RoutesFile }

// Pair finds a pair by its name.
func (m Model) Pair(name string) (Pair, bool) {
	i := slices.IndexFunc(m.Pairs, func(p Pair) bool { return p.Name == name })
	if i < 0 {
		return Pair{}, false
	}
	return m.Pairs[i], true
}

// Services lists the pairs' services of a colour, jobs left out.
func (m Model) Services(c Colour) []string {
	services := make([]string, 0, len(m.Pairs))
	for _, p := range m.Pairs {
		if p.Has(c) {
			services = append(services, p.Services[c])
		}
	}
	return services
}

// With is the model in which colour c is as in other, and the other colour
// stays as in m. Names, proxy and shared services are other's.
func (m Model) With(c Colour, other Model) Model {
	merged := other
	merged.Pairs = nil
	names := map[string]bool{}
	for _, p := range append(slices.Clone(m.Pairs), other.Pairs...) {
		names[p.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		pair := Pair{Name: name, Services: map[Colour]string{}, Replicas: map[Colour]int{}, Routes: map[Colour]Route{}}
		pair.take(c, other)
		pair.take(c.Other(), m)
		if len(pair.Services) > 0 {
			merged.Pairs = append(merged.Pairs, pair)
		}
	}
	merged.Jobs = nil
	merged.takeJobs(c, other)
	merged.takeJobs(c.Other(), m)
	return merged
}

// take copies what m says of the pair in colour c.
func (p *Pair) take(c Colour, m Model) {
	from, found := m.Pair(p.Name)
	if !found || !from.Has(c) {
		return
	}
	p.Services[c] = from.Services[c]
	p.Replicas[c] = from.Replicas[c]
	p.Routes[c] = from.Routes[c]
}

// takeJobs copies the jobs of a colour. A model without jobs has no map, so
// that it equals the one that was recorded.
func (m *Model) takeJobs(c Colour, from Model) {
	jobs := from.Jobs[c]
	if len(jobs) == 0 {
		return
	}
	if m.Jobs == nil {
		m.Jobs = map[Colour][]string{}
	}
	m.Jobs[c] = jobs
}

// Owner tells to which pair and colour a service belongs; ok is false for
// shared services, the proxy, and jobs.
func (m Model) Owner(service string) (pair Pair, colour Colour, ok bool) {
	for _, p := range m.Pairs {
		for c, s := range p.Services {
			if s == service {
				return p, c, true
			}
		}
	}
	return Pair{}, "", false
}
