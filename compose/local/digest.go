package local

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// localImage is what the engine has of a service's image.
type localImage struct {
	// digest is Compose's identity of the image; empty when it is missing.
	digest string
	tagged time.Time
	// entrypoint and arguments are what it runs where the file says nothing.
	entrypoint, arguments []string
}

// command is what a service's containers run, by the engine's rule: an entry
// point of the file's own makes the image's arguments void.
func (i localImage) command(s types.ServiceConfig) []string {
	entrypoint, arguments := i.entrypoint, i.arguments
	if len(s.Entrypoint) > 0 {
		entrypoint, arguments = s.Entrypoint, nil
	}
	if len(s.Command) > 0 {
		arguments = s.Command
	}
	return slices.Concat(entrypoint, arguments)
}

// localImages looks at the image of each service.
func (e *Engine) localImages(ctx context.Context, p *types.Project) (map[string]localImage, error) {
	var mu sync.Mutex
	images := map[string]localImage{}
	err := each(ctx, p.ServiceNames(), func(ctx context.Context, name string) error {
		found, err := e.localImage(ctx, p, p.Services[name])
		if err != nil {
			return fmt.Errorf("look at the image of service %s: %w", name, err)
		}
		mu.Lock()
		defer mu.Unlock()
		images[name] = found
		return nil
	})
	return images, err
}

func (e *Engine) localImage(ctx context.Context, p *types.Project, s types.ServiceConfig) (localImage, error) {
	found, ok, err := e.inspectImage(ctx, e.reference(p, s))
	if err != nil || !ok {
		return localImage{}, err
	}
	digest, fits, err := contentDigest(found.InspectResponse, s.Platform)
	if err != nil || !fits {
		return localImage{}, err // for another platform is as good as missing
	}
	image := localImage{digest: digest, tagged: found.Metadata.LastTagTime}
	if found.Config != nil {
		image.entrypoint, image.arguments = found.Config.Entrypoint, found.Config.Cmd
	}
	return image, nil
}

// inspectImage looks at an image; ok is false when the engine lacks it.
func (e *Engine) inspectImage(ctx context.Context, ref string) (found client.ImageInspectResult, ok bool, err error) {
	var options []client.ImageInspectOption
	if versions.GreaterThanOrEqualTo(e.api().ClientVersion(), "1.48") {
		options = append(options, client.ImageInspectWithManifests(true))
	}
	found, err = e.api().ImageInspect(ctx, ref, options...)
	if errdefs.IsNotFound(err) {
		return found, false, nil
	}
	return found, err == nil, err
}

// contentDigest is the identity by which Compose tells whether a container's
// image is up to date (localContentDigest of the SDK, which does not export
// it): the digest of the manifest for the platform where the engine knows
// manifests, else the image's ID. fits tells whether the image is for the
// platform; any image fits where the file asks for none.
func contentDigest(found image.InspectResponse, platform string) (digest string, fits bool, err error) {
	var matcher platforms.Matcher = platforms.Default()
	if platform != "" {
		p, err := platforms.Parse(platform)
		if err != nil {
			return "", false, fmt.Errorf("platform %q: %w", platform, err)
		}
		matcher = platforms.NewMatcher(p)
	}
	digest, fits = matchManifest(found, matcher)
	return digest, fits || platform == "", nil
}

// matchManifest picks the manifest for a platform; the only one there is
// keeps its digest even when it is for another platform.
func matchManifest(found image.InspectResponse, matcher platforms.Matcher) (digest string, fits bool) {
	own := matcher.Match(ocispec.Platform{Architecture: found.Architecture, OS: found.Os, Variant: found.Variant})
	if len(found.Manifests) == 0 {
		return found.ID, own
	}
	var available []image.ManifestSummary
	for _, m := range found.Manifests {
		if m.Kind != image.ManifestKindImage || !m.Available {
			continue
		}
		if m.ImageData != nil && matcher.Match(m.ImageData.Platform) {
			return m.ID, true
		}
		available = append(available, m)
	}
	if len(available) != 1 {
		return found.ID, false
	}
	return available[0].ID, own && available[0].ImageData == nil
}
