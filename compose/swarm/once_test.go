package swarm

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"
)

// made collects the specs of the services that are made.
func (f *fakeSwarm) made(name string, specs *[]api.ServiceSpec) {
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && r.URL.Path == "/tasks" {
			if s := f.service(name); s != nil {
				*specs = append(*specs, s.Spec)
			}
		}
		return false
	}
}

// A check runs as a job of its own, of which nothing is left but its output.
func TestAOneShotServiceRunsOnceAndIsRemoved(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.words["app:1"] = []saying{wrote("all is well"), moaned("nearly")}
		var said strings.Builder
		assert.NilError(t, f.engine(t, nil).Once(briefly(t), source, "test", nil, &said))
		assert.Equal(t, said.String(), "all is well\nnearly\n")
		assert.Equal(t, len(f.services), 0)
		assert.Assert(t, slices.Contains(f.changes(), "POST /services/create"))
	})
}

// A job has the file's environment and the one that it is given, and runs once,
// whatever the file says of such services.
func TestAOneShotServiceHasAnEnvironmentOfItsOwn(t *testing.T) {
	source := once(", environment: {OWN: '1'}, deploy: {mode: global-job, restart_policy: {condition: any}}").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		var specs []api.ServiceSpec
		f.made("test-once", &specs)
		e := f.engine(t, nil)
		assert.NilError(t, e.Once(briefly(t), source, "test", []string{"BLUEGREEN_COLOUR=green"}, &strings.Builder{}))
		assert.Assert(t, len(specs) > 0)
		job := specs[0]
		assert.DeepEqual(t, job.TaskTemplate.ContainerSpec.Env, []string{"OWN=1", "BLUEGREEN_COLOUR=green"})
		assert.DeepEqual(t, job.Mode, api.ServiceMode{ReplicatedJob: &api.ReplicatedJob{MaxConcurrent: new(uint64(1)), TotalCompletions: new(uint64(1))}})
		assert.Equal(t, job.TaskTemplate.RestartPolicy.Condition, api.RestartPolicyConditionNone)

		// What one was given, the next one has not.
		specs = nil
		assert.NilError(t, e.Once(briefly(t), source, "test", nil, &strings.Builder{}))
		assert.DeepEqual(t, specs[0].TaskTemplate.ContainerSpec.Env, []string{"OWN=1"})
	})
}

// A job that fails is told with what it said last, and removed all the same.
func TestAOneShotServiceThatFailsIsSaidAndRemoved(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.broken["app:1"] = true
		f.words["app:1"] = []saying{wrote("trying"), moaned("no database")}
		var said strings.Builder
		err := f.engine(t, nil).Once(briefly(t), source, "test", nil, &said)
		failure := unhealthy(t, err)
		assert.Equal(t, failure.Service, "test-once")
		assert.Equal(t, failure.Reason, "exited with code 1")
		assert.DeepEqual(t, failure.Logs, []string{"trying", "no database"})
		assert.Equal(t, said.String(), "trying\nno database\n")
		assert.Equal(t, len(f.services), 0)
	})
}

// A check that is given up is not left running.
func TestAOneShotServiceThatIsGivenUpIsRemoved(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.working["app:1"] = true
		f.words["app:1"] = []saying{wrote("at work")}
		var said strings.Builder
		ctx, cancel := contextFor(t, 3*time.Second)
		defer cancel()
		err := f.engine(t, nil).Once(ctx, source, "test", nil, &said)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, said.String(), "at work\n")
		assert.Equal(t, len(f.services), 0)
	})
}

// What a service's terminal shows is its output too, in one piece.
func TestAOneShotServiceWithATerminalIsHeard(t *testing.T) {
	source := once(", tty: true").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.words["app:1"] = []saying{wrote("all is well\r")}
		var said strings.Builder
		assert.NilError(t, f.engine(t, nil).Once(briefly(t), source, "test", nil, &said))
		assert.Equal(t, said.String(), "all is well\r\n")
	})
}

// A job that failed has failed, also where it cannot be removed.
func TestWhyAOneShotServiceFailedIsNotLost(t *testing.T) {
	source := once("").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.broken["app:1"] = true
		failed := false
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/logs") {
				failed = true // it is being explained: from now on the Swarm is away
			} else if failed {
				refuse(w, http.StatusInternalServerError, "no disk")
			}
			return failed
		}
		err := f.engine(t, nil).Once(briefly(t), source, "test", nil, &strings.Builder{})
		assert.Equal(t, unhealthy(t, err).Reason, "exited with code 1")
	})
}
