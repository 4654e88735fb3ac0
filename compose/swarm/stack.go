package swarm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/containerd/errdefs"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// mapped makes what the file wants of the Swarm, once.
func mapped(source *compose.Project) func() (*Stack, error) {
	return sync.OnceValues(func() (*Stack, error) {
		if source == nil {
			return nil, fmt.Errorf("resolve what the file wants: %w", errNoFile)
		}
		return Map(source)
	})
}

// spec is what one service is made from: the file's, with the image as it was
// resolved and the labels by which it is known again.
func (e *Engine) spec(ctx context.Context, service string) (api.ServiceSpec, error) {
	stack, err := e.stack()
	if err != nil {
		return api.ServiceSpec{}, err
	}
	s, found := stack.Services[service]
	if !found {
		return s, fmt.Errorf("make service %s: the file has none", service)
	}
	if err := e.ensureNetworks(ctx, stack); err != nil {
		return s, err
	}
	s = e.withImage(s, e.pinned(ctx, service, s, api.Service{}, compose.ImagePolicy{}))
	hash, replicas := Hash(s), replicasIn(s)
	s.Labels = maps.Clone(s.Labels)
	if s.Labels == nil {
		s.Labels = map[string]string{}
	}
	s.Labels[serviceLabel], s.Labels[hashLabel], s.Labels[replicasLabel] = service, hash, strconv.Itoa(replicas)
	if err := e.ensureFiles(ctx, stack, &s); err != nil {
		return s, err
	}
	return s, nil
}

// ensureNetworks makes the file's networks, each once in a command.
func (e *Engine) ensureNetworks(ctx context.Context, stack *Stack) error {
	for _, key := range slices.Sorted(maps.Keys(stack.Networks)) {
		n := stack.Networks[key]
		if _, made := e.networks.Load(n.Name); made || n.External {
			continue
		}
		if err := e.ensureNetwork(ctx, n.Name, n.Options); err != nil {
			return err
		}
		e.networks.Store(n.Name, true)
	}
	return nil
}

// ensureFiles makes the configs and secrets that a spec mounts, and fills in
// their ids. They are named by what is in them, so one of the same name is the
// same.
func (e *Engine) ensureFiles(ctx context.Context, stack *Stack, s *api.ServiceSpec) error {
	c := *s.TaskTemplate.ContainerSpec
	c.Configs, c.Secrets = slices.Clone(c.Configs), slices.Clone(c.Secrets)
	for i, ref := range c.Configs {
		mounted := *ref
		spec, _ := find(stack.Configs, func(s api.ConfigSpec) bool { return s.Name == ref.ConfigName })
		id, err := e.ensureConfig(ctx, ref.ConfigName, spec)
		if err != nil {
			return err
		}
		mounted.ConfigID = id
		c.Configs[i] = &mounted
	}
	for i, ref := range c.Secrets {
		mounted := *ref
		spec, _ := find(stack.Secrets, func(s api.SecretSpec) bool { return s.Name == ref.SecretName })
		id, err := e.ensureSecret(ctx, ref.SecretName, spec)
		if err != nil {
			return err
		}
		mounted.SecretID = id
		c.Secrets[i] = &mounted
	}
	s.TaskTemplate.ContainerSpec = &c
	return nil
}

func find[T any](list []T, is func(T) bool) (T, bool) {
	i := slices.IndexFunc(list, is)
	if i < 0 {
		var none T
		return none, false
	}
	return list[i], true
}

// ensureConfig is the id of the config of a name, made where there is none.
func (e *Engine) ensureConfig(ctx context.Context, name string, spec api.ConfigSpec) (string, error) {
	find := func() (string, error) {
		found, err := e.api().ConfigList(ctx, client.ConfigListOptions{Filters: make(client.Filters).Add("name", name)})
		if err != nil {
			return "", err
		}
		for _, c := range found.Items {
			if c.Spec.Name == name {
				return c.ID, nil
			}
		}
		return "", nil
	}
	return e.ensure("config", name, find, func() (string, error) {
		if spec.Name == "" {
			return "", errors.New("the Swarm has none, and the file says that it is there")
		}
		made, err := e.api().ConfigCreate(ctx, client.ConfigCreateOptions{Spec: spec})
		return made.ID, err
	})
}

// ensureSecret does the same for a secret.
func (e *Engine) ensureSecret(ctx context.Context, name string, spec api.SecretSpec) (string, error) {
	find := func() (string, error) {
		found, err := e.api().SecretList(ctx, client.SecretListOptions{Filters: make(client.Filters).Add("name", name)})
		if err != nil {
			return "", err
		}
		for _, s := range found.Items {
			if s.Spec.Name == name {
				return s.ID, nil
			}
		}
		return "", nil
	}
	return e.ensure("secret", name, find, func() (string, error) {
		if spec.Name == "" {
			return "", errors.New("the Swarm has none, and the file says that it is there")
		}
		made, err := e.api().SecretCreate(ctx, client.SecretCreateOptions{Spec: spec})
		return made.ID, err
	})
}

// ensure finds something by its name, or makes it.
func (e *Engine) ensure(kind, name string, find, create func() (string, error)) (string, error) {
	id, err := find()
	if err == nil && id == "" {
		if id, err = create(); errdefs.IsConflict(err) {
			id, err = find() // another service was quicker
		}
	}
	return id, e.explain("make the "+kind+" "+name, err)
}
