package swarm

import (
	"context"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
)

// ensureControlNetwork makes the network of the control service: internal, so
// that nothing outside is reached from it, and for nobody else to attach to.
func (e *Engine) ensureControlNetwork(ctx context.Context) (name string, err error) {
	name = e.qualified(controlNetwork)
	return name, e.ensureNetwork(ctx, name, client.NetworkCreateOptions{
		Driver: "overlay", Internal: true, Labels: map[string]string{stackLabel: e.name},
	})
}

// ensureNetwork makes a network where there is none of that name.
func (e *Engine) ensureNetwork(ctx context.Context, name string, options client.NetworkCreateOptions) error {
	_, found, err := e.network(ctx, name)
	if err != nil || found {
		return err
	}
	if _, err := e.api().NetworkCreate(ctx, name, options); err != nil && !errdefs.IsConflict(err) {
		return e.explain("make the network "+name, err)
	}
	return nil
}

// network finds one by its name.
func (e *Engine) network(ctx context.Context, name string) (network.Summary, bool, error) {
	found, err := e.api().NetworkList(ctx, client.NetworkListOptions{Filters: make(client.Filters).Add("name", name)})
	if err != nil {
		return network.Summary{}, false, e.explain("list the networks", err)
	}
	for _, n := range found.Items { // the filter takes names that contain it
		if n.Name == name && n.Scope == "swarm" {
			return n, true, nil
		}
	}
	return network.Summary{}, false, nil
}

// ControlSubnet is the subnet of the control network: who comes from there may
// tell an instance what to do. "" while there is none.
func (e *Engine) ControlSubnet(ctx context.Context) (string, error) {
	n, found, err := e.network(ctx, e.qualified(controlNetwork))
	if err != nil || !found || len(n.IPAM.Config) == 0 {
		return "", err
	}
	return n.IPAM.Config[0].Subnet.String(), nil
}
