package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// twins are the members of each pair by colour. A pair of jobs is among them.
type twins map[string]map[Colour]member

// twins finds for every service of one colour the one of the other.
func (b *builder) twins(members []member) twins {
	found := twins{}
	for _, m := range members {
		if len(m.colours) != 1 {
			continue // a job of both colours is its own twin
		}
		name, ok := b.pairName(m)
		if !ok {
			continue
		}
		colour := m.colours[0]
		if found[name] == nil {
			found[name] = map[Colour]member{}
		}
		if other, taken := found[name][colour]; taken {
			b.blame(m.Name, fmt.Sprintf("is the second %s service of the pair %q, beside %s", colour, name, other.Name),
				"give one of the two pairs a name of its own: x-bluegreen.pair", "profiles")
			continue
		}
		found[name][colour] = m
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !b.matched(found[name]) {
			delete(found, name)
		}
	}
	return found
}

// separators may stand between a pair's name and the colour.
const separators = "-_."

// pairName is x-bluegreen.pair, or else the service's name without its colour.
func (b *builder) pairName(m member) (string, bool) {
	if m.settings.Pair != "" {
		return m.settings.Pair, true
	}
	colour := m.colours[0]
	if name, ok := stem(m.Name, colour); ok {
		return name, true
	}
	if _, ok := stem(m.Name, colour.Other()); ok {
		b.blame(m.Name, fmt.Sprintf("is named for %s but has the profile %s", colour.Other(), colour),
			fmt.Sprintf("write profiles: [%s]", colour.Other()), "profiles")
		return "", false
	}
	b.blame(m.Name, fmt.Sprintf("has the profile %s, but its name does not say of which pair", colour),
		fmt.Sprintf("rename it to %s-%s, or give it and its twin the same x-bluegreen.pair", m.Name, colour), "profiles")
	return "", false
}

// stem cuts the colour off the end or the beginning of a service's name.
func stem(service string, c Colour) (string, bool) {
	for _, separator := range strings.Split(separators, "") {
		if name, ok := strings.CutSuffix(service, separator+string(c)); ok && name != "" {
			return name, true
		}
		if name, ok := strings.CutPrefix(service, string(c)+separator); ok && name != "" {
			return name, true
		}
	}
	return "", false
}

// matched tells that both colours of a pair are there and of one sort.
func (b *builder) matched(pair map[Colour]member) bool {
	if len(pair) == 1 {
		for colour, m := range pair {
			b.reportAlone(m, colour)
		}
		return false
	}
	blue, green := pair[Blue], pair[Green]
	if blue.job == green.job {
		return true
	}
	job, other := blue, green
	if green.job {
		job, other = green, blue
	}
	b.blame(other.Name, fmt.Sprintf("is the twin of the job %s, but no %s service waits for it to complete", job.Name, other.colours[0]),
		"depend on it as in the other colour, with condition: service_completed_successfully")
	return false
}

// reportAlone says how a service gets its missing twin.
func (b *builder) reportAlone(m member, colour Colour) {
	missing := colour.Other()
	twin := strings.Replace(m.Name, string(colour), string(missing), 1)
	other, exists := b.source.Services[twin]
	exists = exists && twin != m.Name
	if exists && b.blamed(twin) {
		return // what is wrong with the twin is said
	}
	fix := fmt.Sprintf("add %s with profiles: [%s]", twin, missing)
	switch {
	case exists && len(coloursOf(other)) == 0:
		fix = fmt.Sprintf("give %s profiles: [%s]", twin, missing)
	case exists:
		fix = fmt.Sprintf("give %s the same x-bluegreen.pair", twin)
	case twin == m.Name:
		fix = fmt.Sprintf("add a service with profiles: [%s] and x-bluegreen.pair: %s", missing, m.settings.Pair)
	case m.job:
		fix += ", or run the job in both colours, with profiles: [blue, green]"
	}
	b.blame(m.Name, fmt.Sprintf("has no twin in %s", missing), fix)
}
