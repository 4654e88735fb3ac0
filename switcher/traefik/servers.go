package traefik

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Traefik's words for a server's state.
const (
	up   = "UP"
	down = "DOWN"
)

// fresh is for how long a check that a replica has passed is believed: Traefik
// itself checks twice in that time.
const fresh = time.Second

// Servers implements switcher.Replicas. A replica is up when Traefik holds it
// fit and a request through Traefik to it alone is answered well: Traefik
// takes for fit what it has not checked yet.
func (c *control) Servers(ctx context.Context, sides ...switcher.Side) (map[compose.Colour][]switcher.Server, error) {
	known, err := c.servers(ctx, sides)
	return known, c.Errors.Wrap("ask for its view of the replicas", err)
}

func (c *control) servers(ctx context.Context, sides []switcher.Side) (map[compose.Colour][]switcher.Server, error) {
	v, err := c.view(ctx)
	switch {
	case c.removed(ctx, err):
		return map[compose.Colour][]switcher.Server{}, nil
	case err != nil:
		return nil, err
	}
	t, _, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	if t == nil {
		t = &table{}
	}
	connections, err := c.Session.Connections(ctx)
	if err != nil {
		return nil, err
	}
	known := map[compose.Colour][]switcher.Server{}
	for _, side := range sides {
		known[side.Colour] = c.serversOf(ctx, side, v, *t, connections)
	}
	return known, nil
}

// serversOf lists a side's replicas that take or may take traffic, or still
// serve.
func (c *control) serversOf(
	ctx context.Context, side switcher.Side, v *view, t table, connections map[string]int,
) []switcher.Server {
	var list []switcher.Server
	for _, p := range side.Model.Pairs {
		for _, ctr := range side.Containers {
			if !p.Has(side.Colour) || ctr.Service != p.Services[side.Colour] {
				continue
			}
			r, enrolled := t.find(ctr.Service, ctr.Name)
			sessions := sessionsOf(ctr, p.Routes[side.Colour].Port, connections)
			if sessions == 0 && (!enrolled || r.Out == retired) {
				continue // it is none of the proxy's any more
			}
			s := switcher.Server{Pair: p.Name, Service: ctr.Service, Slot: ctr.Name, Sessions: sessions}
			if len(ctr.Addresses) > 0 {
				s.Address = ctr.Addresses[0]
			}
			s.Up, s.Why = c.fit(ctx, p, side.Colour, r, v.status(p, side.Colour, r.Name))
			s.Up = s.Up && enrolled && r.Out == ""
			list = append(list, s)
		}
	}
	return list
}

// fit tells whether a replica passes its check, and what it says.
func (c *control) fit(ctx context.Context, p compose.Pair, colour compose.Colour, r replica, status string) (ok bool, why string) {
	if r.Out == retired || r.Name == "" {
		return false, string(retired)
	}
	if status == down {
		return false, down
	}
	if err := c.try(ctx, p, colour, r.Name); err != nil {
		return false, err.Error()
	}
	if r.Out != "" {
		return true, "held back, OK"
	}
	return true, up
}

// try sends a replica a request through Traefik, or where it has no health to
// ask for sees whether it takes a connection. One that has passed a moment ago
// is not asked again.
func (c *control) try(ctx context.Context, p compose.Pair, colour compose.Colour, name string) error {
	key := p.Name + " " + name
	if time.Since(c.passed[key]) < fresh {
		return nil
	}
	if err := c.check(ctx, p, p.Routes[colour], name); err != nil {
		return err
	}
	c.passed[key] = time.Now()
	return nil
}

func (c *control) check(ctx context.Context, p compose.Pair, r compose.Route, name string) error {
	if r.Mode == compose.TCP || r.Health == "" {
		return c.Session.Reach(ctx, name, r.Port)
	}
	a, err := c.ask(ctx, r.Health, r.CheckHost(), replicaHeader+": "+replicaOf(p.Name, name))
	if err != nil {
		return err
	}
	if !a.Good() {
		return fmt.Errorf("its check is answered %d", a.Status)
	}
	return nil
}

// status is Traefik's word for a replica's state; "" when it has none.
func (v *view) status(p compose.Pair, c compose.Colour, name string) string {
	services := v.Services
	r := p.Routes[c]
	server := urlOf(name, r)
	if r.Mode == compose.TCP {
		server, services = addressOf(name, r), v.TCPServices
	}
	return services[serviceOf(p.Name, c)+provider].Servers[server]
}

// same tells that two tables are.
func same(a, b table) bool { return reflect.DeepEqual(a, b) }
