package local_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

const jobs = `
  migrate: {image: "hello:local", command: [migrate]}
  broken: {image: "hello:local", command: [migrate], environment: {MIGRATE_EXIT: 7}}
  stubborn: {image: "hello:local", command: [migrate], environment: {MIGRATE_EXIT: 7}, restart: "on-failure:2"}
  endless: {image: "hello:local", stop_grace_period: 1s}`

func TestFinishRunsAJobToItsEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: jobs})
	s.create("migrate")
	s.ok(s.Finish(t.Context(), []string{"migrate"}))
	first := s.ages("migrate")
	s.ok(s.Finish(t.Context(), []string{"migrate"}))
	for id, started := range s.ages("migrate") {
		if first[id] == "" || first[id] == started {
			t.Errorf("not started again: %s at %s", id, started)
		}
	}
}

func TestFinishTellsAFailedJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: jobs})
	s.create("migrate", "broken")
	err := s.Finish(t.Context(), []string{"migrate", "broken"})
	var unhealthy *compose.UnhealthyError
	if !errors.As(err, &unhealthy) || len(unhealthy.Failures) != 1 {
		t.Fatalf("%v", err)
	}
	f := unhealthy.Failures[0]
	if f.Service != "broken" || f.Reason != "exited with code 7" || len(f.Logs) != 1 || f.Logs[0] != "migrated" {
		t.Errorf("%+v", f)
	}
}

func TestFinishWaitsForTheLastTry(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: jobs})
	s.create("stubborn")
	err := s.Finish(t.Context(), []string{"stubborn"})
	var unhealthy *compose.UnhealthyError
	if !errors.As(err, &unhealthy) {
		t.Fatalf("%v", err)
	}
	if logs := unhealthy.Failures[0].Logs; len(logs) != 3 {
		t.Errorf("tries: %v", logs)
	}
}

func TestFinishTellsAJobThatIsLate(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: jobs})
	s.create("endless")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := s.Finish(ctx, []string{"endless"})
	var unhealthy *compose.UnhealthyError
	if !errors.As(err, &unhealthy) || unhealthy.Failures[0].Reason != "not finished in time" {
		t.Errorf("%v", err)
	}
}

func TestFinishEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: jobs})
	s.create("endless")
	ctx, cancel := context.WithCancel(t.Context())
	s.events.onNext(func(e compose.Event) bool { return e.Text == "started" }, cancel)
	if err := s.Finish(ctx, []string{"endless"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	// It goes on, and the next command waits for it instead of a second one.
	if c := s.containers("endless")[0]; !c.Running() {
		t.Errorf("%+v", c)
	}
}
