package compose

import (
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
	// Hooks are the commands that the file has run around a release.
	Hooks Hooks `json:"-"`
	// Checks must pass before a colour gets the traffic.
	Checks []Check `json:"-"`
	// Remarks say what the file holds that is allowed but has no effect.
	Remarks []string `json:"-"`
	// pinned names the image of each service that Pin was told of.
	pinned map[string]string
	// secret is where the file has the preview's token come from; nil where it
	// does not say.
	secret *types.SecretConfig
}

// Model is what a release has to know of a project. It holds no secrets and
// no environment, and is kept beside the proxy's state, so that switch and
// rollback work when the file has changed or is gone.
type Model struct {
	// Name is the Compose project name.
	Name string `json:"name"`
	// Engine says where the containers run; "" is OneEngine.
	Engine EngineKind `json:"engine,omitempty"`
	// Pairs take traffic, sorted by name.
	Pairs []Pair `json:"pairs"`
	// Workers take jobs instead of traffic, sorted by name.
	Workers []Worker `json:"workers,omitempty"`
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
	// Hooked tells that the file has hooks, which are not recorded: a command
	// that cannot read the file knows by it that it leaves something out.
	Hooked bool `json:"hooked,omitempty"`
	// Checked tells the same of checks.
	Checked bool `json:"checked,omitempty"`
	// Preview says who may see the idle colour; "" is PreviewToken.
	Preview Preview `json:"preview,omitempty"`
	// Sticky says what keeps a visitor with a colour; "" is StickyOff.
	Sticky Sticky `json:"sticky,omitempty"`
	// Keep is how many old releases keep their images, beside those of both
	// colours; nil is the tool's default.
	Keep *int `json:"keep,omitempty"`
	// Retire is how long after a switch the former colour is stopped, in JSON
	// in nanoseconds; zero is never.
	Retire time.Duration `json:"retire,omitempty"`
	// Bake says how a colour is watched after its switch.
	Bake Bake `json:"bake,omitzero"`
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
	// Preview is the host name at which the idle colour is seen; "" for none.
	Preview string `json:"preview,omitempty"`
}

// SameWay tells that two routes select the same requests; port and health path
// are matters of the way behind.
func (r Route) SameWay(other Route) bool {
	return r.Listen == other.Listen && r.Mode == other.Mode && r.Host == other.Host && r.Path == other.Path
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
	// Control is the subnet from which a Swarm's tool tells the proxy's instances
	// what to do; "" on one engine.
	Control string `json:"control,omitempty"`
	// Holder is the service whose network the proxy uses, and which publishes
	// its ports, so that a second proxy can stand beside the first one; ""
	// where the proxy has a network of its own.
	Holder string `json:"holder,omitempty"`
	// Volume is the mount point, in the proxy's container, of the volume or
	// directory that keeps the state.
	Volume string `json:"volume"`
	// Settings is the path of the proxy's settings in its container; "" when
	// they are in its flags or variables.
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
	// TLS names, for each port at which generated settings end TLS, the file in
	// the proxy's container with certificate and key.
	TLS map[int]string `json:"tls,omitempty"`
	// Static is what Traefik's flags or variables say, where they are the
	// user's; nil where its settings are in a file.
	Static *staticconfig.Config `json:"static,omitempty"`
	// Variables tells that Static is said by variables.
	Variables bool `json:"variables,omitempty"`
}

// Format is how a user's own settings of Traefik are written.
func (p Proxy) Format() staticconfig.Format {
	switch {
	case p.Settings != "":
		return staticconfig.FormatOf(p.Settings)
	case p.Variables:
		return staticconfig.Variables
	default:
		return staticconfig.Arguments
	}
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
