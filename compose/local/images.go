package local

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// ImageError tells that a service's image could not be had.
type ImageError struct {
	Service string
	Image   string
	Err     error
}

func (e *ImageError) Error() string {
	return fmt.Sprintf("image %s of service %s: %v", e.Image, e.Service, e.Err)
}

func (e *ImageError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *ImageError) Hint() string {
	if errors.Is(e.Err, errImageMissing) {
		return "let it be pulled (--pull missing), or build it: docker build -t " + e.Image + " ."
	}
	return "check the name, and that you may pull it: docker pull " + e.Image
}

var errImageMissing = errors.New("the engine does not have it, and it may not be pulled")

func imageName(p *types.Project, s types.ServiceConfig) string {
	return api.GetImageNameOrDefault(s, p.Name)
}

// obtain builds and pulls what the policy and the services' own pull_policy
// ask for, and tells whether that was anything.
func (e *Engine) obtain(
	ctx context.Context, p *types.Project, images map[string]localImage, policy compose.ImagePolicy,
) (changed bool, err error) {
	build, pull, err := e.wanted(p, images, policy)
	if err != nil {
		return false, err
	}
	err = each(ctx, pull, func(ctx context.Context, service string) error {
		return e.pull(ctx, p, service)
	})
	if err != nil {
		return false, err
	}
	return len(build)+len(pull) > 0, e.build(ctx, p, build)
}

// wanted sorts services into those to build and those to pull. One that can be
// built is never pulled unless the policy insists: a name made for a build
// may be somebody else's in a registry.
func (e *Engine) wanted(
	p *types.Project, images map[string]localImage, policy compose.ImagePolicy,
) (build, pull []string, err error) {
	for _, name := range p.ServiceNames() {
		s, missing := p.Services[name], images[name].digest == ""
		switch {
		case s.Provider != nil || e.pinned(name):
		case s.Build != nil && policy.Build:
			build = append(build, name)
		case s.Build != nil && policy.Pull != compose.PullAlways:
			if missing || s.PullPolicy == types.PullPolicyBuild {
				build = append(build, name)
			}
		default:
			due, err := pullDue(s, images[name], policy.Pull)
			if err != nil {
				return nil, nil, fmt.Errorf("service %q: %w", name, err)
			}
			if due {
				pull = append(pull, name)
			}
		}
	}
	return build, pull, nil
}

// pullDue is Compose's rule for `up` (mustPull), for one service.
func pullDue(s types.ServiceConfig, image localImage, pull compose.Pull) (bool, error) {
	if pull != compose.PullPolicy {
		s.PullPolicy = string(pull)
	}
	missing := image.digest == ""
	policy, age, err := s.GetPullPolicy()
	if err != nil {
		return false, err
	}
	switch policy {
	case types.PullPolicyAlways:
		return true, nil
	case types.PullPolicyNever, types.PullPolicyBuild:
		return false, nil
	case types.PullPolicyRefresh:
		return missing || time.Since(image.tagged) > age, nil
	default:
		return missing, nil
	}
}

// pull fetches one service's image, whatever the service's own policy is.
func (e *Engine) pull(ctx context.Context, p *types.Project, service string) error {
	only, err := p.WithSelectedServices([]string{service}, types.IgnoreDependencies)
	if err != nil {
		return err
	}
	s := only.Services[service]
	s.PullPolicy = types.PullPolicyAlways
	only.Services[service] = s
	err = e.withSDK(stepResolve, func(c api.Compose) error {
		return c.Pull(ctx, only, api.PullOptions{})
	})
	if err != nil {
		return &ImageError{Service: service, Image: imageName(p, s), Err: err}
	}
	return nil
}

func (e *Engine) build(ctx context.Context, p *types.Project, services []string) error {
	if len(services) == 0 {
		return nil
	}
	// A build may take the image of another service as a further context, so
	// the project is the whole one.
	all, err := e.source.Source.WithServicesEnabled(services...)
	if err != nil {
		return err
	}
	for _, name := range services {
		all.Services[name] = p.Services[name]
	}
	err = e.withSDK(stepResolve, func(c api.Compose) error {
		return c.Build(ctx, all, api.BuildOptions{Services: services, Progress: "plain"})
	})
	if err != nil {
		return fmt.Errorf("build %s: %w", strings.Join(services, ", "), err)
	}
	return nil
}
