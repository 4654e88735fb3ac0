package local

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Kept lists the names by which images of the project's releases are kept.
func (e *Engine) Kept(ctx context.Context) ([]string, error) {
	found, err := e.api().ImageList(ctx, client.ImageListOptions{
		Filters: client.Filters{}.Add("reference", compose.KeptPrefix(e.name)+"*"),
	})
	if err != nil {
		return nil, fmt.Errorf("list the images kept for project %s: %w", e.name, err)
	}
	var names []string
	for _, image := range found.Items {
		for _, name := range image.RepoTags {
			if compose.Kept(e.name, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// errMoved is the cause when an image cannot be told to be the wanted one.
var errMoved = errors.New("its name stands for another image by now, and the engine does not find it by its digest")

// Keep gives the image with the digest id the name kept. It is looked for by
// its reference first: an engine with the containerd image store knows digests
// of one platform's part of an image only through the whole.
func (e *Engine) Keep(ctx context.Context, ref, id, kept string) error {
	for _, name := range []string{ref, id} {
		if name == "" {
			continue
		}
		found, ok, err := e.inspectImage(ctx, name)
		if err != nil {
			return fmt.Errorf("keep image %s: %w", name, err)
		}
		if !ok || !holds(found, id) {
			continue
		}
		// By its own id: the reference may move at any moment.
		if _, err := e.api().ImageTag(ctx, client.ImageTagOptions{Source: found.ID, Target: kept}); err != nil {
			return fmt.Errorf("keep image %s as %s: %w", name, kept, err)
		}
		return nil
	}
	return fmt.Errorf("keep image %s (%s): %w", ref, id, errMoved)
}

// holds tells that an image is, or has for some platform, what id names.
func holds(found client.ImageInspectResult, id string) bool {
	if found.ID == id {
		return true
	}
	for _, m := range found.Manifests {
		if m.ID == id {
			return true
		}
	}
	return false
}

// Forget takes names by which images are kept away from them. An image that
// has no other name goes with its last one; one that a container was made from
// is left its name. No other name is ever taken, and nothing is forced.
func (e *Engine) Forget(ctx context.Context, names []string) error {
	return each(ctx, names, func(ctx context.Context, name string) error {
		if !compose.Kept(e.name, name) {
			return fmt.Errorf("forget image %s: the name is not project %s's own", name, e.name)
		}
		_, err := e.api().ImageRemove(ctx, name, client.ImageRemoveOptions{PruneChildren: true})
		if err == nil || errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
			return nil
		}
		return fmt.Errorf("forget image %s: %w", name, err)
	})
}

// Spare sorts the names by which images are kept: those whose image has
// another name, or goes on being kept for another project, can be taken away
// and nothing is lost; the last name of an image cannot.
func (e *Engine) Spare(ctx context.Context) (spare, last []string, err error) {
	names, err := e.Kept(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		found, ok, err := e.inspectImage(ctx, name)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("look at image %s: %w", name, err)
		case !ok:
		case e.otherwiseNamed(found):
			spare = append(spare, name)
		default:
			last = append(last, name)
		}
	}
	return spare, last, nil
}

// otherwiseNamed tells that an image has a name that is not the project's own.
func (e *Engine) otherwiseNamed(found client.ImageInspectResult) bool {
	names := slices.Concat(found.RepoTags, found.RepoDigests)
	return slices.ContainsFunc(names, func(name string) bool { return !compose.Kept(e.name, name) })
}
