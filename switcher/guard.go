package switcher

import (
	"context"
	"errors"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// guard hears of a colour's containers that end or become unhealthy.
type guard struct {
	fallen chan error // one, when it has heard of them or was told to stop
	stop   context.CancelFunc
	heard  bool
}

// guard begins to listen.
func (r *runner) guard(ctx context.Context, c compose.Colour) *guard {
	ctx, stop := context.WithCancel(ctx)
	g := &guard{fallen: make(chan error, 1), stop: stop}
	go func() { g.fallen <- r.Engine.Guard(ctx, r.model.Services(c)) }()
	return g
}

// end stops listening, and returns when it has.
func (g *guard) end() {
	if g.stop(); !g.heard {
		<-g.fallen //nolint:errcheck // it was told to stop
	}
}

// tell turns what was heard into a reason. What is no fall is the error.
func (g *guard) tell(heard error) (why []string, failures []compose.Failure, err error) {
	g.heard = true
	unhealthy, is := errors.AsType[*compose.UnhealthyError](heard)
	if !is {
		return nil, nil, heard
	}
	return []string{unhealthy.Error()}, unhealthy.Failures, nil
}

// afterwards is how long the engine may take to tell what the counters have
// shown already: that a container has ended. The traffic is back by then.
const afterwards = 3 * time.Second

// late hears what comes of the engine a moment after the counters' word.
func (g *guard) late() (why []string, failures []compose.Failure) {
	if g.heard {
		return nil, nil
	}
	select {
	case heard := <-g.fallen:
		why, failures, _ = g.tell(heard) // the colour has been judged without it
	case <-time.After(afterwards):
	}
	return why, failures
}
