package traefik

import (
	"context"
	"fmt"
	"time"
)

const (
	// farewell is how long clients get to see that their connections are closed.
	// One that sends nothing in that time is cut off in between two requests.
	farewell     = 5 * time.Second
	farewellPoll = 100 * time.Millisecond
	// aloneLimit is for a former instance to close its ports.
	aloneLimit = 30 * time.Second
)

// Take implements switcher.Handover. An instance that is alone has all
// connections.
func (c *control) Take(ctx context.Context) error {
	return c.Errors.Wrap("take all new connections", c.take(ctx))
}

func (c *control) take(ctx context.Context) error {
	shared, err := c.shares(ctx)
	if err != nil || !shared {
		return err
	}
	m, err := c.recorded(ctx)
	if err != nil {
		return err
	}
	if err := c.redirectHere(ctx); err != nil {
		return err
	}
	if err := c.settleHere(ctx, m); err != nil {
		return err
	}
	if err := c.setLeaving(ctx, true); err != nil {
		return err
	}
	limit := time.After(farewell)
	for {
		left, err := c.leavers(ctx, m)
		if left == 0 || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-limit:
			return nil
		case <-time.After(farewellPoll):
		}
	}
}

func (c *control) setLeaving(ctx context.Context, leaving bool) error {
	t, err := c.table(ctx)
	if err != nil || t.Leaving == leaving {
		return err
	}
	t.Leaving = leaving
	return c.put(ctx, *t)
}

// Alone implements switcher.Handover.
func (c *control) Alone(ctx context.Context) error {
	return c.Errors.Wrap("have all new connections", c.alone(ctx))
}

func (c *control) alone(ctx context.Context) error {
	m, err := c.recorded(ctx)
	if err != nil {
		return err
	}
	for _, port := range ports(m) {
		if err := c.awaitNoRival(ctx, port); err != nil {
			return err
		}
	}
	c.beside, c.known = false, nil
	if err := c.setLeaving(ctx, false); err != nil {
		return err
	}
	if err := c.settleHere(ctx, m); err != nil {
		return err
	}
	return c.undirect(ctx)
}

func (c *control) awaitNoRival(ctx context.Context, port int) error {
	ctx, cancel := context.WithTimeout(ctx, aloneLimit)
	defer cancel()
	for {
		n, err := c.rivals(ctx, port)
		if n <= 1 || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another instance still listened on port %d after %s", port, aloneLimit)
		case <-time.After(changePoll):
		}
	}
}
