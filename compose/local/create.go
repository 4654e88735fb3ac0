package local

import (
	"context"
	"errors"
	"fmt"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"
	sdk "github.com/docker/compose/v5/pkg/compose"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Create makes the missing containers of services, and the networks and
// volumes that they need, as Compose makes them. It starts nothing, replaces
// nothing, and keeps containers beyond the wanted number. A network or volume
// that Compose would make anew is a *DriftError, and nothing was made.
//
// The images must be there (Resolve).
func (e *Engine) Create(ctx context.Context, services []string) error {
	if err := e.create(ctx, services); err != nil {
		return fmt.Errorf("create containers: %w", err)
	}
	return nil
}

func (e *Engine) create(ctx context.Context, services []string) error {
	if e.source == nil {
		return errNoFile
	}
	existing, err := e.containersOf(ctx, services)
	if err != nil {
		return err
	}
	count := countOf(existing)
	lacking, err := e.lacking(services, count)
	if err != nil || len(lacking) == 0 {
		return err
	}
	p, err := e.narrow(lacking)
	if err != nil {
		return err
	}
	keepAll(p, count)
	return e.make(ctx, p, api.CreateOptions{
		Services:             lacking,
		Recreate:             api.RecreateNever,
		RecreateDependencies: api.RecreateNever,
	})
}

// make lets the SDK make p's containers, which must be a narrowed project.
func (e *Engine) make(ctx context.Context, p *types.Project, options api.CreateOptions) error {
	if err := e.checkDrift(ctx, p); err != nil {
		return err
	}
	dependencies, err := e.dependencies(options.Services)
	if err != nil {
		return err
	}
	pins, err := e.pins(ctx, p)
	if err != nil {
		return err
	}
	forCreate(p)
	options.IgnoreOrphans, options.QuietPull = true, true
	cli := marking{Cli: e.cli, dependencies: dependencies, pins: pins}
	run := func(c api.Compose) error { return c.Create(ctx, p, options) }
	return e.withSDKOn(cli, stepCreate, run, sdk.WithMaxConcurrency(concurrency(p)))
}

// concurrency is how many containers the SDK may make at once; 0 is any
// number. Replicas share the settings of their networks, and the SDK (5.6.0)
// writes a MAC address into those without a lock.
func concurrency(p *types.Project) int {
	for _, s := range p.Services {
		for _, settings := range s.Networks {
			if settings != nil && s.GetScale() > 1 {
				return 1
			}
		}
	}
	return 0
}

// replicas counts a service's containers, and those of them that run.
type replicas struct{ all, running int }

func countOf(containers []compose.Container) map[string]replicas {
	count := map[string]replicas{}
	for _, c := range containers {
		n := count[c.Service]
		n.all++
		if c.Running() {
			n.running++
		}
		count[c.Service] = n
	}
	return count
}

// lacking lists the services for which there is something to make: containers
// or, before each start of the service, those that run its pre_start hooks.
// The others are kept from the SDK altogether, which would start what is
// paused.
func (e *Engine) lacking(services []string, count map[string]replicas) ([]string, error) {
	all := e.source.Source.AllServices()
	var lacking []string
	for _, name := range services {
		s, ok := all[name]
		if !ok {
			return nil, fmt.Errorf("service %q: %w", name, errNoService)
		}
		n := count[name]
		if n.all < s.GetScale() || (len(s.PreStart) > 0 && n.all > 0 && n.running == 0) {
			lacking = append(lacking, name)
		}
	}
	return lacking, nil
}

// keepAll lets the SDK remove no container beyond the wanted number.
func keepAll(p *types.Project, count map[string]replicas) {
	for name, s := range p.Services {
		if n := count[name].all; n > s.GetScale() {
			s.SetScale(n)
			p.Services[name] = s
		}
	}
}

var errNoService = errors.New("the file has no such service")

// forCreate keeps the SDK from obtaining images a second time: Resolve has
// done that. Only what it does not look at, the images of hooks, is pulled
// where it is missing. Neither setting counts in the config hash.
func forCreate(p *types.Project) {
	for name, s := range p.Services {
		if s.PullPolicy != types.PullPolicyNever {
			s.PullPolicy = types.PullPolicyMissing
		}
		p.Services[name] = s
	}
}
