package switcher

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// DefaultKeep is how many old releases keep their images, where neither flag
// nor file says otherwise.
const DefaultKeep = 3

// shelving is what a step does to the shelf.
type shelving struct {
	Releases []Kept // remembered from now on
	Keep     []naming
	Forget   []string
}

// naming gives an image a name.
type naming struct{ Ref, ID, Name string }

// keep sees to it that the images of the release that comes up stay, and those
// of what serves and of what served before: no prune must take the way back.
func (p *Plan) keep(s State, w wanted) {
	if s.Shelf == nil {
		return
	}
	var step shelving
	step.Releases = slices.Clone(s.Shelf.Releases)
	var named []string
	for _, k := range append(s.serving(), coming(w)) {
		if k.Release == "" {
			continue
		}
		before := len(step.Keep)
		step.shelve(s, w, k)
		if len(step.Keep) > before || !slices.ContainsFunc(s.Shelf.Releases, k.equal) {
			named = append(named, k.Release)
		}
	}
	if len(named) > 0 {
		p.add(Step{Action: DoKeep, Services: slices.Compact(named), Shelf: &step, Cause: "no prune takes its images"})
	}
}

// equal tells that another entry says the same.
func (k Kept) equal(other Kept) bool { return reflect.DeepEqual(k, other) }

// shelve puts a release on the shelf, as the newest, with the names that its
// images lack.
func (t *shelving) shelve(s State, w wanted, k Kept) {
	former, _ := s.Shelf.find(k.Release)
	t.Releases = slices.DeleteFunc(t.Releases, func(other Kept) bool { return other.Release == k.Release })
	t.Releases = append(t.Releases, k)
	for _, unit := range slices.Sorted(maps.Keys(k.Images)) {
		image := k.Images[unit]
		name := compose.KeptRef(s.Project, unit, k.Release)
		if !slices.Contains(s.Shelf.Names, name) || former.Images[unit].ID != image.ID {
			t.Keep = append(t.Keep, naming{Ref: cmp.Or(w.Pinned[image.Service], image.Ref), ID: image.ID, Name: name})
		}
	}
}

// coming is the release that comes up. One whose images are not there, in a
// dry run, has no name yet.
func coming(w wanted) Kept {
	k := Kept{Release: releaseOfSpecs(w), Images: map[string]KeptImage{}}
	for service, unit := range w.Model.Units(w.Colour) {
		spec := w.Specs[service]
		if spec.ImageID == "" {
			return Kept{}
		}
		k.Images[unit] = KeptImage{Service: service, Ref: spec.Image, ID: spec.ImageID, Hash: spec.ConfigHash}
	}
	return k
}

// serving are the releases that serve now and that served before, as they are
// remembered, or else as their containers show them.
func (s State) serving() []Kept {
	var list []Kept
	if s.Routing == nil || s.Model == nil {
		return nil
	}
	for _, c := range []compose.Colour{s.Routing.Previous, s.Active()} {
		release := s.Release(c)
		if release == "" || c != s.Active() && release != s.Routing.PreviousRelease {
			continue
		}
		if k, found := s.Shelf.find(release); found {
			list = append(list, k)
		} else if k, whole := s.seen(c); whole {
			list = append(list, k)
		}
	}
	return list
}

// seen is a colour's release as its containers show it; not whole where one
// service runs two images, or none. Its jobs may be gone long since.
func (s State) seen(c compose.Colour) (k Kept, whole bool) {
	k = Kept{Release: s.Release(c), Images: map[string]KeptImage{}}
	for _, service := range s.Model.Members(c) {
		containers := s.Of(service)
		if len(containers) == 0 {
			return k, false
		}
		first := containers[0]
		if slices.ContainsFunc(containers, func(ctr compose.Container) bool { return ctr.ImageID != first.ImageID }) {
			return k, false
		}
		ref := first.Image
		if strings.HasPrefix(ref, "sha256:") {
			ref = "" // its name stands for another image by now
		}
		name, _, _ := s.Model.PartOf(service)
		k.Images[name] = KeptImage{Service: first.Service, Ref: ref, ID: first.ImageID, Hash: first.ConfigHash}
	}
	return k, len(k.Images) > 0
}

// planForget plans to forget the images of all but the last n old releases.
// Those that a colour runs, and those that served last, are no old ones; one
// that never served is of no use once nothing runs it.
func planForget(s State, history []Record, n int, besides ...string) Plan {
	var p Plan
	stay := append(slices.Clone(besides), s.Routing.Release, s.Routing.PreviousRelease)
	for _, c := range compose.Colours() {
		stay = append(stay, s.Release(c))
	}
	var t shelving
	var gone, names []string
	kept := oldReleases(history, stay, n)
	for _, k := range s.Shelf.Releases {
		if !slices.Contains(stay, k.Release) && !slices.Contains(kept, k.Release) {
			gone = append(gone, k.Release)
			continue
		}
		t.Releases = append(t.Releases, k)
		for unit := range k.Images {
			names = append(names, compose.KeptRef(s.Project, unit, k.Release))
		}
	}
	for _, name := range s.Shelf.Names {
		if !slices.Contains(names, name) {
			t.Forget = append(t.Forget, name)
		}
	}
	if len(gone)+len(t.Forget) > 0 {
		p.add(Step{Action: DoForget, Services: gone, Shelf: &t, Cause: fmt.Sprintf("not among the last %d that have kept the traffic, which stay beside both colours'", n)})
	}
	return p
}

// oldReleases are the last n releases that served, those left out that stay
// anyway.
func oldReleases(history []Record, stay []string, n int) []string {
	var list []string
	for _, r := range slices.Backward(history) {
		served := r.Result == "done" && moves(r.Action) && r.Release != ""
		if served && len(list) < n && !slices.Contains(stay, r.Release) && !slices.Contains(list, r.Release) {
			list = append(list, r.Release)
		}
	}
	return list
}
