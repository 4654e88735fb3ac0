package traefik

import (
	"context"
	"errors"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// Doors opens sessions with a project's Traefik. It implements
// switcher.Doors.
type Doors struct{ session.Door }

// Enter implements switcher.Doors.
func (d Doors) Enter(ctx context.Context, proxy compose.Container) (switcher.Control, error) {
	c, err := d.enter(ctx, proxy)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (d Doors) enter(ctx context.Context, proxy compose.Container) (*control, error) {
	line, err := d.Door.Enter(ctx, proxy)
	if err != nil {
		return nil, err
	}
	c := d.control(line)
	c.network = proxy.ID
	if holder, joined := proxy.Joined(); joined {
		c.network = holder
	}
	return c, nil
}

// EnterStopped implements switcher.Doors.
func (d Doors) EnterStopped(ctx context.Context, proxy compose.Proxy) (switcher.Control, error) {
	return d.controlOf(d.Door.EnterStopped(ctx, proxy))
}

func (d Doors) controlOf(line *session.Line, err error) (switcher.Control, error) {
	if err != nil {
		return nil, err
	}
	return d.control(line), nil
}

func (d Doors) control(line *session.Line) *control {
	return &control{Line: line, inFile: d.Proxy, dialer: d.Dialer, passed: map[string]time.Time{}, flights: flights{}}
}

// control is an open session with a project's Traefik.
type control struct {
	*session.Line
	// inFile is the proxy as a loaded file has it; zero without one.
	inFile compose.Proxy
	// model is the recorded project, once it was read; the session that
	// changes it holds the lock.
	model *compose.Model
	// passed tells when a replica was last seen to pass its check, by
	// container and pair.
	passed map[string]time.Time
	// flights tell what was lately in flight.
	flights flights
	// retried tells that this session has given a chance to the replicas
	// that an earlier one left out.
	retried bool

	// opening is the token that the routes get before it is durable; nil else.
	opening *string

	// next tells that this is a helper with what the next proxy is to have, beside
	// one that runs.
	next bool

	dialer compose.Dialer
	// network is the container whose network the instance is in.
	network string
	// beside tells that another instance may be in that network too.
	beside bool
	// known is the instance's lane, once it is known.
	known *lane
}

var _ switcher.Control = (*control)(nil)

// SaveModel implements switcher.Store.
func (c *control) SaveModel(ctx context.Context, m compose.Model) error {
	c.model = nil
	return c.Line.SaveModel(ctx, m)
}

// recorded is the model that the routes are made from.
func (c *control) recorded(ctx context.Context) (compose.Model, error) {
	if c.model == nil {
		m, err := c.Model(ctx)
		if err != nil {
			return compose.Model{}, err
		}
		if m == nil {
			return compose.Model{}, session.ErrNoModel
		}
		c.model = m
	}
	return *c.model, nil
}

// proxy is where Traefik's files are: the recorded proxy, or before anything
// is recorded the file's.
func (c *control) proxy(ctx context.Context) (compose.Proxy, error) {
	m, err := c.recorded(ctx)
	switch {
	case err == nil:
		return m.Proxy, nil
	case errors.Is(err, session.ErrNoModel) && c.inFile.Watched != "":
		return c.inFile, nil
	default:
		return compose.Proxy{}, err
	}
}
