package local

import (
	"context"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// markSevered finds the proxies that were started before the container whose
// network they use: a restart gives that one another network, and the engine
// leaves the proxy in the former one.
func (e *Engine) markSevered(ctx context.Context, containers []compose.Container) error {
	for i, c := range containers {
		holder, joined := c.Joined()
		if !joined || !c.Running() || c.Labels[compose.ProxyLabel] == "" {
			continue
		}
		own, err := e.startedAt(ctx, c.ID)
		if err != nil {
			return err
		}
		its, err := e.startedAt(ctx, holder)
		if err != nil {
			return err
		}
		if own.Before(its) {
			containers[i].State = compose.Severed
		}
	}
	return nil
}

// startedAt is when a container was started last; never for one that is gone.
func (e *Engine) startedAt(ctx context.Context, id string) (time.Time, error) {
	found, err := e.api().ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if errdefs.IsNotFound(err) || err == nil && found.Container.State == nil {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, found.Container.State.StartedAt)
}
