package command

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// moving is a project whose status is another one at each look, until it is
// interrupted.
type moving struct {
	*fake
	looks     []func() (switcher.Status, error)
	interrupt context.CancelFunc
}

func (m *moving) Status(ctx context.Context) (switcher.Status, error) {
	if len(m.looks) == 0 {
		m.interrupt()
		return switcher.Status{}, ctx.Err()
	}
	look := m.looks[0]
	m.looks = m.looks[1:]
	return look()
}

func active(c compose.Colour) func() (switcher.Status, error) {
	return func() (switcher.Status, error) { return switcher.Status{Active: &c}, nil }
}

func broken() (switcher.Status, error) { return switcher.Status{}, errors.New("the proxy restarts") }

// restless tells a change at each look.
func (*moving) Changes(ctx context.Context) <-chan struct{} {
	changes := make(chan struct{})
	go func() {
		for ctx.Err() == nil {
			select {
			case changes <- struct{}{}:
			case <-ctx.Done():
			}
		}
	}()
	return changes
}

func TestWatchShowsWhatChangesAndOutlivesAFailedLook(t *testing.T) {
	ctx, interrupt := context.WithTimeout(t.Context(), time.Minute)
	defer interrupt()
	m := &moving{fake: &fake{}, interrupt: interrupt, looks: []func() (switcher.Status, error){
		active(compose.Blue), active(compose.Blue), broken, active(compose.Green),
	}}
	a, out := newApp(t)
	err := a.watch(ctx, &project{releaser: m, engine: m}, "{{.Active}}")
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if got := strings.Fields(out.String()); strings.Join(got, " ") != "blue the proxy restarts green" {
		t.Errorf("%q", out)
	}
}

func TestWatchEndsWhenTheFirstLookFails(t *testing.T) {
	m := &moving{fake: &fake{}, looks: []func() (switcher.Status, error){broken}}
	a, _ := newApp(t)
	if err := a.watch(t.Context(), &project{releaser: m, engine: m}, "json"); err == nil {
		t.Error("no error")
	}
}
