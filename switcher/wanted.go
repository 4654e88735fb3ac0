package switcher

import (
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// wanted is what the file wants of the colour that comes up.
type wanted struct {
	Colour compose.Colour
	// Model is what the proxy is to be set up from: the file's for this
	// colour, what runs for the other one.
	Model compose.Model
	// Specs says what each of the colour's services is to be.
	Specs map[string]compose.Spec
	// Pinned names the kept image of each service of a release that is brought
	// back.
	Pinned map[string]string
	// Waves is the order in which the colour's services start.
	Waves [][]string
	// Needs are the shared services that the colour cannot do without.
	Needs []string
	// Shared tells that shared services are to be converged too.
	Shared bool
	// Yes agrees to replacing a Swarm's instances of the proxy by Verb.
	Yes  bool
	Verb string
	// Token is what is to open the preview.
	Token string
	// Checks must pass before the colour is as wanted.
	Checks []compose.Check
}

// outdated lists the colour's containers that the file does not want: those
// with other settings or another image, surplus ones, and those of services
// that the file no longer has. The ended containers of jobs that have to run
// again are among them; a job that still runs is waited for.
func outdated(s State, w wanted) []compose.Container {
	var list []compose.Container
	services := servicesOf(w.Model, w.Colour)
	if s.Model != nil {
		services = append(services, servicesOf(*s.Model, w.Colour)...)
	}
	slices.Sort(services)
	for _, service := range slices.Compact(services) {
		list = append(list, outdatedOf(s, w, service)...)
	}
	return list
}

// outdatedOf does so for one service. Replicas with low numbers stay.
func outdatedOf(s State, w wanted, service string) []compose.Container {
	spec, inFile := w.Specs[service]
	ended := slices.Contains(w.Model.Jobs[w.Colour], service)
	if ended && runsAsWanted(s, w) {
		return nil
	}
	var list []compose.Container
	kept := 0
	for _, c := range s.Of(service) {
		if !inFile || ended && !c.Running() || !spec.UpToDate(c) || c.State == "dead" || kept == spec.Replicas {
			list = append(list, c)
			continue
		}
		kept++
	}
	return list
}

// missing lists the services that have fewer containers than the file wants
// once the outdated ones are gone.
func missing(s State, w wanted, outdated []compose.Container) []string {
	var list []string
	for _, service := range servicesOf(w.Model, w.Colour) {
		gone := 0
		for _, c := range outdated {
			if c.Service == service {
				gone++
			}
		}
		if len(s.Of(service))-gone < w.Specs[service].Replicas {
			list = append(list, service)
		}
	}
	return list
}

// runsAsWanted tells that all the colour's pairs and workers run as the file
// says, or are made where they do not run yet, so that its jobs have been run
// for them.
func runsAsWanted(s State, w wanted) bool {
	deferred := w.Model.Deferred(w.Colour)
	for _, service := range w.Model.Members(w.Colour) {
		spec := w.Specs[service]
		there := 0
		for _, c := range s.Of(service) {
			if (c.Running() || slices.Contains(deferred, service)) && spec.UpToDate(c) {
				there++
			}
		}
		if there < spec.Replicas {
			return false
		}
	}
	return true
}

// releaseOfSpecs names the release that the specs describe; it is what
// releaseOf will say of their containers.
func releaseOfSpecs(w wanted) string {
	var containers []compose.Container
	for _, service := range w.Model.Members(w.Colour) {
		spec := w.Specs[service]
		if spec.Replicas > 0 {
			containers = append(containers, compose.Container{Service: service, ImageID: spec.ImageID, ConfigHash: spec.ConfigHash})
		}
	}
	return releaseOf(w.Model, w.Colour, containers)
}

// imagesOfSpecs lists the images that the specs name, by pair.
func imagesOfSpecs(w wanted) map[string]string {
	images := map[string]string{}
	for _, service := range w.Model.Members(w.Colour) {
		name, _, _ := w.Model.PartOf(service)
		images[name] = w.Specs[service].Image
	}
	return images
}
