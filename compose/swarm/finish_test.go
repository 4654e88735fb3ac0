package swarm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// unhealthy is the one failure of an error.
func unhealthy(t *testing.T, err error) compose.Failure {
	t.Helper()
	var u *compose.UnhealthyError
	assert.Assert(t, errors.As(err, &u), "%v", err)
	assert.Equal(t, len(u.Failures), 1, "%v", u)
	return u.Failures[0]
}

// A release's jobs run one after the other to their ends, and stay to be looked
// at.
func TestJobsRunToTheirEnds(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		seen := &events{}
		assert.NilError(t, f.reporting(t, source, seen.take).Finish(briefly(t), []string{"both", "own-blue"}))
		texts := slices.DeleteFunc(seen.texts(), func(text string) bool { return strings.HasPrefix(text, stepResolve) })
		assert.DeepEqual(t, texts, []string{
			"create shop_both: created", "finish shop_both: ended well", "create shop_own-blue: created", "finish shop_own-blue: ended well",
		})
		assert.Equal(t, len(f.services), 2)
	})
}

// A job is not skipped because it has run for the last release.
func TestAJobThatHasRunRunsAgain(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		e := f.engine(t, source)
		assert.NilError(t, e.Finish(briefly(t), []string{"both"}))
		first := f.service("both").ID
		assert.NilError(t, e.Finish(briefly(t), []string{"both"}))
		assert.Assert(t, f.service("both").ID != first)
		assert.Equal(t, len(f.services), 1)

		// That it ended well before says nothing of this time.
		f.broken["app:1"] = true
		unhealthy(t, e.Finish(briefly(t), []string{"both"}))
	})
}

// A job that fails is told with its code and its last lines, and what comes
// after it is not begun.
func TestAJobThatFailsIsSaid(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.broken["app:1"] = true
		for n := range lastWords + 5 {
			f.words["app:1"] = append(f.words["app:1"], wrote(fmt.Sprint("line ", n)))
		}
		failure := unhealthy(t, f.engine(t, source).Finish(briefly(t), []string{"both", "own-blue"}))
		assert.Equal(t, failure.Service, "both")
		assert.Equal(t, failure.Container, "shop_both.1")
		assert.Equal(t, failure.Reason, "exited with code 1")
		assert.Equal(t, failure.See, "docker bluegreen logs both")
		assert.Equal(t, len(failure.Logs), lastWords)
		assert.Equal(t, failure.Logs[lastWords-1], fmt.Sprint("line ", lastWords+4))
		assert.Assert(t, f.service("both") != nil, "it stays to be looked at")
		assert.Assert(t, f.service("own-blue") == nil)
	})
}

// A job that no node takes has failed, and says why.
func TestAJobThatIsRejectedIsSaid(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.working["app:1"] = true
		time.AfterFunc(time.Second, func() {
			f.becomes("both", 1, api.TaskStatus{State: api.TaskStateRejected, Err: "No such image: app:1"})
		})
		failure := unhealthy(t, f.engine(t, source).Finish(briefly(t), []string{"both"}))
		assert.Equal(t, failure.Reason, "fails: No such image: app:1")
	})
}

// becomes is what happens to the tasks of a service: in a slot, or in all for 0.
func (f *fakeSwarm) becomes(service string, slot int, status api.TaskStatus) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.tasks {
		t := &f.tasks[i]
		if s := f.services[t.ServiceID]; s != nil && s.Spec.Name == "shop_"+service && (slot == 0 || t.Slot == slot) && (wanted(*t) || t.DesiredState == api.TaskStateComplete) {
			t.Status = status
			if !isJob(*s) && status.State != api.TaskStateRunning { // another one takes its place
				t.DesiredState, t.UpdatedAt = api.TaskStateShutdown, time.Now()
			}
		}
	}
}

// A job of several tasks has ended when all have.
func TestAJobHasEndedWhenAllItsTasksHave(t *testing.T) {
	complete := api.TaskStatus{State: api.TaskStateComplete, ContainerStatus: &api.ContainerStatus{}}
	for name, more := range map[string]string{
		"a number of tasks":   ", deploy: {replicas: 2}",
		"a task on each node": ", deploy: {mode: global-job}",
	} {
		t.Run(name, func(t *testing.T) {
			source := once(more).load(t)
			inBubble(t, func(t *testing.T, f *fakeSwarm) {
				f.working["app:1"] = true
				ended := make(chan error, 1)
				go func() { ended <- f.engine(t, source).Finish(briefly(t), []string{"both"}) }()
				time.Sleep(time.Second)
				f.mu.Lock()
				assert.Check(t, len(f.tasks) > 1)
				f.tasks[0].Status = complete
				f.mu.Unlock()
				time.Sleep(time.Minute)
				synctest.Wait()
				select {
				case err := <-ended:
					t.Fatalf("it ended before its other tasks: %v", err)
				default:
				}
				f.becomes("both", 0, complete)
				assert.NilError(t, <-ended)
			})
		})
	}
}

// Whoever waits for a job can give up, and hears when it is taken away.
func TestAJobThatDoesNotEnd(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.working["app:1"] = true
		e := f.engine(t, source)
		ctx, cancel := contextFor(t, time.Minute)
		defer cancel()
		assert.ErrorIs(t, e.Finish(ctx, []string{"both"}), context.DeadlineExceeded)
		time.AfterFunc(time.Second, func() { assert.Check(t, e.removeService(t.Context(), *f.service("both"))) })
		assert.ErrorIs(t, e.Finish(briefly(t), []string{"both"}), errGone)
	})
}
