package traefik

import (
	"context"
	"fmt"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// verify proves by a real request on each port with http traffic that the
// active colour takes requests there. Traefik changes its ports one after the
// other: what its API says is true of the port with the API.
func (c *control) verify(ctx context.Context, m compose.Model, active compose.Colour, well func(session.Reply) bool) error {
	asked := witnesses(m, active)
	if len(asked) == 0 {
		return nil
	}
	ways, err := c.ways(ctx, m)
	if err != nil {
		return err
	}
	for port, p := range asked {
		enough := well
		if p.Routes[active].Health == "" {
			enough = func(session.Reply) bool { return true } // nobody has said what may be asked
		}
		if err := c.verifyAt(ctx, ways[port], port, p.Routes[active], active, enough); err != nil {
			return err
		}
	}
	return nil
}

func (c *control) verifyAt(
	ctx context.Context, at, port int, r compose.Route, want compose.Colour, well func(session.Reply) bool,
) error {
	path := r.Health
	if path == "" {
		path = "/"
	}
	for {
		a, err := c.get(ctx, at, path, r.CheckHost(), fmt.Sprintf("%s: %d", verifyHeader, port))
		served := a.Header.Get(colourHeader)
		if err == nil && served == string(want) && well(a) {
			return nil
		}
		select {
		case <-ctx.Done():
			if err != nil {
				return err
			}
			return fmt.Errorf("a request to its port %d is answered %d by %q, want %s", port, a.Status, served, want)
		case <-time.After(changePoll):
		}
	}
}
