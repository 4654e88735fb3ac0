package local

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// narrow is the project with these services and nothing else, which is the
// only way to keep the SDK from touching others: it brings the whole project
// that it is given to what the file says, and takes the names in its options
// for emphasis alone. The result is a copy.
func (e *Engine) narrow(services []string) (*types.Project, error) {
	if e.source == nil {
		return nil, errNoFile
	}
	all, err := e.source.Source.WithServicesEnabled(services...)
	if err != nil {
		return nil, err
	}
	// With no name at all it would select everything.
	if len(services) == 0 {
		all.Services = types.Services{}
		return all, nil
	}
	narrowed, err := all.WithSelectedServices(services, types.IgnoreDependencies)
	if err != nil {
		return nil, err
	}
	narrowed = narrowed.WithoutUnnecessaryResources()
	if err := checkLabels(narrowed); err != nil {
		return nil, err
	}
	if err := choosePlatforms(narrowed); err != nil {
		return nil, err
	}
	e.markProxy(narrowed)
	return narrowed, nil
}

// checkLabels makes sure that Compose will know the containers again. The
// loader labels the services of active profiles and of both colours.
func checkLabels(p *types.Project) error {
	for name, s := range p.Services {
		if s.CustomLabels[api.ProjectLabel] == "" {
			return fmt.Errorf("service %q: none of its profiles is active: %s", name, strings.Join(s.Profiles, ", "))
		}
	}
	return nil
}

// markProxy lets the proxy's container be found without the file. The labels
// stand beside Compose's own, outside the config hash.
func (e *Engine) markProxy(p *types.Project) {
	proxy := e.source.Proxy
	s, ok := p.Services[proxy.Service]
	if !ok {
		return
	}
	s.CustomLabels = s.CustomLabels.
		Add(compose.ProxyLabel, string(proxy.Kind)).
		Add(compose.VolumeLabel, proxy.Volume)
	p.Services[proxy.Service] = s
}

// choosePlatforms does what `docker compose up` does before it makes
// containers (applyPlatforms of its command line): a service that is built
// runs on the default platform, which counts in its config hash, and is built
// for the one platform on which it runs.
func choosePlatforms(p *types.Project) error {
	platform := p.Environment["DOCKER_DEFAULT_PLATFORM"]
	for name, s := range p.Services {
		if s.Build == nil {
			continue
		}
		if s.Platform == "" {
			s.Platform = platform
		}
		listed := s.Build.Platforms
		if s.Platform != "" && len(listed) > 0 && !slices.Contains(listed, s.Platform) {
			return fmt.Errorf("service %q: build.platforms lacks its platform %s", name, s.Platform)
		}
		switch {
		case s.Platform != "":
			s.Build.Platforms = []string{s.Platform}
		case len(listed) > 1:
			s.Build.Platforms = nil // the builder decides, as Compose lets it
		}
		p.Services[name] = s
	}
	return nil
}

// dependencies lists what each service depends on when its colour is active.
// Narrowing drops that, but containers carry it in a label, by which Compose
// orders `down` and `restart` when it has no file.
func (e *Engine) dependencies(services []string) (map[string]types.DependsOnConfig, error) {
	all, err := e.source.Source.WithServicesEnabled(services...)
	if err != nil {
		return nil, err
	}
	all = all.WithoutUnresolvedOptionalDependencies()
	found := map[string]types.DependsOnConfig{}
	for _, name := range services {
		found[name] = maps.Clone(all.Services[name].DependsOn)
	}
	return found, nil
}
