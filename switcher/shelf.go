package switcher

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Keeper keeps the images of releases from being pruned, by names of the
// project's own (compose.KeptRef).
type Keeper interface {
	// Kept lists the names by which images are kept, sorted. On an engine that
	// keeps none it is compose.ErrKeepsNone.
	Kept(ctx context.Context) ([]string, error)
	// Keep gives the image with the digest id, known by ref, the name kept.
	Keep(ctx context.Context, ref, id, kept string) error
	// Forget takes names away from their images. An image that has no other
	// goes with its last one; one that a container was made from keeps it.
	Forget(ctx context.Context, names []string) error
}

// Kept is a release that can be brought up again as long as its images are
// there.
type Kept struct {
	Release string `json:"release"`
	// Images are those of its pairs and jobs.
	Images map[string]KeptImage `json:"images"`
}

// KeptImage is the image of one pair or job of a release.
type KeptImage struct {
	// Service ran it, Ref is what its file called it ("" where that was not
	// known any more), ID its digest.
	Service string `json:"service"`
	Ref     string `json:"ref,omitempty"`
	ID      string `json:"id"`
	// Hash is Compose's hash of the service's settings.
	Hash string `json:"hash"`
}

// Shelf is what there is to bring a release back with: the releases that the
// proxy's volume remembers, oldest first, and the names by which the engine
// still has images.
type Shelf struct {
	Releases []Kept
	Names    []string
}

// find is a remembered release.
func (s Shelf) find(release string) (Kept, bool) {
	i := slices.IndexFunc(s.Releases, func(k Kept) bool { return k.Release == release })
	if i < 0 {
		return Kept{}, false
	}
	return s.Releases[i], true
}

// missing says what keeps a release from being brought back; "" is nothing.
func (s Shelf) missing(project, release string) string {
	kept, found := s.find(release)
	if !found {
		return "its images are not kept"
	}
	var gone []string
	for _, unit := range slices.Sorted(maps.Keys(kept.Images)) {
		if !slices.Contains(s.Names, compose.KeptRef(project, unit, release)) {
			gone = append(gone, unit)
		}
	}
	if len(gone) > 0 {
		return "the image of " + strings.Join(gone, ", ") + " has been removed"
	}
	return ""
}

// observeShelf sees what there is to bring a release back with. On an engine that
// keeps none there is no shelf, and nothing is planned for it.
func (v *visit) observeShelf(ctx context.Context) error {
	names, err := v.Engine.Kept(ctx)
	if errors.Is(err, compose.ErrKeepsNone) {
		return nil
	}
	if err != nil {
		return err
	}
	shelf := &Shelf{Names: names}
	if v.line != nil {
		if shelf.Releases, err = v.line.Releases(ctx); err != nil {
			return err
		}
	}
	v.state.Shelf = shelf
	return nil
}

// tellKept says in each record of a release whether it can be brought back.
func (s Shelf) tellKept(project string, records []Record) {
	for i, r := range records {
		if r.Release == "" || !moves(r.Action) {
			continue
		}
		records[i].Kept = "yes"
		if why := s.missing(project, r.Release); why != "" {
			records[i].Kept = "no: " + why
		}
	}
}
