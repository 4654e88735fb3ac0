package haproxy

import (
	"context"
	"sync/atomic"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Doors opens sessions with a project's HAProxy. It implements
// switcher.Doors.
type Doors struct{ session.Door }

// Enter implements switcher.Doors.
func (d Doors) Enter(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	return controlOf(d.Door.Enter(ctx, proxy))
}

// EnterBeside implements switcher.Doors.
func (d Doors) EnterBeside(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	entered, err := d.Enter(ctx, proxy)
	if c, ok := entered.(*control); ok {
		c.beside = true
	}
	return entered, err
}

// EnterStopped implements switcher.Doors.
func (d Doors) EnterStopped(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	return controlOf(d.Door.EnterStopped(ctx, proxy))
}

// EnterNext implements switcher.Doors.
func (d Doors) EnterNext(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	return controlOf(d.Door.EnterNext(ctx, proxy))
}

func controlOf(line *session.Line, err error) (switcher.Control, error) {
	if err != nil {
		return nil, err
	}
	return &control{Line: line}, nil
}

// control is an open session with a project's HAProxy.
type control struct {
	*session.Line
	// beside tells that another instance runs in the same network: only
	// answers of this container's own count. identity is how those are known
	// again, once they are.
	beside   bool
	identity atomic.Value
	// masterID is the process id of HAProxy's master; 0 until it is known.
	masterID atomic.Int64
}

var _ switcher.Control = (*control)(nil)
