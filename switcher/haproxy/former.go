package haproxy

import (
	"context"
	"errors"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// statAndFormer reads the statistics and, while workers from before a reload
// serve on, how many connections those have to each server address. Such a
// worker takes no commands any more, but its connections are the kernel's too:
// they are what the present worker does not know of.
func (c *control) statAndFormer(ctx context.Context) ([]row, map[string]int, error) {
	rows, err := c.stat(ctx)
	if err != nil {
		return nil, nil, err
	}
	serving, err := c.formerServe(ctx)
	if err != nil || !serving {
		return rows, nil, err
	}
	// The kernel first: a connection that ends in between is then counted
	// once too often, and not lost.
	former, err := c.Session.Connections(ctx)
	if err != nil {
		return nil, nil, err
	}
	if rows, err = c.stat(ctx); err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		if address := r["addr"]; former[address] > 0 {
			former[address] -= max(r.number("scur"), r.number("used_conn_cur")) + r.number("srv_icur")
		}
	}
	return rows, former, nil
}

// formerServe tells whether workers from before a reload are still there, or
// another instance that may be ending.
func (c *control) formerServe(ctx context.Context) (bool, error) {
	if c.beside {
		return true, nil
	}
	master := int(c.masterID.Load())
	if master == 0 {
		workers, err := c.workersOfFirst(ctx)
		if err != nil || len(workers) > 0 {
			return len(workers) > 1, err
		}
		worker, err := c.worker(ctx)
		if err != nil {
			return false, err
		}
		var alone *noMasterError
		if master, err = c.master(ctx, worker); errors.As(err, &alone) {
			return false, nil // it cannot reload
		}
		if err != nil {
			return false, err
		}
		c.masterID.Store(int64(master))
	}
	workers, err := c.children(ctx, master)
	return len(workers) > 1, err
}

// addFormer adds the former workers' connections to a colour's servers.
func addFormer(flight switcher.InFlight, former map[string]int, rows []row, m compose.Model, c compose.Colour) switcher.InFlight {
	for _, p := range m.Pairs {
		seen := map[string]bool{}
		for _, r := range slotsOf(rows, p, c) {
			n := former[r["addr"]]
			if n <= 0 || seen[r["addr"]] {
				continue
			}
			seen[r["addr"]] = true
			if p.Routes[c].Mode == compose.TCP {
				flight.Connections += n
			} else {
				flight.Requests += n
			}
		}
	}
	return flight
}
