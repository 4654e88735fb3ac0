package swarm

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	api "github.com/moby/moby/api/types/swarm"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A replica of a service is a slot: the tasks in it come and go, as containers
// are restarted on one engine. So a slot is to the release logic what a
// container is, and a service that is stopped has slots without tasks.

// slotsOf turns a service and its tasks into its slots, sorted by number.
func slotsOf(s api.Service, tasks []api.Task, nodes map[string]api.Node) []compose.Container {
	latest := map[string]api.Task{}
	for _, t := range tasks {
		key := slotKey(t)
		if former, found := latest[key]; t.ServiceID == s.ID && (!found || follows(t, former)) {
			latest[key] = t
		}
	}
	var slots []compose.Container
	for _, t := range latest {
		if wanted(t) || isJob(s) || lost(s, t, nodes) {
			slots = append(slots, slotOf(s, t, nodes))
		}
	}
	slots = append(slots, withoutTask(s, slots)...)
	slices.SortFunc(slots, func(a, b compose.Container) int { return a.Number - b.Number })
	for i := range slots {
		if slots[i].Number == 0 { // of a global service: a slot is a node
			slots[i].Number = i + 1
		}
	}
	return slots
}

// withoutTask are the slots of a service that have no task: those that the Swarm
// has not got round to, or all of one that is stopped.
func withoutTask(s api.Service, slots []compose.Container) []compose.Container {
	if s.Spec.Mode.Replicated == nil {
		return nil
	}
	var empty []compose.Container
	for n := 1; n <= replicasOf(s) && len(slots)+len(empty) < replicasOf(s); n++ {
		if slices.ContainsFunc(slots, func(c compose.Container) bool { return c.Number == n }) {
			continue
		}
		c := emptySlot(s, n)
		if !stopped(s) {
			c.State, c.Status = "created", "New"
		}
		empty = append(empty, c)
	}
	return empty
}

// slotKey tells the slots of one service from each other.
func slotKey(t api.Task) string {
	if t.Slot == 0 {
		return t.ServiceID + "." + t.NodeID
	}
	return t.ServiceID + "." + strconv.Itoa(t.Slot)
}

// follows tells which of two tasks of a slot counts: one that is wanted, else
// the younger one.
func follows(t, former api.Task) bool {
	if a, b := wanted(t), wanted(former); a != b {
		return a
	}
	return t.CreatedAt.After(former.CreatedAt)
}

// wanted tells that the Swarm wants a task to run: not one that it has given
// up, or that makes room.
func wanted(t api.Task) bool {
	return t.DesiredState == api.TaskStateRunning || t.DesiredState == api.TaskStateReady
}

// lost tells of a task on a node that is down, to which the Swarm gives another
// one when it is back.
func lost(s api.Service, t api.Task, nodes map[string]api.Node) bool {
	return s.Spec.Mode.Global != nil && nodes[t.NodeID].Status.State == api.NodeStateDown
}

// isJob tells of a service that runs to its end.
func isJob(s api.Service) bool { return isJobSpec(s.Spec) }

// stopped tells of a service that has no replicas for the time being.
func stopped(s api.Service) bool {
	return s.Spec.Mode.Replicated != nil && s.Spec.Mode.Replicated.Replicas != nil && *s.Spec.Mode.Replicated.Replicas == 0
}

// replicasOf is how many replicas a service has when it is started.
func replicasOf(s api.Service) int {
	if n, err := strconv.Atoi(s.Spec.Labels[replicasLabel]); err == nil {
		return n
	}
	if s.Spec.Mode.Replicated != nil && s.Spec.Mode.Replicated.Replicas != nil {
		return int(*s.Spec.Mode.Replicated.Replicas) //nolint:gosec // a number of replicas
	}
	return 1
}

// slotOf is a slot by the task that counts.
func slotOf(s api.Service, t api.Task, nodes map[string]api.Node) compose.Container {
	c := emptySlot(s, t.Slot)
	c.ID = slotKey(t)
	c.Created = t.CreatedAt
	c.State, c.Health = stateOf(t.Status.State)
	c.Status = capital(string(t.Status.State))
	if node := nodes[t.NodeID]; node.ID != "" {
		c.Status += " on " + node.Description.Hostname
		if node.Status.State == api.NodeStateDown {
			c.State, c.Health = stateLost, compose.NoHealth
		}
		if t.Slot == 0 {
			c.Name = s.Spec.Name + "." + node.Description.Hostname
		}
		c.Ports = portsOf(s, addressOf(node))
	}
	if t.Status.Err != "" {
		c.Status += ": " + t.Status.Err
	}
	for _, n := range t.NetworksAttachments {
		for _, a := range n.Addresses {
			c.Addresses = append(c.Addresses, a.Addr().String())
		}
	}
	if spec := t.Spec.ContainerSpec; spec != nil {
		c.Image, c.ImageID = spec.Image, imageID(spec.Image)
	}
	return c
}

// stateLost is the state of a slot whose node is down, in the words of containers.
const stateLost = "dead"

// stateOf says a task's state in the words of containers. A Swarm calls a task
// running when its container's own healthcheck has passed.
func stateOf(s api.TaskState) (string, compose.Health) {
	switch s {
	case api.TaskStateRunning:
		return "running", compose.NoHealth
	case api.TaskStateStarting:
		return "running", compose.Starting
	case api.TaskStateComplete, api.TaskStateShutdown, api.TaskStateFailed, api.TaskStateRejected, api.TaskStateOrphaned, api.TaskStateRemove:
		return "exited", compose.NoHealth
	default:
		return "created", compose.NoHealth
	}
}

// emptySlot is a slot without a task.
func emptySlot(s api.Service, number int) compose.Container {
	c := compose.Container{
		ID: s.ID + "." + strconv.Itoa(number), Name: fmt.Sprintf("%s.%d", s.Spec.Name, number),
		Service: nameOf(s), Number: number, State: "exited", Status: "Stopped", ConfigHash: s.Spec.Labels[hashLabel],
		Created: s.CreatedAt, Labels: s.Spec.Labels,
	}
	if spec := s.Spec.TaskTemplate.ContainerSpec; spec != nil {
		c.Image, c.ImageID = spec.Image, imageID(spec.Image)
	}
	return c
}

// imageID is what tells two images apart that a Swarm runs: the digest, where the
// reference has one.
func imageID(ref string) string {
	if _, digest, digested := strings.Cut(ref, "@"); digested {
		return digest
	}
	return ref
}

// addressOf is where a node is reached. A manager that was elected has no address
// of itself in its status, and the one that it advertises among managers.
func addressOf(n api.Node) string {
	if ip, err := netip.ParseAddr(n.Status.Addr); err == nil && !ip.IsUnspecified() {
		return n.Status.Addr
	}
	if n.ManagerStatus != nil {
		if host, _, err := net.SplitHostPort(n.ManagerStatus.Addr); err == nil {
			return host
		}
	}
	return n.Status.Addr
}

// portsOf are the ports at which a service is reached on a node.
func portsOf(s api.Service, node string) []compose.PublishedPort {
	if s.Spec.EndpointSpec == nil {
		return nil
	}
	var ports []compose.PublishedPort
	for _, p := range s.Spec.EndpointSpec.Ports {
		if p.PublishedPort != 0 {
			ports = append(ports, compose.PublishedPort{Host: node, Public: int(p.PublishedPort), Container: int(p.TargetPort)})
		}
	}
	return ports
}

// capital begins a sentence.
func capital(text string) string {
	return strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):]
}

// serviceIDs are the services of slots, by id, with how many slots of each are
// meant.
func serviceIDs(slots []string) map[string]int {
	counts := map[string]int{}
	for _, id := range slots {
		service, _, _ := strings.Cut(id, ".")
		counts[service]++
	}
	return counts
}
