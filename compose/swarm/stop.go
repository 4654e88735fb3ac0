package swarm

import (
	"context"
	"slices"
	"strconv"

	"github.com/containerd/errdefs"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Stop takes the replicas of the slots' services away, and waits until their
// containers have ended. How many there were stays with the service, so that it
// can be started as it was.
func (e *Engine) Stop(ctx context.Context, ids []string) error {
	return e.shrink(ctx, ids, func(ctx context.Context, s api.Service, _ int) error {
		err := e.update(ctx, s, func(now *api.ServiceSpec) { now.Mode = scaled(now.Mode, 0) })
		e.tell("stop", nameOf(s), compose.Working, "stopping")
		return err
	})
}

// Remove removes the services all of whose slots are meant, and takes as many
// replicas away from others.
func (e *Engine) Remove(ctx context.Context, ids []string) error {
	return e.shrink(ctx, ids, func(ctx context.Context, s api.Service, meant int) error {
		left := replicasOf(s) - meant
		if left > 0 {
			return e.update(ctx, s, func(now *api.ServiceSpec) {
				now.Labels[replicasLabel] = strconv.Itoa(left)
				if !stopped(s) {
					now.Mode = scaled(now.Mode, left)
				}
			})
		}
		return e.removeService(ctx, s)
	})
}

func (e *Engine) removeService(ctx context.Context, s api.Service) error {
	_, err := e.api().ServiceRemove(ctx, s.ID, client.ServiceRemoveOptions{})
	if err != nil && !errdefs.IsNotFound(err) {
		return e.explain("remove service "+nameOf(s), err)
	}
	e.tell("remove", nameOf(s), compose.Done, "removed")
	return nil
}

// shrink changes the services of slots, and waits until the tasks that the
// Swarm does not want any more have ended.
func (e *Engine) shrink(ctx context.Context, ids []string, change func(context.Context, api.Service, int) error) error {
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	meant := serviceIDs(ids)
	for _, s := range found {
		if n := meant[s.ID]; n > 0 {
			if err := change(ctx, s, n); err != nil {
				return err
			}
		}
	}
	return e.ended(ctx, func(t api.Task) bool { return meant[t.ServiceID] > 0 && !wanted(t) })
}

// ended blocks until none of the tasks that are meant may still run.
func (e *Engine) ended(ctx context.Context, meant func(api.Task) bool) error {
	return e.until(ctx, func(v view) (bool, error) {
		return !slices.ContainsFunc(v.tasks, func(t api.Task) bool { return meant(t) && ending(t, v.nodes[t.NodeID]) }), nil
	})
}

// ending tells that a task's container may still run. Of a node that is down
// nobody can tell, and nobody waits.
func ending(t api.Task, node api.Node) bool {
	if node.Status.State == api.NodeStateDown {
		return false
	}
	switch t.Status.State {
	case api.TaskStateStarting, api.TaskStateRunning:
		return true
	default:
		return false
	}
}
