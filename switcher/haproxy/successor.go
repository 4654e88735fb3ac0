package haproxy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// endSignal is the soft stop (management guide, section 4).
const endSignal = "SIGUSR1"

// EndSignal implements switcher.Handover.
func (*control) EndSignal() string { return endSignal }

// Joins implements switcher.Doors: the argument -x names the socket by which
// HAProxy takes over the listening sockets (management guide, section 3).
func (Doors) Joins(proxy compose.Proxy, command []string) error {
	socket := proxy.Directory() + "/" + adminFile
	words := strings.Fields(strings.Join(command, " "))
	for i, word := range words {
		if word == "-x" && i+1 < len(words) && strings.Trim(words[i+1], `"'`) == socket {
			return nil
		}
	}
	return &compose.InvalidError{
		Service: proxy.Service,
		Problem: "its command does not say how a new proxy takes over the listening sockets of the running one",
		Fix:     "add to its command: -x " + socket,
	}
}

// Alone implements switcher.Doors: any HAProxy can take over from any other.
func (Doors) Alone(compose.Proxy) string { return "" }

// Accepts implements switcher.Handover: Configure has HAProxy validate all that
// it starts with.
func (*control) Accepts(context.Context, compose.Model, []string) error { return nil }

// HandOn implements switcher.Handover: a successor that knows no addresses
// answers 503 until it has asked the DNS.
func (c *control) HandOn(ctx context.Context) error {
	return c.Errors.Wrap("hand on its view of the replicas", c.saveServers(ctx))
}

// saveServers writes what a starting worker knows of the servers.
func (c *control) saveServers(ctx context.Context) error {
	servers, err := c.ask(ctx, "show servers state")
	if err != nil {
		return err
	}
	m, err := c.Model(ctx)
	if err != nil {
		return err
	}
	return c.Session.Write(ctx, c.Session.Path(stateFile), handover(servers, m))
}

// forgetServers keeps a proxy that starts later from trusting addresses of
// today.
func (c *control) forgetServers(ctx context.Context) error {
	return c.Session.Write(ctx, c.Session.Path(stateFile), noState)
}

// Take implements switcher.Handover. The successor has had the listening
// sockets since its start.
func (c *control) Take(ctx context.Context) error {
	return c.Errors.Wrap("tidy up after the handover", c.forgetServers(ctx))
}

// Alone implements switcher.Handover.
func (c *control) Alone(ctx context.Context) error {
	return c.Errors.Wrap("have all new connections", c.alone(ctx))
}

func (c *control) alone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, besideLimit)
	defer cancel()
	for sure := 0; sure < besideSure; {
		said, err := c.askAny(ctx, "show info")
		if err != nil {
			return err
		}
		own, err := c.own(ctx, parseInfo(said))
		if err != nil {
			return err
		}
		if sure++; !own {
			sure = 0
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another instance still answered after %s", besideLimit)
		case <-time.After(besidePoll):
		}
	}
	return nil
}

// Former implements switcher.Handover. The kind of these connections nobody
// tells.
func (c *control) Former(ctx context.Context) (switcher.InFlight, error) {
	_, former, err := c.statAndFormer(ctx)
	var flight switcher.InFlight
	for _, n := range former {
		flight.Connections += max(n, 0)
	}
	return flight, c.Errors.Wrap("count what the former proxy still serves", err)
}

// probePoll is the pause between two requests of a probe: either instance may
// get one.
const probePoll = 10 * time.Millisecond

// Probe implements switcher.Handover.
func (c *control) Probe(ctx context.Context, m compose.Model, colour compose.Colour) error {
	if !m.Proxy.Generated {
		return nil
	}
	for _, p := range m.Pairs {
		if p.Has(colour) && p.Routes[colour].Mode == compose.HTTP {
			if err := c.probe(ctx, p, colour, inside(m, p.Routes[colour].Listen)); err != nil {
				return c.Errors.Wrap("send a request to "+p.Services[colour], err)
			}
		}
	}
	return nil
}

// probe sends requests until the statistics of this instance show an answer
// from a replica.
func (c *control) probe(ctx context.Context, p compose.Pair, colour compose.Colour, port int) error {
	paths := pathsOf(p.Routes[colour])
	for try := 0; ; try++ {
		rows, err := c.stat(ctx)
		if err != nil {
			return err
		}
		if answered(rows, backend(p.Name, colour)) > 0 {
			return nil
		}
		reply, last := c.Session.Get(ctx, port, p.Routes[colour].CheckHost(), paths[try%len(paths)])
		if last == nil {
			last = fmt.Errorf("the answer was %d, and not by a replica", reply.Status)
		}
		select {
		case <-ctx.Done():
			return last
		case <-time.After(probePoll):
		}
	}
}

// pathsOf are paths that a replica may well answer: what the route selects, and
// what it is checked by.
func pathsOf(r compose.Route) []string {
	paths := []string{r.Path + "/"}
	if r.Health != "" {
		paths = append(paths, r.Health)
	}
	return paths
}

// answered counts the answers of a backend's replicas. Those with a 5xx are
// left out, for HAProxy itself gives such too.
func answered(rows []row, name string) int {
	i := slices.IndexFunc(rows, func(r row) bool { return r["pxname"] == name && r["svname"] == "BACKEND" })
	if i < 0 {
		return 0
	}
	return rows[i].number("hrsp_2xx") + rows[i].number("hrsp_3xx") + rows[i].number("hrsp_4xx")
}
