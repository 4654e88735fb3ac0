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

// Enrol implements switcher.Replicas: HAProxy asks the engine's DNS.
func (*fleet) Enrol(context.Context, switcher.Side) error { return nil }

// Servers implements switcher.Replicas. A replica is up when it is up in each
// instance; one that an instance does not know yet is not known.
func (f *fleet) Servers(ctx context.Context, sides ...switcher.Side) (map[compose.Colour][]switcher.Server, error) {
	views, err := f.stats(ctx)
	if err != nil {
		return nil, f.Errors.Wrap("ask for its view of the replicas", err)
	}
	known := map[compose.Colour][]switcher.Server{}
	for _, side := range sides {
		for i, v := range views {
			seen := servers(v.rows, nil, side.Model, side.Colour)
			if i == 0 {
				known[side.Colour] = seen
				continue
			}
			known[side.Colour] = agreed(known[side.Colour], seen, v.node)
		}
	}
	return known, nil
}

// agreed is what two instances, or more, both know of replicas.
func agreed(former, seen []switcher.Server, node string) []switcher.Server {
	var both []switcher.Server
	for _, a := range former {
		i := slices.IndexFunc(seen, func(b switcher.Server) bool { return a.Service == b.Service && a.Address == b.Address })
		if i < 0 {
			continue
		}
		b := seen[i]
		if a.Up && !b.Up {
			a.Why = b.Why + " in the proxy on " + node
		}
		a.Up, a.Unchecked = a.Up && b.Up, a.Unchecked || b.Unchecked
		a.Sessions += b.Sessions
		both = append(both, a)
	}
	return both
}

// statView is what one instance counts.
type statView struct {
	id, node string
	rows     []row
}

func (f *fleet) stats(ctx context.Context) ([]statView, error) {
	said, err := f.ask(ctx, "show stat")
	if err != nil {
		return nil, err
	}
	views := make([]statView, 0, len(said))
	for _, r := range said {
		rows, err := parseStat(r.text)
		if err != nil {
			return nil, fmt.Errorf("on %s: %w", r.node, err)
		}
		views = append(views, statView{r.id, r.node, rows})
	}
	return views, nil
}

// Recheck implements switcher.Replicas: in each instance its own slots.
func (f *fleet) Recheck(ctx context.Context, side switcher.Side) error {
	err := f.tellSlots(ctx, func(v statView) (commands []string) {
		for _, p := range side.Model.Pairs {
			for _, r := range slotsOf(v.rows, p, side.Colour) {
				if r.address() != "" {
					commands = append(commands, r.set("health down"))
				}
			}
		}
		return commands
	})
	return f.Errors.Wrap("have "+string(side.Colour)+" checked anew", err)
}

// tellSlots sends each instance the commands that are made for what it knows: a
// replica may be in another slot of each.
func (f *fleet) tellSlots(ctx context.Context, commands func(statView) []string) error {
	views, err := f.stats(ctx)
	if err != nil {
		return err
	}
	byID := map[string][]string{}
	most := 0
	for _, v := range views {
		byID[v.id] = commands(v)
		most = max(most, len(byID[v.id]))
	}
	for from := 0; from < most; from += batch {
		said, err := f.Ask(ctx, controlPort, func(i compose.Instance) string {
			some := byID[i.ID]
			some = slices.Clone(some[min(from, len(some)):min(from+batch, len(some))])
			return strings.Join(append(some, "show version"), ";")
		})
		if _, err := replies(said, err); err != nil {
			return err
		}
	}
	return nil
}

// Hold implements switcher.Replicas.
func (f *fleet) Hold(ctx context.Context, service string) error {
	err := f.setState(ctx, service, "drain", func(r row) bool { return r.address() == "" })
	return f.Errors.Wrap("hold back new replicas of "+service, err)
}

// Retire implements switcher.Replicas.
func (f *fleet) Retire(ctx context.Context, replica compose.Container) error {
	err := f.setState(ctx, replica.Service, "drain", func(r row) bool { return slices.Contains(replica.Addresses, r.address()) })
	return f.Errors.Wrap("retire "+replica.Name, err)
}

// Readmit implements switcher.Replicas.
func (f *fleet) Readmit(ctx context.Context, service string) error {
	err := f.setState(ctx, service, "ready", func(row) bool { return true })
	return f.Errors.Wrap("readmit "+service, err)
}

func (f *fleet) setState(ctx context.Context, service, state string, match func(row) bool) error {
	m, err := f.Model(ctx)
	if err != nil {
		return err
	}
	if m == nil {
		return errNoModel
	}
	p, colour, found := m.Owner(service)
	if !found {
		return fmt.Errorf("service %s is part of no pair of the recorded project", service)
	}
	return f.tellSlots(ctx, func(v statView) (commands []string) {
		for _, r := range slotsOf(v.rows, p, colour) {
			if match(r) {
				commands = append(commands, r.set("state "+state))
			}
		}
		return commands
	})
}

// InFlight implements switcher.Replicas: what all instances serve together.
func (f *fleet) InFlight(ctx context.Context, side switcher.Side) (switcher.InFlight, error) {
	const doing = "count what %s still serves"
	views, err := f.stats(ctx)
	if err != nil {
		return switcher.InFlight{}, f.Errors.Wrap(fmt.Sprintf(doing, side.Colour), err)
	}
	var all switcher.InFlight
	for _, v := range views {
		flight, _ := countSessions(v.rows, side.Model, side.Colour)
		all.Requests += flight.Requests
		all.Connections += flight.Connections
	}
	return all, nil
}

// Count implements switcher.Counters: what all instances have counted together.
// Their means count by their numbers of requests.
func (f *fleet) Count(ctx context.Context, m compose.Model) (switcher.Count, error) {
	const doing = "read what it has counted"
	said, err := f.ask(ctx, "show info;show stat")
	if err != nil {
		return switcher.Count{}, f.Errors.Wrap(doing, err)
	}
	var all switcher.Count
	for i, r := range said {
		count, err := parseCount(r.text, m)
		if err != nil {
			return all, f.Errors.Wrap(doing, fmt.Errorf("on %s: %w", r.node, err))
		}
		if i == 0 {
			all = count
			all.Began = r.node + " " + count.Began
			continue
		}
		all.Began += ", " + r.node + " " + count.Began
		for colour, pairs := range count.Of {
			for name, reading := range pairs {
				all.Of[colour][name] = together(all.Of[colour][name], reading)
			}
		}
	}
	return all, nil
}

// together adds two readings of one pair.
func together(a, b switcher.Reading) switcher.Reading {
	sum := switcher.Reading{
		Requests: a.Requests + b.Requests, Errors: a.Errors + b.Errors, Broken: a.Broken + b.Broken,
		Samples: a.Samples + b.Samples, Window: a.Window + b.Window,
	}
	if sum.Samples > 0 {
		sum.Mean = (a.Mean*time.Duration(a.Samples) + b.Mean*time.Duration(b.Samples)) / time.Duration(sum.Samples)
	}
	return sum
}
