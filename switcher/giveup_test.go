package switcher

import (
	"context"
	"errors"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// witness is an engine that tells what it was asked.
type witness struct {
	Engine
	explained, removed int
	signalled          []string
	runs               int // how many looks at a holder find the proxy's program
}

func (w *witness) Explain(_ context.Context, failures []compose.Failure) []compose.Failure {
	w.explained++
	return failures
}

func (w *witness) Remove(context.Context, []string) error {
	w.removed++
	return nil
}

func (w *witness) Signal(_ context.Context, _, signal string) error {
	w.signalled = append(w.signalled, signal)
	return nil
}

func (w *witness) Runs(context.Context, compose.Container, string) (bool, error) {
	w.runs--
	return w.runs >= 0, nil
}

func witnessed(w *witness) *runner {
	return &runner{
		visit:      &visit{Switcher: &Switcher{Engine: w}},
		patience:   Patience{Drain: time.Minute},
		succession: &succession{next: compose.Container{ID: "next", Name: "hello-lb-2"}},
	}
}

// What a new proxy said is of interest when it has failed, not when somebody
// has changed his mind.
func TestAnInterruptionIsNoFailureOfTheNewProxy(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		said int
	}{"failed": {t.Context(), 1}, "too late": {late, 1}, "interrupted": {interrupted, 0}} {
		t.Run(name, func(t *testing.T) {
			w := &witness{}
			var replaced *ReplaceError
			assert.Assert(t, errors.As(witnessed(w).giveUp(c.ctx, errors.New("why")), &replaced))
			assert.NilError(t, replaced.Left)
			assert.Equal(t, len(replaced.Failures), c.said)
			assert.Equal(t, w.explained, c.said)
			assert.Equal(t, w.removed, 1)
		})
	}
}

// A holder that stands in is told so once, and waited for; the time from then on
// is part of the gap. One that sleeps is left alone.
func TestAHolderYieldsThePortsWhereItHasThem(t *testing.T) {
	for name, c := range map[string]struct {
		runs      int
		signalled []string
	}{"stands in": {3, []string{restSignal}}, "sleeps": {0, nil}} {
		t.Run(name, func(t *testing.T) {
			w := &witness{runs: c.runs}
			r := witnessed(w)
			assert.NilError(t, r.yields(t.Context(), compose.Container{ID: "entrance"}))
			assert.DeepEqual(t, w.signalled, c.signalled)
			assert.Equal(t, w.runs, -1)
			assert.Equal(t, r.stopped.IsZero(), len(c.signalled) == 0)
			// The holder itself takes over again: there is no container to start.
			assert.NilError(t, r.revive(t.Context(), *r.succession))
		})
	}
}
