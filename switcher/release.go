package switcher

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// releaseLength is the number of hexadecimal digits of a release id.
const releaseLength = 10

// releaseOf names what a colour's containers run: the same images with the
// same settings are the same release, in whichever colour and at whatever
// scale. It is observed, never stored on the containers, so it cannot lie
// about containers that somebody replaced by other means. No containers: "".
func releaseOf(m compose.Model, c compose.Colour, containers []compose.Container) string {
	var parts []string
	for _, ctr := range containers {
		if name, colour, ok := m.PartOf(ctr.Service); ok && colour == c {
			parts = append(parts, name+" "+ctr.ImageID+" "+ctr.ConfigHash)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	slices.Sort(parts)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(parts), "\n")))
	return hex.EncodeToString(sum[:])[:releaseLength]
}

// imagesOf lists a colour's images by pair.
func imagesOf(m compose.Model, c compose.Colour, containers []compose.Container) map[string]string {
	images := map[string]string{}
	for _, ctr := range containers {
		if name, colour, ok := m.PartOf(ctr.Service); ok && colour == c {
			images[name] = ctr.Image
		}
	}
	return images
}

// servicesOf lists all of a colour's services: jobs first, then pairs and workers.
func servicesOf(m compose.Model, c compose.Colour) []string {
	return append(slices.Clone(m.Jobs[c]), m.Members(c)...)
}

// ids lists containers' ids.
func ids(containers []compose.Container) []string {
	list := make([]string, 0, len(containers))
	for _, c := range containers {
		list = append(list, c.ID)
	}
	return list
}

// namesOf lists the services of containers, once each, sorted.
func namesOf(containers []compose.Container) []string {
	set := map[string]bool{}
	for _, c := range containers {
		set[c.Service] = true
	}
	return slices.Sorted(maps.Keys(set))
}
