package switcher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// ReleaseError tells that a release cannot be brought up again. Nothing has
// been changed.
type ReleaseError struct {
	Release string
	Why     string
	Next    string // the hint; empty for the general one
}

func (e *ReleaseError) Error() string { return fmt.Sprintf("release %s: %s", e.Release, e.Why) }

// Hint says what to type next.
func (e *ReleaseError) Hint() string {
	return cmp.Or(e.Next, "see which releases can be brought back: docker bluegreen history")
}

// choose finds the release that begins with what was typed.
func (s Shelf) choose(typed string) (Kept, error) {
	var found []Kept
	for _, k := range s.Releases {
		if strings.HasPrefix(k.Release, typed) && typed != "" {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Kept{}, &ReleaseError{Release: typed, Why: "no release of this name is kept"}
	default:
		return Kept{}, &ReleaseError{
			Release: typed, Why: fmt.Sprintf("%s and %s begin with it", found[0].Release, found[1].Release),
			Next: "type more of its name",
		}
	}
}

// pin has colour c come up with the images of a release that is kept, and
// tells what each of its services is pinned to.
func (v *visit) pin(ctx context.Context, c compose.Colour, typed string) (map[string]string, error) {
	if typed == "" {
		return nil, nil
	}
	if err := v.observeShelf(ctx); err != nil {
		return nil, err
	}
	if v.state.Shelf == nil {
		return nil, &ReleaseError{Release: typed, Why: compose.ErrKeepsNone.Error(), Next: "name its images: docker bluegreen up --image PAIR=REF"}
	}
	kept, err := v.state.Shelf.choose(typed)
	if err != nil {
		return nil, err
	}
	if why := v.state.Shelf.missing(v.Project, kept.Release); why != "" {
		return nil, &ReleaseError{Release: kept.Release, Why: why}
	}
	pinned := map[string]string{}
	for service, unit := range v.Source.Units(c) {
		image, has := kept.Images[unit]
		if !has {
			return nil, &ReleaseError{
				Release: kept.Release, Why: fmt.Sprintf("it has no %s, which the file has", unit),
				Next: "use the file as it was when the release was made",
			}
		}
		pinned[service] = compose.KeptRef(v.Project, unit, kept.Release)
		v.Source.Pin(service, cmp.Or(image.Ref, pinned[service]), pinned[service])
	}
	return pinned, nil
}

// comparePinned makes sure that what comes up has the release's images, and
// says where the settings are others than the release had.
func (v *visit) comparePinned(ctx context.Context, w wanted, typed string) error {
	kept, err := v.state.Shelf.choose(typed)
	if err != nil {
		return err
	}
	var changed []string
	for service, unit := range v.Source.Units(w.Colour) {
		image := kept.Images[unit]
		if w.Specs[service].ImageID != image.ID {
			return &ReleaseError{Release: kept.Release, Why: fmt.Sprintf("%s is another image than it was", w.Pinned[service])}
		}
		same, err := v.sameSettings(ctx, w.Specs[service], image)
		if err != nil {
			return err
		}
		if !same {
			changed = append(changed, unit)
		}
	}
	if slices.Sort(changed); len(changed) > 0 {
		v.Report.Report(compose.Event{
			Step: "release", Subject: kept.Release, Colour: w.Colour, Status: compose.Warning,
			Text: fmt.Sprintf("its images come up with the file's settings, which have changed since for %s: that is release %s",
				strings.Join(changed, ", "), releaseOfSpecs(w)),
		})
	}
	return nil
}

// sameSettings tells that a release had the settings that the file has now.
// The twins' may differ, so they are compared for the service that ran it.
func (v *visit) sameSettings(ctx context.Context, spec compose.Spec, image KeptImage) (bool, error) {
	switch {
	case image.Ref == "":
		return false, nil
	case image.Service == spec.Service:
		return image.Hash == spec.ConfigHash, nil
	}
	all := v.Source.Source.AllServices()
	if _, exists := all[image.Service]; !exists {
		return false, nil
	}
	v.Source.Pin(image.Service, image.Ref, v.Source.Pinned(spec.Service))
	specs, err := v.Engine.Resolve(ctx, []string{image.Service}, compose.ImagePolicy{LookOnly: true})
	return err == nil && specs[0].ConfigHash == image.Hash, err
}
