package traefik

import (
	"context"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// InFlight implements switcher.Replicas: the connections to a colour's
// replicas. Traefik does not tell what they are for: those of its own checks are
// among them for as long as a check takes, and those without use for a moment.
// So the least that was seen lately counts; a colour that takes no visitors any
// more has no more in flight than it had.
func (c *control) InFlight(ctx context.Context, side switcher.Side) (switcher.InFlight, error) {
	var found switcher.InFlight
	err := session.ErrNotRunning
	if c.Running {
		found, err = c.inFlight(ctx, side)
	}
	if err == nil {
		found = c.flights.least(side.Colour, found, time.Now())
	}
	return found, c.Errors.Wrap("count what "+string(side.Colour)+" still serves", err)
}

func (c *control) inFlight(ctx context.Context, side switcher.Side) (found switcher.InFlight, err error) {
	if _, err = c.view(ctx); err != nil {
		return found, err // a table of connections alone does not tell that it serves
	}
	connections, err := c.Session.Connections(ctx)
	if err != nil {
		return found, err
	}
	type target struct{ service, port string }
	seen := map[target]bool{}
	for _, p := range side.Model.Pairs {
		r, service := p.Routes[side.Colour], p.Services[side.Colour]
		at := target{service, strconv.Itoa(r.Port)}
		if !p.Has(side.Colour) || seen[at] {
			continue
		}
		seen[at] = true
		for _, ctr := range side.Containers {
			if ctr.Service != service {
				continue
			}
			if n := sessionsOf(ctr, r.Port, connections); r.Mode == compose.TCP {
				found.Connections += n
			} else {
				found.Requests += n
			}
		}
	}
	return found, nil
}

// sessionsOf counts the proxy's connections to a container's port.
func sessionsOf(ctr compose.Container, port int, connections map[string]int) int {
	n := 0
	for _, address := range ctr.Addresses {
		n += connections[net.JoinHostPort(address, strconv.Itoa(port))]
	}
	return n
}

// lately is for how long a count is remembered: Traefik checks twice in that
// time, and a drain looks more often.
const lately = time.Second

// flights are the last counts of each colour.
type flights map[compose.Colour][]flight

type flight struct {
	switcher.InFlight
	at time.Time
}

// least adds a count, and is the least of those that are not old.
func (f flights) least(c compose.Colour, counted switcher.InFlight, now time.Time) switcher.InFlight {
	recent := slices.DeleteFunc(f[c], func(former flight) bool { return now.Sub(former.at) > lately })
	f[c] = append(recent, flight{counted, now})
	return slices.MinFunc(f[c], func(a, b flight) int { return a.Total() - b.Total() }).InFlight
}
