package local

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"
	sdk "github.com/docker/compose/v5/pkg/compose"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// helper is how the helper container is made.
type helper struct {
	config container.Config
	host   container.HostConfig
}

var errNoProxy = errors.New("it has no container, and no Compose file is loaded to make one from")

// helper says how to make one, from the proxy's container or from the file.
func (e *Engine) helper(ctx context.Context, proxy compose.Proxy) (helper, error) {
	existing, err := e.containersOf(ctx, []string{proxy.Service})
	if err != nil {
		return helper{}, err
	}
	if len(existing) > 0 {
		return e.helperLike(ctx, existing[0])
	}
	if e.source == nil {
		return helper{}, errNoProxy
	}
	return e.helperFromFile(ctx, proxy.Service)
}

// helperLike shares the image, the user and the mounts of a container.
func (e *Engine) helperLike(ctx context.Context, c compose.Container) (helper, error) {
	found, err := e.api().ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
	if err != nil {
		return helper{}, fmt.Errorf("inspect %s: %w", c.Name, err)
	}
	h := e.emptyHelper(c.Service, c.ConfigHash)
	h.config.Image = found.Container.Image // by id: its name may mean another one by now
	h.config.User = found.Container.Config.User
	h.host.GroupAdd = found.Container.HostConfig.GroupAdd
	h.host.UsernsMode = found.Container.HostConfig.UsernsMode
	h.host.VolumesFrom = []string{c.ID}
	return h, nil
}

// helperIn shares the image and the network of a container.
func (e *Engine) helperIn(ctx context.Context, id string) (helper, error) {
	found, err := e.api().ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return helper{}, fmt.Errorf("inspect %s: %w", short(id), err)
	}
	labels := found.Container.Config.Labels
	h := e.emptyHelper(labels[api.ServiceLabel], labels[api.ConfigHashLabel])
	h.config.Image = found.Container.Image
	h.config.User = "0" // of no use to another one, for want of its capabilities
	h.config.NetworkDisabled = false
	h.host.UsernsMode = found.Container.HostConfig.UsernsMode
	h.host.NetworkMode = container.NetworkMode("container:" + found.Container.ID)
	h.host.CapDrop, h.host.CapAdd = []string{"ALL"}, []string{"NET_ADMIN"}
	h.host.SecurityOpt = []string{"no-new-privileges"}
	h.host.ReadonlyRootfs = true
	return h, nil
}

// helperFromFile is as the file wants the proxy, whose volumes are made.
func (e *Engine) helperFromFile(ctx context.Context, service string) (helper, error) {
	p, err := e.narrow([]string{service})
	if err != nil {
		return helper{}, err
	}
	s := p.Services[service]
	hash, err := sdk.ServiceHash(s)
	if err != nil {
		return helper{}, fmt.Errorf("hash the settings of service %s: %w", service, err)
	}
	if err := e.createVolumes(ctx, p); err != nil {
		return helper{}, err
	}
	h := e.emptyHelper(service, hash)
	h.config.Image = imageName(p, s)
	h.config.User = s.User
	h.host.GroupAdd = s.GroupAdd
	h.host.UsernsMode = container.UsernsMode(s.UserNSMode)
	h.host.Binds = binds(p, s)
	return h, nil
}

// emptyHelper has what is common to all helpers.
func (e *Engine) emptyHelper(service, hash string) helper {
	return helper{
		config: container.Config{
			Labels: map[string]string{
				compose.HelperLabel: e.name,
				api.ProjectLabel:    e.name,
				api.ServiceLabel:    service,
				api.OneoffLabel:     "True",
				api.ConfigHashLabel: hash,
				api.VersionLabel:    api.ComposeVersion,
			},
			AttachStdin: true, AttachStdout: true, AttachStderr: true,
			// The engine closes the process's stdin when the first client
			// leaves, dead or alive.
			OpenStdin: true, StdinOnce: true,
			NetworkDisabled: true,
			Healthcheck:     &container.HealthConfig{Test: []string{"NONE"}},
		},
		host: container.HostConfig{
			AutoRemove:  true,
			NetworkMode: container.NetworkMode("none"),
		},
	}
}

// command replaces the image's entry point.
func (h *helper) command(cmd []string) { h.config.Entrypoint = cmd }

// createVolumes makes the named volumes of p's services as the SDK would:
// Compose must recognise them later. The engine keeps one that exists, so two
// clients may do it at once.
func (e *Engine) createVolumes(ctx context.Context, p *types.Project) error {
	if err := e.checkVolumes(ctx, p); err != nil {
		return err
	}
	for _, key := range sortedKeys(p.Volumes) {
		v := p.Volumes[key]
		if v.External {
			continue
		}
		hash, err := sdk.VolumeHash(v)
		if err != nil {
			return fmt.Errorf("hash the settings of volume %s: %w", v.Name, err)
		}
		labels := map[string]string{}
		maps.Copy(labels, v.Labels)
		maps.Copy(labels, map[string]string{
			api.VolumeLabel:     key,
			api.ProjectLabel:    e.name,
			api.VersionLabel:    api.ComposeVersion,
			api.ConfigHashLabel: hash,
		})
		_, err = e.api().VolumeCreate(ctx, client.VolumeCreateOptions{
			Name: v.Name, Driver: v.Driver, DriverOpts: v.DriverOpts, Labels: labels,
		})
		if err != nil {
			return fmt.Errorf("create volume %s: %w", v.Name, err)
		}
	}
	return nil
}
