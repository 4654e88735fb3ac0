package command

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
)

// The paces of `status --watch`.
const (
	// pulse is for what no engine event tells: the switch itself, sessions
	// in flight, uptime.
	pulse = 2 * time.Second
	// calm gathers the events of one move into one look.
	calm = 100 * time.Millisecond
)

// watch shows the status until it is interrupted: on a terminal in its place,
// else each time that it is another one.
func (a *app) watch(ctx context.Context, p *project, format string) error {
	changes := p.engine.Changes(ctx)
	place := display.NewPlace(screen(a.cli.Out()), a.cli.Out().IsTerminal() && isTable(format))
	for first := true; ; first = false {
		shown, err := statusText(ctx, p, format)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && first:
			return err
		case err != nil:
			shown = text(err) // a proxy that restarts is back in a moment
		}
		place.Show(shown)
		if err := pause(ctx, changes); err != nil {
			return err
		}
	}
}

// statusText is the status as it is shown now.
func statusText(ctx context.Context, p *project, format string) (string, error) {
	s, err := p.Status(ctx)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = showStatus(&b, format, s)
	return strings.TrimRight(b.String(), "\n"), err
}

// pause waits for a change, or for the next pulse.
func pause(ctx context.Context, changes <-chan struct{}) error {
	beat := time.NewTimer(pulse)
	defer beat.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-beat.C:
		return nil
	case <-changes:
	}
	return sleep(ctx, calm)
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
