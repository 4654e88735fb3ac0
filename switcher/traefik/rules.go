package traefik

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Traefik takes the router with the highest priority. The most specific route
// goes first, as with every proxy of the tool: a host before none, then the
// longer path. The tool's own requests go before all.
const (
	hostPriority        = 10_000
	maintenancePriority = 70_000 // above visitors with a lot
	leavingPriority     = 100_000
	previewPriority     = 200_000
	probePriority       = 400_000
	namedPriority       = 600_000 // above the twins that close connections
	verifyPriority      = 1_000_000
)

// rule selects the requests of a route. A path prefix ends where a segment
// does.
func rule(r compose.Route) string {
	if r.Mode == compose.TCP {
		return "HostSNI(`*`)"
	}
	path := "PathPrefix(`/`)"
	if r.Path != "" {
		path = fmt.Sprintf("(Path(`%s`) || PathPrefix(`%s/`))", r.Path, r.Path)
	}
	switch {
	case r.Host == "":
		return path
	case r.Path == "":
		return fmt.Sprintf("Host(`%s`)", r.Host)
	default:
		return fmt.Sprintf("Host(`%s`) && %s", r.Host, path)
	}
}

func priority(r compose.Route) int {
	p := 1 + len(r.Path)
	if r.Host != "" {
		p += hostPriority
	}
	return p
}

// header matches one header's exact value.
func header(name, value string) string { return fmt.Sprintf("Header(`%s`, `%s`)", name, value) }

// anyRoute is a pair's route in either colour.
func anyRoute(p compose.Pair) compose.Route {
	for _, c := range compose.Colours() {
		if p.Has(c) {
			return p.Routes[c]
		}
	}
	return compose.Route{}
}

// urlOf and addressOf are where a replica takes a route's traffic.
func urlOf(replica string, r compose.Route) string { return "http://" + addressOf(replica, r) }

func addressOf(replica string, r compose.Route) string { return fmt.Sprintf("%s:%d", replica, r.Port) }
