package traefik

import (
	"context"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// endSignal has Traefik close its listeners, and end with its last request or
// after its grace time.
const endSignal = "SIGTERM"

// EndSignal implements switcher.Handover.
func (*control) EndSignal() string { return endSignal }

// EnterBeside implements switcher.Doors.
func (d Doors) EnterBeside(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	return d.Enter(ctx, proxy)
}

// EnterNext implements switcher.Doors.
func (d Doors) EnterNext(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	return d.controlOf(d.Door.EnterNext(ctx, proxy))
}

// Joins implements switcher.Doors. Traefik hands its listening sockets on to
// nobody, and one that listens beside another accepts before it has routes.
func (Doors) Joins(proxy compose.Proxy, _ []string) error {
	return &compose.InvalidError{
		Service: proxy.Service,
		Problem: "is Traefik in the network of " + proxy.Holder + ", and a second Traefik cannot take over from it there yet",
		Fix:     "let the proxy publish its ports itself: its replacement then has a gap, which proxy upgrade says before",
	}
}

// HandOn implements switcher.Handover: all that a successor must know stands
// in the routes file.
func (c *control) HandOn(context.Context) error { return nil }

// Take implements switcher.Handover.
func (c *control) Take(context.Context) error { return nil }

// Alone implements switcher.Handover.
func (c *control) Alone(context.Context) error { return nil }

// Former implements switcher.Handover: no former instance or worker serves on.
func (c *control) Former(context.Context) (switcher.InFlight, error) {
	return switcher.InFlight{}, nil
}

// Probe implements switcher.Handover.
func (c *control) Probe(ctx context.Context, m compose.Model, colour compose.Colour) error {
	return c.Errors.Wrap("send a request to "+string(colour), c.verify(ctx, m, colour, session.Reply.Good))
}
