package switcher

import (
	"context"
	"time"
)

// DefaultStep is how long a colour stays at a share before the next one.
const DefaultStep = 30 * time.Second

// wait gives visitors time: to try a colour, or to come to the end of what they
// do on one.
func wait(ctx context.Context, d time.Duration) error {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-over.C:
		return nil
	}
}
