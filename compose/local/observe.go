package local

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Observe lists the project's containers in one request, for a switch has
// time for no more. One-off containers, the helpers of hooks and the tool's
// own helper are left out. It is sorted by service and number.
func (e *Engine) Observe(ctx context.Context) ([]compose.Container, error) {
	found, err := e.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the containers of project %s: %w", e.name, err)
	}
	var containers []compose.Container
	for _, s := range found {
		if isReplica(s.Labels) {
			containers = append(containers, observed(s))
		}
	}
	if err := e.markSevered(ctx, containers); err != nil {
		return nil, fmt.Errorf("look at the containers of project %s: %w", e.name, err)
	}
	slices.SortFunc(containers, func(a, b compose.Container) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
	})
	return containers, nil
}

// list finds all containers that carry the project's label, stopped ones too.
func (e *Engine) list(ctx context.Context) ([]container.Summary, error) {
	found, err := e.api().ContainerList(ctx, client.ContainerListOptions{
		All:     true,
		Filters: withLabel(api.ProjectLabel, e.name),
	})
	return found.Items, err
}

func withLabel(key, value string) client.Filters {
	return client.Filters{}.Add("label", key+"="+value)
}

// isReplica tells a service's own container from all else that carries the
// project's label. The config hash is Compose's own sign of one.
func isReplica(labels map[string]string) bool {
	return labels[api.ConfigHashLabel] != "" &&
		labels[api.OneoffLabel] != "True" &&
		labels[api.HookLabel] == "" &&
		labels[compose.HelperLabel] == ""
}

func observed(s container.Summary) compose.Container {
	number, _ := strconv.Atoi(s.Labels[api.ContainerNumberLabel]) // 0 for a label that is not Compose's
	image, kept := s.Image, ""
	if ref := s.Labels[compose.ImageLabel]; ref != "" {
		image, kept = ref, s.Image
	}
	return compose.Container{
		ID:          s.ID,
		Name:        canonicalName(s.Names),
		Service:     s.Labels[api.ServiceLabel],
		Number:      number,
		State:       string(s.State),
		Health:      healthOf(s),
		Status:      s.Status,
		Image:       image,
		Kept:        kept,
		ImageID:     imageID(s),
		ConfigHash:  s.Labels[api.ConfigHashLabel],
		Created:     time.Unix(s.Created, 0),
		Addresses:   addresses(s),
		NetworkMode: s.HostConfig.NetworkMode,
		Mounts:      mountPoints(s),
		Ports:       published(s),
		Labels:      s.Labels,
	}
}

// canonicalName is the name without its slash. Links give a container further
// names, with the name of the linking container in front.
func canonicalName(names []string) string {
	for _, name := range names {
		if strings.LastIndex(name, "/") == 0 {
			return name[1:]
		}
	}
	return ""
}

// imageID is the digest of what the container runs. Compose's own record of
// it comes first: an engine with the containerd image store gives the digest
// of the index, which changes with every build even when the content does not.
func imageID(s container.Summary) string {
	return cmp.Or(s.Labels[api.ImageDigestLabel], s.ImageID)
}

// healthOf reads the health from the engine's sentence where the API has no
// field for it, which is below 1.52.
func healthOf(s container.Summary) compose.Health {
	if s.Health != nil {
		return health(s.Health.Status)
	}
	switch {
	case strings.HasSuffix(s.Status, "(healthy)"):
		return compose.Healthy
	case strings.HasSuffix(s.Status, "(unhealthy)"):
		return compose.Unhealthy
	case strings.HasSuffix(s.Status, "(health: starting)"):
		return compose.Starting
	default:
		return compose.NoHealth
	}
}

func health(s container.HealthStatus) compose.Health {
	switch s {
	case container.Healthy:
		return compose.Healthy
	case container.Unhealthy:
		return compose.Unhealthy
	case container.Starting:
		return compose.Starting
	case container.NoHealthcheck:
		return compose.NoHealth
	default:
		return compose.NoHealth
	}
}

// addresses lists the IP addresses, ordered by the names of the networks.
func addresses(s container.Summary) []string {
	if s.NetworkSettings == nil {
		return nil
	}
	var found []string
	networks := s.NetworkSettings.Networks
	for _, name := range sortedKeys(networks) {
		if a := networks[name].IPAddress; a.IsValid() {
			found = append(found, a.String())
		}
		if a := networks[name].GlobalIPv6Address; a.IsValid() {
			found = append(found, a.String())
		}
	}
	return found
}

func mountPoints(s container.Summary) []string {
	var points []string
	for _, m := range s.Mounts {
		points = append(points, m.Destination)
	}
	return points
}

func published(s container.Summary) []compose.PublishedPort {
	var ports []compose.PublishedPort
	for _, p := range s.Ports {
		if p.PublicPort == 0 {
			continue
		}
		port := compose.PublishedPort{Public: int(p.PublicPort), Container: int(p.PrivatePort)}
		if p.IP.IsValid() {
			port.Host = p.IP.String()
		}
		ports = append(ports, port)
	}
	return ports
}
