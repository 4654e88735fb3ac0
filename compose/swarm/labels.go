package swarm

import (
	"context"
	"fmt"
	"maps"
	"strconv"

	"github.com/docker/cli/cli/command"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The labels of the proxy's service are the commit point: the active colour is
// one of them, which a new instance finds in its environment, so that it is
// right from its first request on. A change of labels restarts no task.
const (
	// ActiveLabel is what a new instance serves.
	ActiveLabel = "bluegreen.active"
	// RoutingLabel is how that came about.
	RoutingLabel = "bluegreen.routing"
	// epochLabel is the number of who last committed, or took the lock over.
	epochLabel = "bluegreen.epoch"
)

// updates is how often an update is tried that somebody else's came before.
const updates = 10

// ProxyLabels reads the labels of the proxy's service; nil when there is none.
func (e *Engine) ProxyLabels(ctx context.Context) (map[string]string, error) {
	s, found, err := e.proxyService(ctx)
	if err != nil || !found {
		return nil, err
	}
	return s.Spec.Labels, nil
}

// Has tells that the Swarm of which an engine is a manager runs a project of that
// name, with a proxy of this tool. Other engines have none. While the Swarm has no
// leader nobody knows: that is an error.
func Has(ctx context.Context, cli command.Cli, project string) (bool, error) {
	e := New(cli, project, nil, nil)
	e.patience = &patience{}
	_, found, err := e.proxyService(ctx)
	if !Unsettled(err) {
		err = nil
	}
	return found, err
}

// proxyService finds the proxy's service by its label: commands that only move
// the traffic have no file.
func (e *Engine) proxyService(ctx context.Context) (api.Service, bool, error) {
	found, err := e.services(ctx)
	if err != nil {
		return api.Service{}, false, err
	}
	for name, s := range found {
		if name != controlService && s.Spec.Labels[compose.ProxyLabel] != "" {
			return s, true, nil
		}
	}
	return api.Service{}, false, nil
}

// SetLabels changes labels of the proxy's service in one step, if those that are
// expected are still what they were, else it is ErrChanged. epoch is the number
// of the lock's holder: an older one than has been seen there is a *LostError.
func (e *Engine) SetLabels(ctx context.Context, epoch int, expected, labels map[string]string) error {
	return e.updateProxy(ctx, func(now map[string]string) error {
		if last, _ := strconv.Atoi(now[epochLabel]); last > epoch {
			return &LostError{epoch}
		}
		for name, value := range expected {
			if now[name] != value {
				return fmt.Errorf("the label %s of the proxy's service: %w", name, ErrChanged)
			}
		}
		maps.Copy(now, labels)
		now[epochLabel] = strconv.Itoa(epoch)
		return nil
	})
}

// lastEpoch is the number of who last committed, or took the lock over.
func (e *Engine) lastEpoch(ctx context.Context) (int, error) {
	labels, err := e.ProxyLabels(ctx)
	last, _ := strconv.Atoi(labels[epochLabel]) // none is 0
	return last, err
}

// fence keeps former holders of the lock from committing anything; a *LostError
// when a later one has been here.
func (e *Engine) fence(ctx context.Context, epoch int) error {
	if _, found, err := e.proxyService(ctx); err != nil || !found {
		return err
	}
	return e.updateProxy(ctx, func(now map[string]string) error {
		if last, _ := strconv.Atoi(now[epochLabel]); last > epoch {
			return &LostError{epoch} // the next one was quicker, and must not be let down
		}
		now[epochLabel] = strconv.Itoa(epoch)
		return nil
	})
}

// updateProxy edits the labels of the proxy's service, and reads them back. While
// the Swarm has no leader nobody knows whether a write was done: that is found out.
func (e *Engine) updateProxy(ctx context.Context, edit func(labels map[string]string) error) error {
	var unsure map[string]string
	waits := election{patience: e.patience}
	for try := 1; ; try++ {
		err := e.tryUpdate(ctx, edit, &unsure)
		switch {
		case err == nil:
			return nil
		case raced(err) && try < updates:
		case Unsettled(err) && unsure != nil && waits.again(ctx):
		default:
			return err
		}
	}
}

// tryUpdate does so once. unsure are the labels of a write of which nobody knows
// whether it was done; nil for none.
func (e *Engine) tryUpdate(ctx context.Context, edit func(labels map[string]string) error, unsure *map[string]string) error {
	const doing = "write the labels of the proxy's service"
	s, found, err := e.proxyService(ctx)
	switch {
	case err != nil:
		return err
	case !found:
		return e.explain(doing, errGone)
	case *unsure != nil && maps.Equal(s.Spec.Labels, *unsure):
		return nil
	}
	spec := s.Spec
	spec.Labels = maps.Clone(spec.Labels)
	if err := edit(spec.Labels); err != nil {
		return err
	}
	_, err = e.api().ServiceUpdate(ctx, s.ID, client.ServiceUpdateOptions{Version: s.Version, Spec: spec, RegistryAuthFrom: api.RegistryAuthFromSpec})
	if Unsettled(err) {
		*unsure = spec.Labels
	}
	if err != nil {
		return e.explain(doing, err)
	}
	return e.readBack(ctx, doing, s.ID, spec.Labels)
}

// readBack finds whether the labels of a service are what was written.
func (e *Engine) readBack(ctx context.Context, doing, id string, labels map[string]string) error {
	now, err := settled(ctx, e, func() (client.ServiceInspectResult, error) {
		return e.api().ServiceInspect(ctx, id, client.ServiceInspectOptions{})
	})
	if err != nil {
		return e.explain(doing, err)
	}
	if !maps.Equal(now.Service.Spec.Labels, labels) {
		return e.explain(doing, ErrChanged)
	}
	return nil
}
