package local

import (
	"context"
	"fmt"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Stop stops containers in parallel, each with the stop signal and the grace
// time that it was made with. One that is gone counts as stopped.
func (e *Engine) Stop(ctx context.Context, ids []string) error {
	named := e.named(ctx, ids)
	err := each(ctx, named, func(ctx context.Context, c compose.Container) error {
		e.tell(stepStop, c, compose.Working, "stopping")
		e.beforeStop(ctx, stepStop, c)
		if err := e.stopOne(ctx, c.ID); err != nil {
			e.tell(stepStop, c, compose.Failed, err.Error())
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		e.tell(stepStop, c, compose.Done, "stopped")
		return nil
	})
	if err != nil {
		return fmt.Errorf("stop containers: %w", err)
	}
	return nil
}

// stopOne leaves signal and time to the engine, which knows the container's.
func (e *Engine) stopOne(ctx context.Context, id string) error {
	_, err := e.api().ContainerStop(ctx, id, client.ContainerStopOptions{})
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// Remove removes containers in parallel, with their anonymous volumes;
// running ones are stopped first as Stop does it. One that is gone counts as
// removed.
func (e *Engine) Remove(ctx context.Context, ids []string) error {
	named := e.named(ctx, ids)
	err := each(ctx, named, func(ctx context.Context, c compose.Container) error {
		e.tell(stepRemove, c, compose.Working, "removing")
		e.beforeStop(ctx, stepRemove, c)
		if err := e.removeOne(ctx, c.ID); err != nil {
			e.tell(stepRemove, c, compose.Failed, err.Error())
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		e.tell(stepRemove, c, compose.Done, "removed")
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove containers: %w", err)
	}
	return nil
}

func (e *Engine) removeOne(ctx context.Context, id string) error {
	if err := e.stopOne(ctx, id); err != nil {
		return err
	}
	return e.forceRemove(ctx, id)
}

// forceRemove removes a container with its anonymous volumes, in any state.
func (e *Engine) forceRemove(ctx context.Context, id string) error {
	_, err := e.api().ContainerRemove(ctx, id, client.ContainerRemoveOptions{RemoveVolumes: true, Force: true})
	switch {
	case errdefs.IsNotFound(err):
		return nil
	case err != nil && strings.Contains(err.Error(), "already in progress"):
		// Somebody else removes it, and its name is taken until that is done.
		return e.awaitRemoval(ctx, id)
	default:
		return err
	}
}

// awaitRemoval blocks until a container is gone.
func (e *Engine) awaitRemoval(ctx context.Context, id string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	gone := e.await(ctx, id, container.WaitConditionRemoved)
	select {
	case <-gone.Result:
		return nil
	case err := <-gone.Error:
		if errdefs.IsNotFound(err) {
			return nil
		}
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Signal sends a signal ("HUP") to a container's first process.
func (e *Engine) Signal(ctx context.Context, id, signal string) error {
	if _, err := e.api().ContainerKill(ctx, id, client.ContainerKillOptions{Signal: signal}); err != nil {
		return fmt.Errorf("send %s to container %s: %w", signal, short(id), err)
	}
	return nil
}

// named finds what containers are called, for the events. A container that
// cannot be found keeps its id.
func (e *Engine) named(ctx context.Context, ids []string) []compose.Container {
	if len(ids) == 0 {
		return nil
	}
	all, _ := e.Observe(ctx) // names are for show; what matters will fail itself
	byID := map[string]compose.Container{}
	for _, c := range all {
		byID[c.ID] = c
	}
	found := make([]compose.Container, 0, len(ids))
	for _, id := range ids {
		c, ok := byID[id]
		if !ok {
			c = compose.Container{ID: id, Name: short(id)}
		}
		found = append(found, c)
	}
	return found
}

// short is an id as people see it.
func short(id string) string { return id[:min(12, len(id))] }
