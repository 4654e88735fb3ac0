package local

import (
	"context"
	"fmt"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Resolve obtains the images of services by the policy and says what the file
// wants of each service, in the order asked. A network or volume that would
// have to be made anew is a *DriftError: found here, nothing has been touched
// yet. An image that is missing and may not or cannot be had is an
// *ImageError. With LookOnly it stays unresolved.
func (e *Engine) Resolve(
	ctx context.Context, services []string, policy compose.ImagePolicy,
) ([]compose.Spec, error) {
	p, err := e.narrow(services)
	if err != nil {
		return nil, fmt.Errorf("resolve what the file wants: %w", err)
	}
	if err := e.checkDrift(ctx, p); err != nil {
		return nil, err
	}
	images, err := e.images(ctx, p, policy)
	if err != nil {
		return nil, err
	}
	hashes, err := e.serviceHashes(ctx, p)
	if err != nil {
		return nil, err
	}
	specs := make([]compose.Spec, 0, len(services))
	for _, name := range services {
		s := p.Services[name]
		specs = append(specs, compose.Spec{
			Service:    name,
			Image:      imageName(p, s),
			ImageID:    images[name].digest,
			ConfigHash: hashes[name],
			Replicas:   s.GetScale(),
			Command:    images[name].command(s),
		})
	}
	return specs, nil
}

// images looks at the services' images, after obtaining what the policy asks
// for.
func (e *Engine) images(
	ctx context.Context, p *types.Project, policy compose.ImagePolicy,
) (map[string]localImage, error) {
	images, err := e.localImages(ctx, p)
	if err != nil || policy.LookOnly {
		return images, err
	}
	changed, err := e.obtain(ctx, p, images, policy)
	if err != nil {
		return nil, err
	}
	if changed {
		if images, err = e.localImages(ctx, p); err != nil {
			return nil, err
		}
	}
	return images, complete(p, images)
}

// complete makes sure that each service has its image.
func complete(p *types.Project, images map[string]localImage) error {
	for name, s := range p.Services {
		if s.Provider == nil && images[name].digest == "" {
			return &ImageError{Service: name, Image: imageName(p, s), Err: errImageMissing}
		}
	}
	return nil
}
