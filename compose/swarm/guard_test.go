package swarm

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"
)

// exited is a task that has ended by itself.
func exited(code int) api.TaskStatus {
	if code == 0 {
		return api.TaskStatus{State: api.TaskStateComplete, ContainerStatus: &api.ContainerStatus{}}
	}
	return api.TaskStatus{State: api.TaskStateFailed, Err: "task: non-zero exit", ContainerStatus: &api.ContainerStatus{ExitCode: code}}
}

// guarding is a guard of web-blue, which has two tasks; what it says comes to
// heard. It is ended with the test.
func guarding(t *testing.T, prepare func(f *fakeSwarm), test func(t *testing.T, f *fakeSwarm, heard <-chan error)) {
	t.Helper()
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.addReplicated("web-blue", 2, nil)
		f.addReplicated("web-green", 1, nil)
		f.words["web:1"] = []saying{wrote("listening"), moaned("out of memory")}
		_, err := f.engine(t, nil).Observe(t.Context())
		assert.NilError(t, err)
		if prepare != nil {
			prepare(f)
		}
		ctx, cancel := contextFor(t, 2*time.Minute)
		heard := make(chan error, 1)
		go func() { heard <- f.engine(t, nil).Guard(ctx, []string{"web-blue"}) }()
		time.Sleep(time.Second)
		test(t, f, heard)
		cancel()
		synctest.Wait()
	})
}

// silent tells that a guard has heard nothing for a while.
func silent(t *testing.T, heard <-chan error) {
	t.Helper()
	time.Sleep(10 * time.Second)
	synctest.Wait()
	select {
	case err := <-heard:
		t.Errorf("the guard ended: %v", err)
	default:
	}
}

// A task that fails is told, with what it said, although another one takes its
// place at once.
func TestTheGuardHearsOfATaskThatFails(t *testing.T) {
	guarding(t, nil, func(t *testing.T, f *fakeSwarm, heard <-chan error) {
		silent(t, heard)
		f.becomes("web-blue", 2, exited(137))
		failure := unhealthy(t, <-heard)
		assert.Equal(t, failure.Container, "shop_web-blue.2")
		assert.Equal(t, failure.Service, "web-blue")
		assert.Equal(t, failure.Reason, "exited with code 137")
		assert.DeepEqual(t, failure.Logs, []string{"listening", "out of memory"})
		assert.Equal(t, failure.See, "docker bluegreen logs web-blue")
	})
}

// One that ends without a complaint does not serve any more either.
func TestTheGuardHearsOfATaskThatEndsWell(t *testing.T) {
	guarding(t, nil, func(t *testing.T, f *fakeSwarm, heard <-chan error) {
		f.becomes("web-blue", 1, exited(0))
		assert.Equal(t, unhealthy(t, <-heard).Reason, "exited with code 0")
	})
}

// What failed before the guard began is not its own to tell: but what takes its
// place is.
func TestTheGuardBeginsWithWhatItFinds(t *testing.T) {
	crash := func(f *fakeSwarm) { f.becomes("web-blue", 1, exited(1)) }
	guarding(t, crash, func(t *testing.T, f *fakeSwarm, heard <-chan error) {
		silent(t, heard)
		f.becomes("web-blue", 1, exited(2))
		assert.Equal(t, unhealthy(t, <-heard).Reason, "exited with code 2")
	})
}

// The other colour is not guarded, nor what the Swarm ends by itself.
func TestTheGuardMindsItsOwn(t *testing.T) {
	guarding(t, nil, func(t *testing.T, f *fakeSwarm, heard <-chan error) {
		f.becomes("web-green", 1, exited(1))
		silent(t, heard)
		f.becomes("web-blue", 1, api.TaskStatus{State: api.TaskStateShutdown, ContainerStatus: &api.ContainerStatus{ExitCode: 143}})
		silent(t, heard)
		s := f.service("web-blue")
		f.ending = 2 * time.Second
		assert.NilError(t, f.engine(t, nil).Stop(t.Context(), []string{s.ID + ".1", s.ID + ".2"}))
		silent(t, heard)
	})
}

// Whoever has guarded enough ends it.
func TestTheGuardEndsWithItsContext(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.addReplicated("web-blue", 2, nil)
		ctx, cancel := contextFor(t, time.Minute)
		defer cancel()
		began := time.Now()
		assert.ErrorIs(t, f.engine(t, nil).Guard(ctx, []string{"web-blue"}), context.DeadlineExceeded)
		assert.Equal(t, time.Since(began), time.Minute)
	})
}
