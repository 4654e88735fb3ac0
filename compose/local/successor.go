package local

import (
	"context"
	"fmt"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Add makes one more container of a service, as the file wants it now, and
// leaves those that are there as they are. It starts nothing.
func (e *Engine) Add(ctx context.Context, service string) (compose.Container, error) {
	added, err := e.add(ctx, service)
	if err != nil {
		return added, fmt.Errorf("create one more container of %s: %w", service, err)
	}
	return added, nil
}

func (e *Engine) add(ctx context.Context, service string) (added compose.Container, err error) {
	before, err := e.containersOf(ctx, []string{service})
	if err != nil {
		return added, err
	}
	p, err := e.narrow([]string{service})
	if err != nil {
		return added, err
	}
	s := p.Services[service]
	s.SetScale(len(before) + 1)
	p.Services[service] = s
	err = e.make(ctx, p, api.CreateOptions{
		Services:             []string{service},
		Recreate:             api.RecreateNever,
		RecreateDependencies: api.RecreateNever,
	})
	if err != nil {
		return added, err
	}
	after, err := e.containersOf(ctx, []string{service})
	if err != nil {
		return added, err
	}
	i := slices.IndexFunc(after, func(c compose.Container) bool {
		return !slices.ContainsFunc(before, func(b compose.Container) bool { return b.ID == c.ID })
	})
	if i < 0 {
		return added, fmt.Errorf("compose made none beside the %d that there are", len(before))
	}
	return after[i], nil
}

// StartOnly starts one container, whatever others its service has.
func (e *Engine) StartOnly(ctx context.Context, c compose.Container) error {
	found, err := e.containersOf(ctx, []string{c.Service})
	if err == nil {
		found = slices.DeleteFunc(found, func(other compose.Container) bool { return other.ID != c.ID })
		err = e.start(ctx, stepStart, found)
	}
	if err != nil {
		return fmt.Errorf("start container %s: %w", c.Name, err)
	}
	return nil
}

// Rename gives a container another name.
func (e *Engine) Rename(ctx context.Context, c compose.Container, name string) error {
	if c.Name == name {
		return nil
	}
	if _, err := e.api().ContainerRename(ctx, c.ID, client.ContainerRenameOptions{NewName: name}); err != nil {
		return fmt.Errorf("rename container %s to %s: %w", c.Name, name, err)
	}
	return nil
}

// signalledStop is the first version of the API whose stop takes a signal.
const signalledStop = "1.42"

// End sends a container the signal at which it ends by itself, and blocks
// until it has ended or ctx has: it goes on ending then, and no restart policy
// revives it. It is never killed. One that is gone has ended. "" is the
// container's own stop signal.
func (e *Engine) End(ctx context.Context, c compose.Container, signal string) error {
	found, err := e.api().ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
	if err == nil && found.Container.State != nil && !found.Container.State.Running {
		return nil
	}
	if err == nil && found.Container.State != nil && found.Container.State.Restarting {
		return e.stopOne(ctx, c.ID) // nothing runs in it, and a signal would reach nobody
	}
	if err == nil {
		known := signal == "" || found.Container.Config != nil && found.Container.Config.StopSignal == signal
		if known || versions.GreaterThanOrEqualTo(e.api().ClientVersion(), signalledStop) {
			err = e.stopPatiently(ctx, c.ID, signal)
		} else {
			err = e.endBySignal(ctx, c.ID, signal)
		}
	}
	if goneOrLater(ctx, err) {
		return nil
	}
	return fmt.Errorf("end container %s by %s: %w", c.Name, signal, err)
}

// stopPatiently lets the engine wait without end. It goes on with that when
// this client is gone.
func (e *Engine) stopPatiently(ctx context.Context, id, signal string) error {
	forever := -1
	options := client.ContainerStopOptions{Timeout: &forever}
	if signal != "" && versions.GreaterThanOrEqualTo(e.api().ClientVersion(), signalledStop) {
		options.Signal = signal
	}
	_, err := e.api().ContainerStop(ctx, id, options)
	return err
}

// endBySignal is for an engine that can stop a container by the container's
// own signal alone, which would cut what it serves. The restart policy goes
// first, for to the engine this is no stop.
func (e *Engine) endBySignal(ctx context.Context, id, signal string) error {
	if err := e.restartBy(ctx, id, &container.RestartPolicy{Name: container.RestartPolicyDisabled}); err != nil {
		return err
	}
	ended := e.await(ctx, id, container.WaitConditionNotRunning)
	_, err := e.api().ContainerKill(ctx, id, client.ContainerKillOptions{Signal: signal})
	if errdefs.IsConflict(err) {
		return nil // it has ended by itself meanwhile
	}
	if err != nil {
		return err
	}
	select {
	case <-ended.Result:
		return nil
	case err := <-ended.Error:
		return err
	}
}

// goneOrLater tells that there is no more to do here: the container has ended,
// or is gone, or goes on ending after ctx.
func goneOrLater(ctx context.Context, err error) bool {
	return err == nil || errdefs.IsNotFound(err) || ctx.Err() != nil
}
