package haproxy

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Enrol implements switcher.Replicas: HAProxy asks the engine's DNS.
func (c *control) Enrol(context.Context, switcher.Side) error { return nil }

// Servers implements switcher.Replicas. Slots without an address are left out.
func (c *control) Servers(ctx context.Context, sides ...switcher.Side) (map[compose.Colour][]switcher.Server, error) {
	rows, former, err := c.statAndFormer(ctx)
	if err != nil {
		return nil, c.Errors.Wrap("ask for its view of the replicas", err)
	}
	known := map[compose.Colour][]switcher.Server{}
	for _, side := range sides {
		known[side.Colour] = servers(rows, former, side.Model, side.Colour)
	}
	return known, nil
}

// servers picks a colour's out of the statistics.
func servers(rows []row, former map[string]int, m compose.Model, colour compose.Colour) []switcher.Server {
	var list []switcher.Server
	for _, p := range m.Pairs {
		for _, r := range slotsOf(rows, p, colour) {
			if r.address() == "" {
				continue
			}
			server := r.server(p, colour)
			server.Sessions += former[r["addr"]]
			list = append(list, server)
		}
	}
	return list
}

// Recheck implements switcher.Replicas. "health down" takes a server out of the
// rotation until its next check has passed.
func (c *control) Recheck(ctx context.Context, side switcher.Side) error {
	rows, err := c.stat(ctx)
	if err == nil {
		var commands []string
		for _, p := range side.Model.Pairs {
			for _, r := range slotsOf(rows, p, side.Colour) {
				if r.address() != "" {
					commands = append(commands, r.set("health down"))
				}
			}
		}
		err = c.tell(ctx, commands)
	}
	return c.Errors.Wrap("have "+string(side.Colour)+" checked anew", err)
}

// Hold implements switcher.Replicas. A slot that the engine's DNS fills keeps
// the state that an administrator gave it.
func (c *control) Hold(ctx context.Context, service string) error {
	err := c.setState(ctx, service, "drain", func(r row) bool { return r.address() == "" })
	return c.Errors.Wrap("hold back new replicas of "+service, err)
}

// Retire implements switcher.Replicas.
func (c *control) Retire(ctx context.Context, replica compose.Container) error {
	err := c.setState(ctx, replica.Service, "drain", func(r row) bool { return slices.Contains(replica.Addresses, r.address()) })
	return c.Errors.Wrap("retire "+replica.Name, err)
}

// Readmit implements switcher.Replicas.
func (c *control) Readmit(ctx context.Context, service string) error {
	err := c.setState(ctx, service, "ready", func(row) bool { return true })
	return c.Errors.Wrap("readmit "+service, err)
}

// setState gives an administrative state to a service's slots that match.
func (c *control) setState(ctx context.Context, service, state string, match func(row) bool) error {
	m, err := c.Model(ctx)
	if err != nil {
		return err
	}
	if m == nil {
		return session.ErrNoModel
	}
	p, colour, found := m.Owner(service)
	if !found {
		return fmt.Errorf("service %s is part of no pair of the recorded project", service)
	}
	rows, err := c.stat(ctx)
	if err != nil {
		return err
	}
	var commands []string
	for _, r := range slotsOf(rows, p, colour) {
		if match(r) {
			commands = append(commands, r.set("state "+state))
		}
	}
	return c.tell(ctx, commands)
}

// batch is how many commands go into one line, which HAProxy takes up to
// tune.bufsize (16 KiB).
const batch = 50

func (c *control) tell(ctx context.Context, commands []string) error {
	for some := range slices.Chunk(commands, batch) {
		if _, err := c.ask(ctx, some...); err != nil {
			return err
		}
	}
	return nil
}

func (c *control) stat(ctx context.Context) ([]row, error) {
	said, err := c.ask(ctx, "show stat")
	if err != nil {
		return nil, err
	}
	return parseStat(said)
}

// slotsOf picks the servers of a pair's backend.
func slotsOf(rows []row, p compose.Pair, c compose.Colour) []row {
	var slots []row
	for _, r := range rows {
		if r["pxname"] == backend(p.Name, c) && r["svname"] != "BACKEND" && r["svname"] != "FRONTEND" {
			slots = append(slots, r)
		}
	}
	return slots
}

// address is the server's IP address; "" is an empty slot.
func (r row) address() string {
	host, _, err := net.SplitHostPort(r["addr"])
	if err != nil {
		return ""
	}
	return host
}

func (r row) set(what string) string {
	return "set server " + r["pxname"] + "/" + r["svname"] + " " + what
}

// number is a column as a number; an empty one is 0.
func (r row) number(column string) int {
	n, err := strconv.Atoi(r[column])
	if err != nil {
		return 0
	}
	return n
}

func (r row) server(p compose.Pair, c compose.Colour) switcher.Server {
	check := strings.TrimPrefix(r["check_status"], "* ") // a check is under way
	well := passed(p.Routes[c])
	return switcher.Server{
		Pair:    p.Name,
		Service: p.Services[c],
		Slot:    r["pxname"] + "/" + r["svname"],
		Address: r.address(),
		Up:      r["status"] == "UP" && check == well,
		// It may still show the check of the container that had the slot before.
		Unchecked: strings.HasPrefix(r["status"], "UP ") && (check == "INI" || check == well),
		Why:       strings.TrimSpace(r.state() + " " + check),
		Sessions:  r.number("scur"),
	}
}

// state is the status with the health of a server that is not fully up. A
// drained server's status hides that it has not passed a check yet.
func (r row) state() string {
	health, full := r.number("check_health"), r.number("check_rise")+r.number("check_fall")-1
	if r["status"] == "DRAIN" && health < full {
		return fmt.Sprintf("DRAIN %d/%d", health, full)
	}
	return r["status"]
}

// passed is the check status of a server that passed the route's check.
func passed(r compose.Route) string {
	if r.Mode == compose.HTTP && r.Health != "" {
		return "L7OK"
	}
	return "L4OK"
}
