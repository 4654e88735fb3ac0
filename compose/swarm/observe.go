package swarm

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// view is what a Swarm has of a project at one moment.
type view struct {
	services map[string]api.Service
	tasks    []api.Task
	nodes    map[string]api.Node
}

// look sees services, tasks and nodes at once.
func (e *Engine) look(ctx context.Context) (v view, err error) {
	group, asking := errgroup.WithContext(ctx)
	group.Go(func() (err error) { v.services, err = e.services(asking); return err })
	group.Go(func() (err error) { v.tasks, err = e.tasks(asking); return err })
	group.Go(func() (err error) { v.nodes, err = e.nodes(asking); return err })
	err = group.Wait()
	return v, err
}

func (e *Engine) tasks(ctx context.Context) ([]api.Task, error) {
	found, err := settled(ctx, e, func() (client.TaskListResult, error) {
		return e.api().TaskList(ctx, client.TaskListOptions{Filters: e.mine()})
	})
	return found.Items, e.explain("list the tasks", err)
}

func (e *Engine) nodes(ctx context.Context) (map[string]api.Node, error) {
	found, err := settled(ctx, e, func() (client.NodeListResult, error) {
		return e.api().NodeList(ctx, client.NodeListOptions{})
	})
	byID := map[string]api.Node{}
	for _, n := range found.Items {
		byID[n.ID] = n
	}
	return byID, e.explain("list the nodes", err)
}

// Observe lists the project's slots, those of the control service left out,
// sorted by service and number. The instances of the proxy stand as one: they
// are configured and switched as one.
func (e *Engine) Observe(ctx context.Context) ([]compose.Container, error) {
	v, err := e.look(ctx)
	if err != nil {
		return nil, err
	}
	var all []compose.Container
	for name, s := range v.services {
		switch {
		case name == controlService:
		case s.Spec.Labels[compose.ProxyLabel] != "":
			all = append(all, v.proxy(s))
		default:
			all = append(all, slotsOf(s, v.tasks, v.nodes)...)
		}
	}
	slices.SortFunc(all, func(a, b compose.Container) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Number, b.Number))
	})
	return all, nil
}

// proxy is the proxy's service with all its instances.
func (v view) proxy(s api.Service) compose.Container {
	instances := slotsOf(s, v.tasks, v.nodes)
	c := emptySlot(s, 1)
	c.ID, c.Name, c.State, c.Status = s.ID, s.Spec.Name, "created", "No instance runs"
	c.Ports, c.Instances = nil, instances
	for _, i := range instances {
		if i.Ready() {
			c.State, c.Status, c.Health = "running", "Running", compose.NoHealth
			c.Ports = append(c.Ports, i.Ports...)
		}
	}
	return c
}

// Runs tells that a program is among a task's processes. Nobody but the task's
// own node can tell.
func (e *Engine) Runs(context.Context, compose.Container, string) (bool, error) { return false, nil }

// glance is the pause between two looks at tasks: a Swarm has no events of them
// (the engine's API, /events, lists those of services and nodes alone).
const glance = 100 * time.Millisecond

// errGone is the cause when a service is not there any more.
var errGone = errors.New("it is not there any more")

// until looks again and again until done says so, or ctx ends.
func (e *Engine) until(ctx context.Context, done func(view) (bool, error)) error {
	for {
		v, err := e.look(ctx)
		if err != nil {
			return err
		}
		if end, err := done(v); end || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(glance):
		}
	}
}
