package local_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// One that ends is told with its last words, also where the engine starts it
// again.
func TestGuardTellsAnEndThatIsFollowedByAStart(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "restart: always\n  environment: {CRASH_AFTER: 6s}"})
	s.create("web-blue")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s.ok(s.Await(ctx, []string{"web-blue"}))
	err := s.Guard(ctx, []string{"web-blue"})
	var unhealthy *compose.UnhealthyError
	if !errors.As(err, &unhealthy) {
		t.Fatalf("want an UnhealthyError, got %v", err)
	}
	for _, f := range unhealthy.Failures {
		if f.Reason != "exited with code 3" || len(f.Logs) == 0 {
			t.Errorf("%+v", f)
		}
	}
}

func TestGuardOfWhatRunsLastsUntilItIsEnded(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.create("web-blue")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	s.ok(s.Await(t.Context(), []string{"web-blue"}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Guard(ctx, []string{"web-blue"}); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}
