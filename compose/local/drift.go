package local

import (
	"context"
	"fmt"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"
	sdk "github.com/docker/compose/v5/pkg/compose"
	"github.com/moby/moby/client"
)

// DriftError tells that a network or volume of the project exists with other
// settings than the file's. Compose would make it anew, and stop all
// containers on it or delete its data.
type DriftError struct {
	Kind string // "network" or "volume"
	Name string
}

func (e *DriftError) Error() string {
	return fmt.Sprintf("%s %s: it exists with other settings than the file's, and making it anew would take "+
		"down all that uses it", e.Kind, e.Name)
}

// Hint says what to type next.
func (e *DriftError) Hint() string {
	return fmt.Sprintf("take the change of the %s back, or give it another key in the file, or bring the whole "+
		"project down first: docker bluegreen down", e.Kind)
}

// checkDrift finds networks and volumes that the SDK would make anew.
func (e *Engine) checkDrift(ctx context.Context, p *types.Project) error {
	if err := e.checkNetworks(ctx, p); err != nil {
		return err
	}
	return e.checkVolumes(ctx, p)
}

func (e *Engine) checkNetworks(ctx context.Context, p *types.Project) error {
	found, err := e.api().NetworkList(ctx, client.NetworkListOptions{Filters: withLabel(api.ProjectLabel, e.name)})
	if err != nil {
		return fmt.Errorf("list the networks of project %s: %w", e.name, err)
	}
	for _, key := range sortedKeys(p.Networks) {
		wanted := p.Networks[key]
		if wanted.External {
			continue
		}
		hash, err := sdk.NetworkHash(&wanted)
		if err != nil {
			return fmt.Errorf("hash the settings of network %s: %w", wanted.Name, err)
		}
		var existing []resource
		for _, n := range found.Items {
			if n.Labels[api.NetworkLabel] == key {
				existing = append(existing, resource{n.Name, n.Labels[api.ConfigHashLabel]})
			}
		}
		// One under another name counts too: the SDK would move the colour's
		// containers to a new network, where the proxy is not.
		if r, ok := choose(existing, wanted.Name); ok && r.drifted(hash) {
			return &DriftError{Kind: "network", Name: r.name}
		}
	}
	return nil
}

func (e *Engine) checkVolumes(ctx context.Context, p *types.Project) error {
	found, err := e.api().VolumeList(ctx, client.VolumeListOptions{Filters: withLabel(api.ProjectLabel, e.name)})
	if err != nil {
		return fmt.Errorf("list the volumes of project %s: %w", e.name, err)
	}
	for _, key := range sortedKeys(p.Volumes) {
		wanted := p.Volumes[key]
		if wanted.External {
			continue
		}
		hash, err := sdk.VolumeHash(wanted)
		if err != nil {
			return fmt.Errorf("hash the settings of volume %s: %w", wanted.Name, err)
		}
		for _, v := range found.Items {
			r := resource{v.Name, v.Labels[api.ConfigHashLabel]}
			// Under another name the SDK makes a new one and leaves this one.
			if v.Name == wanted.Name && r.drifted(hash) {
				return &DriftError{Kind: "volume", Name: v.Name}
			}
		}
	}
	return nil
}

// resource is a network or volume as the engine has it.
type resource struct{ name, hash string }

// drifted tells whether Compose would make it anew. Without a hash it was not
// made by Compose, and is used as it is.
func (r resource) drifted(hash string) bool { return r.hash != "" && r.hash != hash }

// choose picks the one that the SDK would compare with the file: that of the
// wanted name, else the first by name.
func choose(existing []resource, name string) (resource, bool) {
	if len(existing) == 0 {
		return resource{}, false
	}
	slices.SortFunc(existing, func(a, b resource) int {
		switch {
		case a.name == b.name:
			return 0
		case a.name == name || (b.name != name && a.name < b.name):
			return -1
		default:
			return 1
		}
	})
	return existing[0], true
}
