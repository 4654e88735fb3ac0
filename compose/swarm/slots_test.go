package swarm

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// withSlots is a service with replicas, of which label says how many when it is
// started.
func withSlots(n uint64, label string) api.Service {
	return api.Service{ID: "s1", Spec: api.ServiceSpec{
		Annotations:  api.Annotations{Name: "shop_web", Labels: map[string]string{stackLabel: "shop", serviceLabel: "web", replicasLabel: label}},
		Mode:         api.ServiceMode{Replicated: &api.ReplicatedService{Replicas: &n}},
		TaskTemplate: api.TaskSpec{ContainerSpec: &api.ContainerSpec{Image: "web:1@sha256:abc"}},
	}}
}

// task is a task of the service, made at a second.
func task(slot int, made int64, desired, state api.TaskState) api.Task {
	return api.Task{
		ID: fmt.Sprint("t", made), ServiceID: "s1", Slot: slot, NodeID: "n1", Meta: api.Meta{CreatedAt: time.Unix(made, 0)},
		DesiredState: desired, Status: api.TaskStatus{State: state},
	}
}

func TestSlotsOfAService(t *testing.T) {
	nodes := map[string]api.Node{
		"n1": {ID: "n1", Description: api.NodeDescription{Hostname: "one"}, Status: api.NodeStatus{State: api.NodeStateReady}},
		"n2": {ID: "n2", Description: api.NodeDescription{Hostname: "two"}, Status: api.NodeStatus{State: api.NodeStateDown}},
	}
	lost := task(2, 2, api.TaskStateRunning, api.TaskStateRunning)
	lost.NodeID = "n2"
	foreign := task(1, 9, api.TaskStateRunning, api.TaskStateRunning)
	foreign.ServiceID = "s2"
	for name, test := range map[string]struct {
		service api.Service
		tasks   []api.Task
		want    []string
	}{
		"running": {withSlots(2, "2"), []api.Task{
			task(2, 2, api.TaskStateRunning, api.TaskStateStarting), task(1, 1, api.TaskStateRunning, api.TaskStateRunning), foreign,
		}, []string{"1 s1.1 running  Running on one", "2 s1.2 running starting Starting on one"}},
		"the wanted task counts, however old": {withSlots(1, "1"), []api.Task{
			task(1, 1, api.TaskStateRunning, api.TaskStateRunning), task(1, 5, api.TaskStateShutdown, api.TaskStateFailed),
		}, []string{"1 s1.1 running  Running on one"}},
		"the younger of two wanted": {withSlots(1, "1"), []api.Task{
			task(1, 5, api.TaskStateReady, api.TaskStatePreparing), task(1, 1, api.TaskStateRunning, api.TaskStateRunning),
		}, []string{"1 s1.1 created  Preparing on one"}},
		"stopped":               {withSlots(0, "2"), nil, []string{"1 s1.1 exited  Stopped", "2 s1.2 exited  Stopped"}},
		"stopped, tasks linger": {withSlots(0, "1"), []api.Task{task(1, 1, api.TaskStateShutdown, api.TaskStateRunning)}, []string{"1 s1.1 exited  Stopped"}},
		"not got round to":      {withSlots(2, "2"), []api.Task{task(2, 1, api.TaskStateRunning, api.TaskStateRunning)}, []string{"1 s1.1 created  New", "2 s1.2 running  Running on one"}},
		"on a lost node":        {withSlots(2, "2"), []api.Task{task(1, 1, api.TaskStateRunning, api.TaskStateRunning), lost}, []string{"1 s1.1 running  Running on one", "2 s1.2 dead  Running on two"}},
		"without the label":     {withSlots(1, "many"), nil, []string{"1 s1.1 created  New"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range slotsOf(test.service, test.tasks, nodes) {
				got = append(got, fmt.Sprintf("%d %s %s %s %s", c.Number, c.ID, c.State, c.Health, c.Status))
				assert.Equal(t, c.Service, "web")
				assert.Equal(t, c.Name, fmt.Sprintf("shop_web.%d", c.Number))
			}
			assert.DeepEqual(t, got, test.want)
		})
	}
}

func TestSlotsOfAGlobalServiceAreNodes(t *testing.T) {
	s := withSlots(0, "1")
	s.Spec.Mode = api.ServiceMode{Global: &api.GlobalService{}}
	s.Spec.EndpointSpec = &api.EndpointSpec{Ports: []api.PortConfig{{PublishedPort: 8080, TargetPort: 80}, {TargetPort: 81}}}
	nodes := map[string]api.Node{"n1": {ID: "n1", Description: api.NodeDescription{Hostname: "one"}, Status: api.NodeStatus{State: api.NodeStateReady, Addr: "192.168.0.1"}}}
	on := task(0, 1, api.TaskStateRunning, api.TaskStateRunning)
	on.NetworksAttachments = []api.NetworkAttachment{{Addresses: []netip.Prefix{netip.MustParsePrefix("10.0.1.5/24")}}}
	on.Status.Err = "something"
	slots := slotsOf(s, []api.Task{on}, nodes)
	assert.Equal(t, len(slots), 1)
	c := slots[0]
	assert.Equal(t, c.Name, "shop_web.one")
	assert.Equal(t, c.Number, 1)
	assert.Equal(t, c.ID, "s1.n1")
	assert.Equal(t, c.Status, "Running on one: something")
	assert.DeepEqual(t, c.Addresses, []string{"10.0.1.5"})
	assert.DeepEqual(t, c.Ports, []compose.PublishedPort{{Host: "192.168.0.1", Public: 8080, Container: 80}})
}

func TestStatesOfTasks(t *testing.T) {
	for state, want := range map[api.TaskState]string{
		api.TaskStateNew: "created", api.TaskStatePending: "created", api.TaskStatePreparing: "created", api.TaskStateReady: "created",
		api.TaskStateStarting: "running starting", api.TaskStateRunning: "running",
		api.TaskStateComplete: "exited", api.TaskStateFailed: "exited", api.TaskStateRejected: "exited", api.TaskStateShutdown: "exited",
		api.TaskStateOrphaned: "exited", api.TaskStateRemove: "exited",
	} {
		got, health := stateOf(state)
		if health != compose.NoHealth {
			got += " " + string(health)
		}
		assert.Equal(t, got, want, "%s", state)
	}
}

func TestSmallParts(t *testing.T) {
	assert.Equal(t, imageID("web:1@sha256:abc"), "sha256:abc")
	assert.Equal(t, imageID("web:1"), "web:1")
	assert.Equal(t, capital(""), "")
	assert.Equal(t, capital("running"), "Running")
	assert.DeepEqual(t, serviceIDs([]string{"s1.1", "s1.2", "s2.node", "s3"}), map[string]int{"s1": 2, "s2": 1, "s3": 1})
	assert.Assert(t, portsOf(api.Service{}, "n") == nil)
	assert.Equal(t, nameOf(api.Service{Spec: api.ServiceSpec{Annotations: api.Annotations{Name: "shop_db", Labels: map[string]string{stackLabel: "shop"}}}}), "db")
}

func TestStatesOfInstances(t *testing.T) {
	for _, test := range []struct {
		task api.TaskState
		node api.NodeState
		want compose.InstanceState
	}{
		{api.TaskStateRunning, api.NodeStateReady, compose.InstanceRunning},
		{api.TaskStateStarting, api.NodeStateReady, compose.InstanceStarting},
		{api.TaskStateFailed, api.NodeStateReady, compose.InstanceStarting},
		{api.TaskStateRunning, api.NodeStateDown, compose.InstanceLost},
		{api.TaskStateStarting, api.NodeStateDown, compose.InstanceLost},
		{api.TaskStateRunning, api.NodeStateUnknown, compose.InstanceUnsure},
		{api.TaskStateRunning, api.NodeStateDisconnected, compose.InstanceUnsure},
		{api.TaskStateRunning, "", compose.InstanceUnsure},
	} {
		assert.Equal(t, instanceState(test.task, test.node), test.want, "%s on a node that is %s", test.task, test.node)
	}
}

func TestWhoIsHopeless(t *testing.T) {
	failed := func(slot int, made int64) api.Task {
		return task(slot, made, api.TaskStateShutdown, api.TaskStateFailed)
	}
	s := withSlots(2, "2")
	s.CreatedAt = time.Unix(0, 0)
	once := s
	once.Spec.TaskTemplate.RestartPolicy = &api.RestartPolicy{Condition: api.RestartPolicyConditionNone}
	updated, began := s, time.Unix(10, 0)
	updated.UpdateStatus = &api.UpdateStatus{StartedAt: &began}
	for name, test := range map[string]struct {
		service api.Service
		tasks   []api.Task
		want    int
	}{
		"fails again and again":          {s, []api.Task{failed(1, 1), failed(1, 2), failed(1, 3)}, 1},
		"fails now and then":             {s, []api.Task{failed(1, 1), failed(1, 2), failed(2, 3)}, 0},
		"is not tried again":             {once, []api.Task{failed(1, 1)}, 1},
		"failed before what was changed": {updated, []api.Task{failed(1, 1), failed(1, 2), failed(1, 11)}, 0},
		"is rejected":                    {once, []api.Task{task(1, 1, api.TaskStateShutdown, api.TaskStateRejected)}, 1},
		"runs":                           {once, []api.Task{task(1, 1, api.TaskStateRunning, api.TaskStateRunning)}, 0},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, len(hopeless(test.service, test.tasks)), test.want) })
	}
	last := failed(1, 4)
	last.Status.ContainerStatus = &api.ContainerStatus{ExitCode: 3}
	list := hopeless(s, []api.Task{failed(1, 1), last, failed(1, 2)})
	assert.DeepEqual(t, list, []compose.Failure{{Container: "shop_web.1", Service: "web", Reason: "exited with code 3"}})
}
