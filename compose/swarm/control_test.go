package swarm

import (
	"bufio"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"
)

// controlled is an engine of a project whose control service is there.
func (f *fakeSwarm) controlled(t *testing.T) *Engine {
	t.Helper()
	f.addProxy(nil)
	e := f.engine(t, nil)
	assert.NilError(t, e.ensureControl(t.Context(), "haproxy:3.2"))
	return e
}

// controlTask is the control task of a node.
func (f *fakeSwarm) controlTask(node string) *api.Task {
	for i := range f.tasks {
		if s := f.services[f.tasks[i].ServiceID]; s != nil && s.Spec.Name == "shop_bluegreen" && f.tasks[i].NodeID == node {
			return &f.tasks[i]
		}
	}
	return nil
}

// reached is the container that was reached, and what kept it.
func reached(t *testing.T, e *Engine) (string, error) {
	t.Helper()
	container, err := e.reach(briefly(t))
	if err != nil {
		assert.Equal(t, container, "")
	}
	return container, err
}

// unreached is why the control task was not reached.
func unreached(t *testing.T, e *Engine) *ControlError {
	t.Helper()
	_, err := reached(t, e)
	var control *ControlError
	assert.Assert(t, errors.As(err, &control), "%v", err)
	assert.Equal(t, control.Node, "node-1")
	return control
}

// A command runs in the control task of the manager that it talks to: no engine
// enters the containers of others.
func TestTheControlTaskOfThisManagerIsEntered(t *testing.T) {
	f := newFake()
	f.controlled(t)
	e := f.connected(t)
	stream, err := e.Control(t.Context(), []string{"socat"})
	assert.NilError(t, err)
	defer stream.Close()
	lines := bufio.NewReader(stream.Stdout())
	first, err := lines.ReadString('\n')
	assert.NilError(t, err)
	assert.Equal(t, first, "in c-"+f.controlTask("n1").ID+"\n")
	_, err = stream.Write([]byte("show info\n"))
	assert.NilError(t, err)
	second, err := lines.ReadString('\n')
	assert.NilError(t, err)
	assert.Equal(t, second, "show info\n")
}

// That the others' control tasks run is no way to this manager's.
func TestTheControlTasksOfOtherManagersAreNone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.nodes = f.nodes[1:]
		began := time.Now()
		control := unreached(t, f.controlled(t))
		assert.Equal(t, control.Why, "the Swarm has put none there")
		assert.Assert(t, time.Since(began) >= controlPatience)
		assert.Assert(t, f.controlTask("n2") != nil, "others have one")
		assert.Assert(t, strings.Contains(control.Hint(), "docker service ps --no-trunc PROJECT_bluegreen"), control.Hint())
		assert.Assert(t, strings.Contains(control.Hint(), "docker --context OTHER bluegreen"), control.Hint())
	})
}

// One that is about to start is waited for, one that was given up is not taken.
func TestAControlTaskThatStartsIsAwaited(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		e := f.controlled(t)
		_, err := reached(t, e)
		assert.NilError(t, err)
		f.idle = true
		former := *f.controlTask("n1")
		former.ID, former.DesiredState = "former", api.TaskStateShutdown
		former.Status.ContainerStatus = &api.ContainerStatus{ContainerID: "c-former"}
		now := f.controlTask("n1")
		id := now.ID
		running := now.Status
		now.Status = api.TaskStatus{State: api.TaskStatePreparing}
		f.tasks = append([]api.Task{former}, f.tasks...)
		began := time.Now()
		time.AfterFunc(20*time.Second, func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			for i := range f.tasks {
				if f.tasks[i].ID == id {
					f.tasks[i].Status = running
				}
			}
		})
		container, err := reached(t, e)
		assert.NilError(t, err)
		assert.Equal(t, container, "c-"+id)
		assert.Assert(t, time.Since(began) >= 20*time.Second)
	})
}

// One that does not start in time is told with how far it has come.
func TestAControlTaskThatDoesNotStartIsSaid(t *testing.T) {
	for why, status := range map[string]api.TaskStatus{
		"preparing":                            {State: api.TaskStatePreparing},
		"rejected: No such image: haproxy:3.2": {State: api.TaskStateRejected, Err: "No such image: haproxy:3.2"},
	} {
		inBubble(t, func(t *testing.T, f *fakeSwarm) {
			e := f.controlled(t)
			_, err := reached(t, e)
			assert.NilError(t, err)
			f.idle = true
			f.controlTask("n1").Status = status
			control := unreached(t, e)
			assert.Equal(t, control.Why, why)
			assert.Equal(t, control.Error(), "the control task on manager node-1 does not run: "+why)
			assert.Equal(t, control.Fix, "")
		})
	}
}

// Where its service is gone, nobody waits: it is told what makes it again, and
// nothing is made by a command that only looks.
func TestAControlServiceThatIsGoneIsSaid(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.addProxy(nil)
		// The name of another service begins so.
		f.addReplicated("bluegreen2", 1, nil)
		began := time.Now()
		control := unreached(t, f.engine(t, nil))
		assert.Assert(t, strings.Contains(control.Why, "its service shop_bluegreen is not there any more"), control.Why)
		assert.Assert(t, strings.HasSuffix(control.Hint(), "docker bluegreen up"), control.Hint())
		assert.Equal(t, time.Since(began), time.Duration(0))
		assert.Equal(t, len(f.changes()), 0)
	})
}

// A command that brings something up makes it again, from the proxy's image, and
// touches nothing else.
func TestAControlServiceThatIsGoneIsMadeAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		proxy := f.addProxy(nil)
		proxy.Spec.TaskTemplate.ContainerSpec.Image = "haproxy:3.2@sha256:abc"
		e := f.engine(t, nil)
		e.Repairs()
		container, err := reached(t, e)
		assert.NilError(t, err)
		assert.Equal(t, container, "c-"+f.controlTask("n1").ID)
		assert.Equal(t, image(f.service(controlService).Spec.TaskTemplate), "haproxy:3.2@sha256:abc")
		made := f.service(controlService).ID // and proven then
		assert.DeepEqual(t, f.changes(), []string{"POST /networks/create", "POST /services/create", "POST /services/" + made + "/update"})

		// It is made once: what takes it away again is not fought.
		assert.NilError(t, e.removeService(t.Context(), *f.service(controlService)))
		assert.Assert(t, strings.HasSuffix(unreached(t, e).Hint(), "docker bluegreen up"))
	})
}

// Without a proxy there is nothing to make it from.
func TestAControlServiceIsNotMadeWithoutAProxy(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		e := f.engine(t, nil)
		e.Repairs()
		_, err := reached(t, e)
		assert.ErrorIs(t, err, errGone)
		assert.Equal(t, len(f.changes()), 0)
	})
}

// Whoever gives up before the patience ends hears that, and no reason that is
// none.
func TestWhoWaitsForTheControlTaskCanGiveUp(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		f.nodes = f.nodes[1:]
		e := f.controlled(t)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		_, err := e.reach(ctx)
		assert.ErrorIs(t, err, context.Canceled)
	})
}
