package swarm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/attach"
)

// The control service is the way to the proxy's instances: one sleeping task of
// the proxy's image on each manager, in a network that has only these and the
// instances in it. A command runs a process in the task of the manager that it
// talks to, so nothing is started for a switch and nothing is left of it. Its
// name has no underscore, which Compose allows in no name that begins so.
const (
	controlService = "bluegreen"
	controlNetwork = "bluegreen"
)

// reach blocks until the control task of the manager that the command talks to
// runs, and names its container.
func (e *Engine) reach(ctx context.Context) (container string, err error) {
	info, err := e.api().Info(ctx, client.InfoOptions{})
	if err != nil {
		return "", e.explain("ask which manager this is", err)
	}
	here := info.Info.Swarm.NodeID
	ctx, cancel := context.WithTimeout(ctx, controlPatience)
	defer cancel()
	var last api.Task
	err = e.untilTasks(ctx, controlService, func(tasks []api.Task) bool {
		for _, t := range tasks {
			if t.NodeID != here || !wanted(t) {
				continue
			}
			if last = t; t.Status.State == api.TaskStateRunning && t.Status.ContainerStatus != nil {
				container = t.Status.ContainerStatus.ContainerID
				return true
			}
		}
		return false
	})
	switch {
	case errdefs.IsNotFound(err) && e.repairs.CompareAndSwap(true, false):
		if err := e.remakeControl(ctx); err != nil {
			return "", err
		}
		return e.reach(ctx)
	case errdefs.IsNotFound(err):
		return "", &ControlError{Node: info.Info.Name, Why: "its service " + e.qualified(controlService) + " is not there any more", Fix: "make it again, which touches nothing else: docker bluegreen up"}
	case errors.Is(err, context.DeadlineExceeded):
		return "", &ControlError{Node: info.Info.Name, Why: why(last)}
	}
	return container, err
}

// Repairs has the engine make the control service anew where it is gone, as a
// command may that brings something up. It is called before the engine is used.
func (e *Engine) Repairs() { e.repairs.Store(true) }

// controlPatience is how long a control task may take to start.
const controlPatience = 30 * time.Second

// why says how far a task has come.
func why(t api.Task) string {
	switch {
	case t.ID == "":
		return "the Swarm has put none there"
	case t.Status.Err != "":
		return string(t.Status.State) + ": " + t.Status.Err
	default:
		return string(t.Status.State)
	}
}

// ControlError tells that the manager that a command talks to has no way to the
// proxy's instances. Nothing was changed.
type ControlError struct {
	Node, Why string
	Fix       string // the hint; empty for the general one
}

func (e *ControlError) Error() string {
	return fmt.Sprintf("the control task on manager %s does not run: %s", e.Node, e.Why)
}

// Hint says what to type next.
func (e *ControlError) Hint() string {
	if e.Fix != "" {
		return e.Fix
	}
	return "see what keeps it: docker service ps --no-trunc PROJECT_" + controlService + "; or talk to another manager: docker --context OTHER bluegreen ..."
}

// untilTasks looks at one service's tasks until done says so, or ctx ends.
func (e *Engine) untilTasks(ctx context.Context, service string, done func([]api.Task) bool) error {
	for {
		found, err := settled(ctx, e, func() (client.TaskListResult, error) {
			return e.api().TaskList(ctx, client.TaskListOptions{Filters: make(client.Filters).Add("service", e.qualified(service))})
		})
		if err != nil {
			return e.explain("list the tasks of "+service, err)
		}
		if done(found.Items) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(glance):
		}
	}
}

// Control runs a command in the control task, attached. ctx bounds the opening
// alone.
func (e *Engine) Control(ctx context.Context, cmd []string) (compose.Stream, error) {
	container, err := e.reach(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := attach.Exec(ctx, e.api(), container, cmd)
	if err != nil {
		return nil, e.explain("enter the control task", err)
	}
	return stream, nil
}
