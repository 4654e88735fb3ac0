package swarm

import (
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/platforms"
	api "github.com/moby/moby/api/types/swarm"
)

// service is the specification of a service; its deploy section is never nil.
func (m *mapper) service(s types.ServiceConfig) api.ServiceSpec {
	labels := m.labelled(s.Deploy.Labels)
	labels[imageLabel] = s.Image
	return api.ServiceSpec{
		Annotations: api.Annotations{Name: m.scope(s.Name), Labels: labels},
		TaskTemplate: api.TaskSpec{
			ContainerSpec: m.container(s),
			LogDriver:     logDriver(s.Logging),
			Resources:     m.resources(s),
			RestartPolicy: m.restartPolicy(s),
			Placement:     m.placement(s),
			Networks:      m.attachments(s),
		},
		EndpointSpec:   m.endpoint(s),
		Mode:           m.mode(s),
		UpdateConfig:   updateConfig(s.Deploy.UpdateConfig),
		RollbackConfig: updateConfig(s.Deploy.RollbackConfig),
	}
}

func logDriver(l *types.LoggingConfig) *api.Driver {
	if l == nil {
		return nil
	}
	return &api.Driver{Name: l.Driver, Options: l.Options}
}

func (m *mapper) placement(s types.ServiceConfig) *api.Placement {
	wanted := s.Deploy.Placement
	placement := &api.Placement{
		Constraints: wanted.Constraints,
		MaxReplicas: wanted.MaxReplicas,
		Platforms:   m.platforms(s),
	}
	for _, p := range wanted.Preferences {
		placement.Preferences = append(placement.Preferences,
			api.PlacementPreference{Spread: &api.SpreadOver{SpreadDescriptor: p.Spread}})
	}
	return placement
}

// platforms are the nodes' to choose from. One engine runs an image of any
// platform that it is told to; a Swarm finds a node that is of it.
func (m *mapper) platforms(s types.ServiceConfig) []api.Platform {
	if s.Platform == "" {
		return nil
	}
	platform, err := platforms.Parse(s.Platform)
	if err != nil {
		m.refuseKey(s.Name, "platform", "write it as OS/ARCHITECTURE: linux/amd64", "has platform %s, which cannot be read: %v", s.Platform, err)
		return nil
	}
	return []api.Platform{{OS: platform.OS, Architecture: platform.Architecture}}
}
