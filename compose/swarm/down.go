package swarm

import (
	"context"
	"fmt"
	"strings"

	"github.com/containerd/errdefs"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Down removes the project's services, waits until their tasks have ended, and
// then removes its networks, secrets and configs. What the project remembers
// stays, unless its volumes are to go; the volumes themselves are on the nodes.
func (e *Engine) Down(ctx context.Context, o compose.DownOptions) error {
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for name, s := range found {
		if !o.Orphans && e.foreign(name) {
			continue
		}
		gone[s.ID] = true
		if err := e.removeService(ctx, s); err != nil {
			return err
		}
	}
	if err := e.ended(ctx, func(t api.Task) bool { return gone[t.ServiceID] }); err != nil {
		return err
	}
	return e.removeRest(ctx, o)
}

// foreign tells of a service that is not in the loaded file.
func (e *Engine) foreign(name string) bool {
	if e.source == nil || name == controlService {
		return false
	}
	_, known := e.source.Source.AllServices()[name]
	return !known
}

func (e *Engine) removeRest(ctx context.Context, o compose.DownOptions) error {
	if err := e.removeNetworks(ctx); err != nil {
		return err
	}
	if err := e.removeSecrets(ctx); err != nil {
		return err
	}
	err := e.removeConfigs(ctx, func(c api.Config) bool { return c.Spec.Labels[recordLabel] == "" })
	if err != nil || !o.Volumes {
		return err
	}
	e.report.Report(compose.Event{
		Step: stepDown, Subject: "volumes", Status: compose.Warning,
		Text: "they are on the nodes, where no manager reaches them: docker volume rm, on each",
	})
	return e.removeRecords(ctx)
}

// removeNetworks removes those that the project has made. A network is in use
// for a moment after its last task has ended.
func (e *Engine) removeNetworks(ctx context.Context) error {
	found, err := e.api().NetworkList(ctx, client.NetworkListOptions{Filters: e.mine()})
	if err != nil {
		return e.explain("list the networks", err)
	}
	for _, n := range found.Items {
		err := e.until(ctx, func(view) (bool, error) {
			_, err := e.api().NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{})
			switch {
			case err == nil, errdefs.IsNotFound(err):
				return true, nil
			case busy(err):
				return false, nil
			default:
				return false, e.explain(fmt.Sprintf("remove the network %s", n.Name), err)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// busy tells that a network has tasks or endpoints yet.
func busy(err error) bool {
	said := err.Error()
	return strings.Contains(said, "in use by") || strings.Contains(said, "has active endpoints")
}

func (e *Engine) removeSecrets(ctx context.Context) error {
	found, err := e.api().SecretList(ctx, client.SecretListOptions{Filters: e.mine()})
	if err != nil {
		return e.explain("list the secrets", err)
	}
	for _, s := range found.Items {
		if _, err := e.api().SecretRemove(ctx, s.ID, client.SecretRemoveOptions{}); err != nil && !errdefs.IsNotFound(err) && !inUse(err) {
			return e.explain("remove the secret "+s.Spec.Name, err)
		}
	}
	return nil
}

// Changes tells that the project's services changed, until ctx ends. Tasks have
// no events: whoever watches also looks by himself now and then.
func (e *Engine) Changes(ctx context.Context) <-chan struct{} {
	// A service's event carries its name and none of its labels (moby,
	// daemon/events.go), and the filter takes names that begin so.
	filters := make(client.Filters).Add("type", "service").Add("service", e.qualified(""))
	stream := e.api().Events(ctx, client.EventsListOptions{Filters: filters})
	changes := make(chan struct{}, 1)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-stream.Err: //nolint:errcheck // whoever watches also looks now and then
				return
			case <-stream.Messages:
			}
			select {
			case changes <- struct{}{}:
			default:
			}
		}
	}()
	return changes
}
