package swarm

import (
	"context"
	"fmt"
	"strings"

	"github.com/distribution/reference"
	"github.com/docker/cli/cli/command"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Resolve says what the file wants of each service, in the order asked, with
// the digest that the registry has for its image, so that all nodes run the
// same. What no registry answers for is taken by its name, and told, as `docker
// stack deploy` does. With PullNever no registry is asked; with LookOnly what
// runs under the same name counts.
func (e *Engine) Resolve(ctx context.Context, services []string, policy compose.ImagePolicy) ([]compose.Spec, error) {
	stack, err := e.stack()
	if err != nil {
		return nil, err
	}
	if policy.Build {
		return nil, &compose.InvalidError{Problem: "a Swarm builds no images", Fix: "build and push them before, and leave --build out"}
	}
	running, err := e.services(ctx)
	if err != nil {
		return nil, err
	}
	specs := make([]compose.Spec, len(services))
	group, asking := errgroup.WithContext(ctx)
	for i, name := range services {
		spec, found := stack.Services[name]
		if !found {
			return nil, fmt.Errorf("resolve what the file wants: it has no service %q", name)
		}
		group.Go(func() error {
			image := e.pinned(asking, name, spec, running[name], policy)
			specs[i] = specOf(name, e.withImage(spec, image))
			return asking.Err()
		})
	}
	err = group.Wait()
	return specs, err
}

// specOf describes a service's spec to the release logic.
func specOf(name string, s api.ServiceSpec) compose.Spec {
	c := s.TaskTemplate.ContainerSpec
	return compose.Spec{
		Service: name, Image: c.Image, ImageID: imageID(c.Image), ConfigHash: Hash(s), Replicas: replicasIn(s),
		Command: append(append([]string{}, c.Command...), c.Args...),
	}
}

// replicasIn is how many replicas a spec wants.
func replicasIn(s api.ServiceSpec) int {
	if s.Mode.Replicated != nil && s.Mode.Replicated.Replicas != nil {
		return int(*s.Mode.Replicated.Replicas) //nolint:gosec // a number of replicas
	}
	return 1
}

// withImage is a spec with another image.
func (e *Engine) withImage(s api.ServiceSpec, image string) api.ServiceSpec {
	c := *s.TaskTemplate.ContainerSpec
	c.Image = image
	s.TaskTemplate.ContainerSpec = &c
	return s
}

// pinned is a service's image with its digest. It is remembered, so that what
// is made is what was resolved.
func (e *Engine) pinned(ctx context.Context, name string, s api.ServiceSpec, running api.Service, policy compose.ImagePolicy) string {
	image := s.TaskTemplate.ContainerSpec.Image
	if known, found := e.images.Load(name + " " + image); found {
		return known.(string) //nolint:forcetypeassert // only strings are stored
	}
	resolved := e.digested(ctx, name, image, running, policy)
	if !policy.LookOnly {
		e.images.Store(name+" "+image, resolved)
	}
	return resolved
}

func (e *Engine) digested(ctx context.Context, service, image string, running api.Service, policy compose.ImagePolicy) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return image // the Swarm says what is wrong with it
	}
	named = reference.TagNameOnly(named)
	familiar := reference.FamiliarString(named)
	if _, digested := named.(reference.Digested); digested {
		return familiar
	}
	if policy.LookOnly {
		if c := running.Spec.TaskTemplate.ContainerSpec; c != nil && strings.HasPrefix(c.Image, familiar+"@") {
			return c.Image
		}
		return familiar
	}
	if policy.Pull == compose.PullNever || e.neverPulls(service) {
		return familiar
	}
	found, err := e.api().DistributionInspect(ctx, image, client.DistributionInspectOptions{EncodedRegistryAuth: e.auth(image)})
	if err != nil {
		e.report.Report(compose.Event{
			Step: stepResolve, Subject: image, Status: compose.Warning,
			Text: "no registry tells its digest, so each node takes what it has by that name: " + firstLine(err),
		})
		return familiar
	}
	pinned, err := reference.WithDigest(named, found.Descriptor.Digest)
	if err != nil {
		return familiar
	}
	return reference.FamiliarString(pinned)
}

// neverPulls tells that the file wants no registry to be asked.
func (e *Engine) neverPulls(service string) bool {
	s, found := e.source.Source.AllServices()[service]
	return found && s.PullPolicy == "never"
}

// auth are the user's credentials for an image's registry, which the nodes need
// to pull it; "" where there are none.
func (e *Engine) auth(image string) string {
	token, err := command.RetrieveAuthTokenFromImage(e.cli.ConfigFile(), image)
	if err != nil {
		return ""
	}
	return token
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
