package swarm

import (
	"cmp"
	"context"
	"slices"

	api "github.com/moby/moby/api/types/swarm"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Instances lists the tasks of the proxy that the Swarm wants to run, by node.
// Those on lost nodes are among them.
func (e *Engine) Instances(ctx context.Context) ([]compose.Instance, error) {
	v, err := e.look(ctx)
	if err != nil {
		return nil, err
	}
	return v.instances(e.qualified(controlNetwork)), nil
}

// instances picks them out of what was seen.
func (v view) instances(network string) []compose.Instance {
	var list []compose.Instance
	for name, s := range v.services {
		if name == controlService || s.Spec.Labels[compose.ProxyLabel] == "" {
			continue
		}
		last := v.lastTasks(s)
		for _, t := range v.tasks {
			if t.ServiceID == s.ID && (wanted(t) || last[t.NodeID] == t.ID && lost(s, t, v.nodes)) {
				list = append(list, instanceOf(t, v.nodes[t.NodeID], network))
			}
		}
	}
	slices.SortFunc(list, func(a, b compose.Instance) int {
		if a.Node != b.Node {
			return cmp.Compare(a.Node, b.Node)
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return list
}

// lastTasks are the ids of the tasks that count of a service, by node.
func (v view) lastTasks(s api.Service) map[string]string {
	latest, ids := map[string]api.Task{}, map[string]string{}
	for _, t := range v.tasks {
		if former, found := latest[t.NodeID]; t.ServiceID == s.ID && (!found || follows(t, former)) {
			latest[t.NodeID], ids[t.NodeID] = t, t.ID
		}
	}
	return ids
}

func instanceOf(t api.Task, node api.Node, network string) compose.Instance {
	i := compose.Instance{
		ID: t.ID, Node: node.Description.Hostname, State: instanceState(t.Status.State, node.Status.State),
		Status: capital(string(t.Status.State)) + " on " + node.Description.Hostname,
	}
	for _, attachment := range t.NetworksAttachments {
		if attachment.Network.Spec.Name == network && len(attachment.Addresses) > 0 {
			i.Address = attachment.Addresses[0].Addr().String()
		}
	}
	return i
}

// instanceState goes by the node first: of a lost one the Swarm still has the
// tasks as they last were.
func instanceState(task api.TaskState, node api.NodeState) compose.InstanceState {
	switch {
	case node == api.NodeStateDown:
		return compose.InstanceLost
	case node != api.NodeStateReady:
		return compose.InstanceUnsure
	case task == api.TaskStateRunning:
		return compose.InstanceRunning
	default:
		return compose.InstanceStarting
	}
}
