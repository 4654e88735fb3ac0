package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// KeptDomain begins the names by which the images of releases are kept. No
// registry can ever have it: `.invalid` is reserved for names that never
// resolve (RFC 2606), so nobody pulls, or pushes to, such a name by mistake.
const KeptDomain = "bluegreen.invalid"

// KeptPrefix begins the names by which a project's images are kept.
func KeptPrefix(project string) string { return KeptDomain + "/" + component(project) + "/" }

// KeptRef is the name by which the image of a release's unit (a pair, or a
// job) is kept from `docker image prune`.
func KeptRef(project, unit, release string) string {
	return KeptPrefix(project) + component(unit) + ":" + release
}

// What an image's name may have between slashes, and how much of it is used:
// the whole name may have 255 characters.
var legalComponent = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$`)

const longComponent = 80

// component is a name as a part of an image's name. Compose allows names of
// projects and services that an image's name cannot have: those are told apart
// by a hash.
func component(name string) string {
	if legalComponent.MatchString(name) && len(name) <= longComponent {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	plain := strings.Join(append(words, hex.EncodeToString(sum[:])[:12]), "-")
	return strings.TrimLeft(plain[max(0, len(plain)-longComponent):], "-")
}

// Units names what each of a colour's services is a part of, whatever its
// colour: the pair or worker, or for a job the job's name without the colour.
func (m Model) Units(c Colour) map[string]string {
	units := map[string]string{}
	for _, job := range m.Jobs[c] {
		units[job] = job
		if name, coloured := stem(job, c); coloured {
			units[job] = name
		}
	}
	for _, service := range m.Members(c) {
		units[service], _, _ = m.PartOf(service)
	}
	return units
}

// Pin has a service's containers made from the image that is kept by a name,
// with the settings that the service has with the image ref: their config hash
// is that of ref, which may name another image by now, or none.
func (p *Project) Pin(service, ref, kept string) {
	for _, services := range []types.Services{p.Source.Services, p.Source.DisabledServices} {
		if s, ok := services[service]; ok {
			s.Image = ref
			services[service] = s
		}
	}
	if p.pinned == nil {
		p.pinned = map[string]string{}
	}
	p.pinned[service] = kept
}

// Pinned is the name of the image that a service is pinned to; "" for none.
func (p *Project) Pinned(service string) string { return p.pinned[service] }

// Kept tells of an image's name that it is one by which a project keeps it.
func Kept(project, ref string) bool { return strings.HasPrefix(ref, KeptPrefix(project)) }

// ErrKeepsNone tells that an engine keeps no images of releases.
var ErrKeepsNone = errors.New("images lie on the nodes of the Swarm, out of reach")
