package swarm

import (
	"context"
	"maps"
	"slices"
	"strconv"

	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Create makes the missing services, with no replicas yet, and the networks,
// configs and secrets that they need. One that is there gets the number of
// replicas that it will be started with. A one-shot service begins with its
// making, so Finish makes it; the proxy's instances begin so too, and Start
// makes them.
func (e *Engine) Create(ctx context.Context, services []string) error {
	for _, name := range services {
		if err := e.create(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) create(ctx context.Context, name string) error {
	spec, err := e.spec(ctx, name)
	if err != nil {
		return err
	}
	if name == e.source.Proxy.Service {
		return e.ensureControl(ctx, spec.TaskTemplate.ContainerSpec.Image)
	}
	if isJobSpec(spec) {
		return nil
	}
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	if s, there := found[name]; there {
		return e.update(ctx, s, func(now *api.ServiceSpec) {
			now.Labels[replicasLabel] = spec.Labels[replicasLabel]
		})
	}
	spec.Mode = scaled(spec.Mode, 0)
	return e.make(ctx, name, spec)
}

// isJobSpec tells of a spec that runs to its end.
func isJobSpec(s api.ServiceSpec) bool { return s.Mode.ReplicatedJob != nil || s.Mode.GlobalJob != nil }

// scaled is a mode with another number of replicas.
func scaled(mode api.ServiceMode, n int) api.ServiceMode {
	if mode.Replicated == nil {
		return mode
	}
	replicas := uint64(n) //nolint:gosec // a number of replicas
	return api.ServiceMode{Replicated: &api.ReplicatedService{Replicas: &replicas}}
}

// make makes a service.
func (e *Engine) make(ctx context.Context, name string, spec api.ServiceSpec) error {
	_, err := e.api().ServiceCreate(ctx, client.ServiceCreateOptions{Spec: spec, EncodedRegistryAuth: e.auth(spec.TaskTemplate.ContainerSpec.Image)})
	if err != nil {
		return e.explain("make service "+name, err)
	}
	e.tell(stepCreate, name, compose.Done, "created")
	return nil
}

// update edits the spec of a service that is there, unless that changes nothing.
func (e *Engine) update(ctx context.Context, s api.Service, edit func(*api.ServiceSpec)) error {
	for try := 1; ; try++ {
		spec := s.Spec
		if spec.Labels = maps.Clone(spec.Labels); spec.Labels == nil {
			spec.Labels = map[string]string{}
		}
		edit(&spec)
		_, err := e.api().ServiceUpdate(ctx, s.ID, e.updateOf(s, spec))
		if !raced(err) || try == updates {
			return e.explain("update service "+nameOf(s), err)
		}
		now, err := e.api().ServiceInspect(ctx, s.ID, client.ServiceInspectOptions{})
		if err != nil {
			return e.explain("update service "+nameOf(s), err)
		}
		s = now.Service
	}
}

// updateOf is an update to a spec. The nodes need the user's credentials for an
// image that may have to be pulled; without any, those that the Swarm has stay.
func (e *Engine) updateOf(s api.Service, spec api.ServiceSpec) client.ServiceUpdateOptions {
	options := client.ServiceUpdateOptions{Version: s.Version, Spec: spec, RegistryAuthFrom: api.RegistryAuthFromSpec}
	if spec.TaskTemplate.ContainerSpec != nil {
		options.EncodedRegistryAuth = e.auth(spec.TaskTemplate.ContainerSpec.Image)
	}
	return options
}

// ensureService makes a service, or brings it to a spec that differs, keeping
// the labels that only the running one has.
func (e *Engine) ensureService(ctx context.Context, name string, spec api.ServiceSpec) error {
	spec.Labels = maps.Clone(spec.Labels)
	if spec.Labels[hashLabel] == "" {
		spec.Labels[hashLabel] = Hash(spec)
	}
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	s, there := found[name]
	switch {
	case !there:
		return e.make(ctx, name, spec)
	case s.Spec.Labels[hashLabel] == spec.Labels[hashLabel] && s.Spec.Labels[replicasLabel] == spec.Labels[replicasLabel] && !stopped(s):
		return nil
	}
	err = e.update(ctx, s, func(now *api.ServiceSpec) {
		labels := now.Labels
		maps.Copy(labels, spec.Labels)
		*now = spec
		now.Labels = labels
	})
	if err == nil {
		e.tell(stepCreate, name, compose.Done, "updated")
	}
	return err
}

// Add has no meaning on a Swarm, which decides itself where tasks go.
func (e *Engine) Add(_ context.Context, service string) (compose.Container, error) {
	return compose.Container{}, unsupported("add one more replica to " + service + " by hand")
}

// Converge brings services without a colour to what the file says, one after
// the other in the order of their dependencies, and waits until they run; a
// one-shot service, until it has ended well.
func (e *Engine) Converge(ctx context.Context, services []string) error {
	for _, name := range e.inOrder(services) {
		if name == e.source.Proxy.Service {
			if err := e.replaceInstances(ctx, name); err != nil {
				return err
			}
			continue
		}
		spec, err := e.spec(ctx, name)
		if err != nil {
			return err
		}
		if isJobSpec(spec) {
			err = e.Finish(ctx, []string{name})
		} else if err = e.ensureService(ctx, name, spec); err == nil {
			err = e.Await(ctx, []string{name})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inOrder sorts services so that each comes after those that it depends on.
func (e *Engine) inOrder(services []string) []string {
	var order []string
	var visit func(string)
	visit = func(name string) {
		if slices.Contains(order, name) || !slices.Contains(services, name) {
			return
		}
		for _, need := range slices.Sorted(maps.Keys(e.source.Source.AllServices()[name].DependsOn)) {
			visit(need)
		}
		order = append(order, name)
	}
	for _, name := range slices.Sorted(slices.Values(services)) {
		visit(name)
	}
	return order
}

// Start gives services the replicas that they were made for, and makes the
// proxy's.
func (e *Engine) Start(ctx context.Context, services []string) error {
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	for _, name := range services {
		s, there := found[name]
		switch {
		case there && s.Spec.Mode.Replicated == nil:
			continue // global: it runs as long as it is there
		case there:
			n := replicasOf(s)
			if *s.Spec.Mode.Replicated.Replicas == uint64(n) { //nolint:gosec // a number of replicas
				continue
			}
			err = e.update(ctx, s, func(now *api.ServiceSpec) { now.Mode = scaled(now.Mode, n) })
			e.tell("start", name, compose.Working, "scaled to "+strconv.Itoa(n))
		case e.source != nil && name == e.source.Proxy.Service:
			var spec api.ServiceSpec
			if spec, err = e.proxySpec(ctx, name); err == nil {
				err = e.make(ctx, name, spec)
			}
		default:
			err = e.explain("start "+name, errGone)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
