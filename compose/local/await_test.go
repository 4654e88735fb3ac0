package local_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// patience is a deadline that no test waits for.
const patience = 30 * time.Second

// failures starts web-blue and returns why it did not become ready.
func failures(t *testing.T, s *stage, within time.Duration) []compose.Failure {
	t.Helper()
	s.create("web-blue")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	err := s.Await(ctx, []string{"web-blue"})
	var unhealthy *compose.UnhealthyError
	if !errors.As(err, &unhealthy) {
		t.Fatalf("want an UnhealthyError, got %v", err)
	}
	return unhealthy.Failures
}

func TestAwaitTellsAnUnhealthyContainer(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "environment: {FAIL_HEALTH: 1}"})
	begin := time.Now()
	f := failures(t, s, patience)[0]
	if time.Since(begin) > patience/2 {
		t.Errorf("it took %s", time.Since(begin))
	}
	if !strings.HasPrefix(f.Reason, "unhealthy: ") || !strings.Contains(f.Health, "500") {
		t.Errorf("reason %q, health output %q", f.Reason, f.Health)
	}
	if f.Service != "web-blue" || !strings.Contains(f.Container, "web-blue-") || len(f.Logs) == 0 {
		t.Errorf("%+v", f)
	}
}

func TestAwaitTellsAnExit(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "restart: \"no\"\n  environment: {FAIL_START: 1}"})
	for _, f := range failures(t, s, patience) {
		if f.Reason != "exited with code 1" || len(f.Logs) == 0 {
			t.Errorf("%+v", f)
		}
	}
}

func TestAwaitTellsACrashLoop(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "environment: {FAIL_START: 1}"})
	f := failures(t, s, patience)[0]
	if !strings.HasPrefix(f.Reason, "keeps crashing: exited with code 1") || len(f.Logs) == 0 {
		t.Errorf("%+v", f)
	}
}

func TestAwaitTellsWhoIsLateAtTheDeadline(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "environment: {HEALTH_DELAY: 1h}\n  healthcheck: {interval: 100ms, retries: 1000}"})
	found := failures(t, s, 5*time.Second) // for a first probe on a busy machine
	if len(found) != 2 || found[0].Reason != "not healthy in time" || !strings.Contains(found[0].Health, "503") {
		t.Errorf("%+v", found)
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "environment: {HEALTH_DELAY: 1h}\n  healthcheck: {retries: 1000}"})
	s.create("web-blue")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	ctx, cancel := context.WithCancel(t.Context())
	s.events.onNext(func(e compose.Event) bool { return e.Step == "await" }, cancel)
	if err := s.Await(ctx, []string{"web-blue"}); !errors.Is(err, context.Canceled) {
		t.Errorf("want the context's error, got %v", err)
	}
}

func TestAwaitTellsThatAContainerWasRemoved(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "environment: {HEALTH_DELAY: 1h}\n  healthcheck: {retries: 1000}"})
	s.create("web-blue")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	victim := s.containers("web-blue")[1]
	s.events.onNext(func(e compose.Event) bool { return e.Step == "await" }, func() {
		_, err := s.cli.Client().ContainerRemove(t.Context(), victim.ID, client.ContainerRemoveOptions{Force: true})
		if err != nil {
			t.Error(err)
		}
	})
	err := s.Await(t.Context(), []string{"web-blue"})
	var unhealthy *compose.UnhealthyError
	if !errors.As(err, &unhealthy) || unhealthy.Failures[0].Reason != "was removed" {
		t.Errorf("%v", err)
	}
}

func TestAwaitTakesRunningForReadyWithoutAHealthcheck(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.up("db")
	if c := s.containers("db")[0]; !c.Ready() || c.Health != compose.NoHealth {
		t.Errorf("%+v", c)
	}
}

func TestAwaitOfNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: "  off: {image: hello:local, scale: 0}"})
	s.ok(s.Await(t.Context(), []string{"off"}))
	if err := s.Await(t.Context(), []string{"db"}); err == nil || !strings.Contains(err.Error(), "no container") {
		t.Errorf("a wanted service without containers: %v", err)
	}
}

func TestAwaitCountsReplicas(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.up("web-blue")
	var counts []int
	for _, e := range s.events.all() {
		if e.Step == "await" && e.Subject == "web-blue" {
			if e.Wanted != 2 || e.Colour != compose.Blue {
				t.Errorf("%+v", e)
			}
			counts = append(counts, e.Ready)
		}
	}
	if !slices.IsSorted(counts) || counts[len(counts)-1] != 2 {
		t.Errorf("ready: %v", counts)
	}
}
