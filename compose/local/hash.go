package local

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	sdk "github.com/docker/compose/v5/pkg/compose"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// serviceHashes computes the config hashes that the containers of p's
// services would get now. The SDK's Create changes a few settings before it
// hashes them; the same is done here.
func (e *Engine) serviceHashes(ctx context.Context, p *types.Project) (map[string]string, error) {
	var containers []compose.Container
	for _, s := range p.Services {
		if refersToServices(s) {
			found, err := e.Observe(ctx)
			if err != nil {
				return nil, err
			}
			containers = found
			break
		}
	}
	hashes := map[string]string{}
	for name, s := range p.Services {
		s, err := e.asCreated(ctx, p, s, containers)
		if err != nil {
			return nil, fmt.Errorf("hash the settings of service %s: %w", name, err)
		}
		if hashes[name], err = sdk.ServiceHash(s); err != nil {
			return nil, fmt.Errorf("hash the settings of service %s: %w", name, err)
		}
	}
	return hashes, nil
}

// asCreated is the service as the SDK's Create sees it when it hashes it.
func (e *Engine) asCreated(
	ctx context.Context, p *types.Project, s types.ServiceConfig, containers []compose.Container,
) (types.ServiceConfig, error) {
	s.NetworkMode = resolveMode(s.NetworkMode, containers)
	s.Ipc = resolveMode(s.Ipc, containers)
	s.Pid = resolveMode(s.Pid, containers)
	s.VolumesFrom = slices.Clone(s.VolumesFrom)
	for i, from := range s.VolumesFrom {
		s.VolumesFrom[i] = resolveVolumesFrom(from, containers)
	}
	if s.UseAPISocket {
		withAPISocket(&s)
	}
	return e.withImageVolumes(ctx, p, s)
}

func refersToServices(s types.ServiceConfig) bool {
	for _, mode := range []string{s.NetworkMode, s.Ipc, s.Pid} {
		if strings.HasPrefix(mode, types.ServicePrefix) {
			return true
		}
	}
	return len(s.VolumesFrom) > 0
}

// resolveMode turns "service:db" into the container that it means.
func resolveMode(mode string, containers []compose.Container) string {
	service, ok := strings.CutPrefix(mode, types.ServicePrefix)
	if !ok {
		return mode
	}
	if id := firstOf(service, containers); id != "" {
		return types.ContainerPrefix + id
	}
	return mode
}

// resolveVolumesFrom turns "db:ro" into the container that it means.
func resolveVolumesFrom(from string, containers []compose.Container) string {
	if id, ok := strings.CutPrefix(from, types.ContainerPrefix); ok {
		id, _, _ = strings.Cut(id, ":")
		return id
	}
	service, _, _ := strings.Cut(from, ":")
	if id := firstOf(service, containers); id != "" {
		return id
	}
	return from
}

// firstOf is the container to which Compose resolves a service: the first one
// by name.
func firstOf(service string, containers []compose.Container) string {
	var first compose.Container
	for _, c := range containers {
		if c.Service == service && (first.ID == "" || c.Name < first.Name) {
			first = c
		}
	}
	return first.ID
}

// withAPISocket adds what the SDK adds for use_api_socket. The credentials
// themselves are not part of the hash.
func withAPISocket(s *types.ServiceConfig) {
	const socket, settings = "/var/run/docker.sock", "/run/secrets/docker"
	s.Volumes = append(slices.Clone(s.Volumes), types.ServiceVolumeConfig{
		Type: types.VolumeTypeBind, Source: socket, Target: socket,
	})
	if _, set := s.Environment["DOCKER_CONFIG"]; !set {
		path := settings
		s.Environment = maps.Clone(s.Environment)
		s.Environment["DOCKER_CONFIG"] = &path
	}
	s.Configs = append(slices.Clone(s.Configs), types.ServiceConfigObjConfig{
		Source: "#apisocket", Target: settings + "/config.json",
	})
}

// withImageVolumes names the image where a volume of type image names the
// service that is built into it.
func (e *Engine) withImageVolumes(
	ctx context.Context, p *types.Project, s types.ServiceConfig,
) (types.ServiceConfig, error) {
	s.Volumes = slices.Clone(s.Volumes)
	for i, v := range s.Volumes {
		if v.Type != types.VolumeTypeImage {
			continue
		}
		built := imageName(p, types.ServiceConfig{Name: v.Source})
		for _, ref := range []string{v.Source, built} {
			_, ok, err := e.inspectImage(ctx, ref)
			if err != nil {
				return s, err
			}
			if ok {
				s.Volumes[i].Source = ref
				break
			}
		}
	}
	return s, nil
}
