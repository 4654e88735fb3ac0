package traefik

import (
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// table is all that the routes are made from beside the model: the routing,
// and the replicas that there are. It stands in the routes file itself, so
// that what Traefik reads and what the next command reads change in one step.
type table struct {
	Routing switcher.Routing `json:"routing"`
	// Replicas are those of each service.
	Replicas map[string][]replica `json:"replicas,omitempty"`
	// Held names the services whose new replicas wait for readmission.
	Held []string `json:"held,omitempty"`
	// Maintenance is what visitors get instead of a colour; nil for none.
	Maintenance *switcher.Maintenance `json:"maintenance,omitempty"`
	// Certificates tells the certificates that the routes name from others, by
	// file.
	Certificates map[string]string `json:"certificates,omitempty"`
	// Leaving tells that another instance takes over: connections that did not
	// begin on an instance's own ports are closed with their next answer.
	Leaving bool `json:"leaving,omitempty"`
}

// replica is a container by its name, which the engine's DNS knows. An address
// would not outlive a restart.
type replica struct {
	Name string `json:"name"`
	// Out says why it takes no traffic; "" when it does.
	Out reason `json:"out,omitempty"`
}

// reason says why a replica is out of the rotation.
type reason string

// The reasons. A replica that is untried has not been seen to pass its check
// since it was enrolled, or failed it: Traefik takes for fit whatever it is
// newly told of, and with each change takes for fit again what it had found
// unfit.
const (
	untried reason = "not checked yet"
	retired reason = "retired"
)

// clone is a table to change.
func (t table) clone() table {
	replicas := map[string][]replica{}
	for service, list := range t.Replicas {
		replicas[service] = slices.Clone(list)
	}
	t.Replicas = replicas
	t.Held = slices.Clone(t.Held)
	return t
}

// enrol makes a service's replicas those named, in their order. New ones of
// the active colour begin untried.
func (t *table) enrol(service string, names []string, active bool) {
	former := t.Replicas[service]
	list := make([]replica, 0, len(names))
	for _, name := range names {
		next := replica{Name: name}
		if i := slices.IndexFunc(former, func(r replica) bool { return r.Name == name }); i >= 0 {
			next = former[i]
		} else if active {
			next.Out = untried
		}
		list = append(list, next)
	}
	if len(list) == 0 {
		delete(t.Replicas, service)
		return
	}
	t.Replicas[service] = list
}

// put sets why a replica is out; "" takes it in.
func (t *table) put(service, name string, out reason) {
	for i, r := range t.Replicas[service] {
		if r.Name == name {
			t.Replicas[service][i].Out = out
		}
	}
}

// find is a replica of a service.
func (t *table) find(service, name string) (replica, bool) {
	for _, r := range t.Replicas[service] {
		if r.Name == name {
			return r, true
		}
	}
	return replica{}, false
}

// in lists the replicas of a service that take traffic.
func (t *table) in(service string) []string {
	var names []string
	for _, r := range t.Replicas[service] {
		if r.Out == "" {
			names = append(names, r.Name)
		}
	}
	return names
}

// running lists the names of a service's running containers.
func running(containers []compose.Container, service string) []string {
	var names []string
	for _, c := range containers {
		if c.Service == service && c.Running() {
			names = append(names, c.Name)
		}
	}
	return names
}
