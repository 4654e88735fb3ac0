package traefik

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Traefik hands its listening sockets on to nobody, and one that listens beside
// another accepts before it has routes. So a successor shares the ports without
// getting a connection, for the kernel sends those elsewhere:
//
//	HandOn  new connections go to the own ports of the running instance
//	Probe   the successor answers on its own ports
//	Take    new connections go to those; connections that the former instance
//	        has are closed with their next answer
//	Alone   the former instance has closed its ports: no redirection any more
//
// What the redirection leads to is also what the settings on the volume say of
// an instance that starts anew.

// endSignal has Traefik close its listeners, and end with its last request or
// after its grace time.
const endSignal = "SIGTERM"

// EndSignal implements switcher.Handover.
func (*control) EndSignal() string { return endSignal }

// EnterBeside implements switcher.Doors.
func (d Doors) EnterBeside(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	c, err := d.enter(ctx, proxy)
	if err != nil {
		return nil, err
	}
	c.beside = true
	return c, nil
}

// EnterNext implements switcher.Doors.
func (d Doors) EnterNext(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	line, err := d.Door.EnterNext(ctx, proxy)
	if err != nil {
		return nil, err
	}
	c := d.control(line)
	c.next = true
	return c, nil
}

// Joins implements switcher.Doors: what an instance needs stands in its
// settings.
func (Doors) Joins(compose.Proxy, []string) error { return nil }

// Alone implements switcher.Doors: an instance beside another one needs ports
// of its own, which a user's own settings do not have, and could not: both
// instances read the same.
func (Doors) Alone(proxy compose.Proxy) string {
	if proxy.Generated {
		return ""
	}
	return "has settings of your own, with which no second Traefik can listen beside it"
}

// HandOn implements switcher.Handover. What a successor must know of the
// replicas stands in the routes file.
func (c *control) HandOn(ctx context.Context) error {
	return c.Errors.Wrap("make room for another instance", c.handOn(ctx))
}

func (c *control) handOn(ctx context.Context) error {
	m, err := c.recorded(ctx)
	if err != nil {
		return err
	}
	l, err := c.lane(ctx)
	if err != nil {
		return err
	}
	if err := c.redirectHere(ctx); err != nil {
		return err
	}
	c.beside = true
	return c.settle(ctx, m, l.other())
}

// settleHere has one that starts from now on be in the lane of this one.
func (c *control) settleHere(ctx context.Context, m compose.Model) error {
	l, err := c.lane(ctx)
	if err != nil || !m.Proxy.Generated {
		return err
	}
	return c.settle(ctx, m, l)
}

// settle has an instance that starts from now on be in a lane.
func (c *control) settle(ctx context.Context, m compose.Model, l lane) error {
	contents, err := c.Session.Read(ctx, m.Proxy.Settings)
	if err != nil {
		return err
	}
	text, err := inLane(contents[m.Proxy.Settings], l)
	if err != nil || text == contents[m.Proxy.Settings] {
		return err
	}
	return c.Session.Write(ctx, m.Proxy.Settings, text)
}

// Probe implements switcher.Handover. The instance has read its settings: until
// it takes the connections, they are the former one's again, should that one be
// restarted.
func (c *control) Probe(ctx context.Context, m compose.Model, colour compose.Colour) error {
	if l, err := c.lane(ctx); c.beside && err == nil {
		if err := c.settle(ctx, m, l.other()); err != nil {
			return c.Errors.Wrap("write its settings", err)
		}
	}
	return c.Errors.Wrap("send a request to "+string(colour), c.verify(ctx, m, colour, session.Reply.Good))
}

// Former implements switcher.Handover. Of which kind they are nobody tells.
func (c *control) Former(ctx context.Context) (switcher.InFlight, error) {
	m, err := c.recorded(ctx)
	var flight switcher.InFlight
	if err == nil {
		flight.Connections, err = c.leavers(ctx, m)
	}
	return flight, c.Errors.Wrap("count what the former proxy still serves", err)
}
