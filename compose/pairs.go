package compose

import (
	"fmt"
	"maps"
	"slices"
)

// pairs makes the model's pairs of the twins that take traffic.
func (b *builder) pairs(found twins) []Pair {
	var pairs []Pair
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if found[name][Blue].job || b.isWorker(found, found[name]) {
			continue
		}
		pair := Pair{Name: name, Services: map[Colour]string{}, Replicas: map[Colour]int{}, Routes: map[Colour]Route{}}
		for colour, m := range found[name] {
			pair.Services[colour] = m.Name
			pair.Replicas[colour] = m.GetScale()
		}
		if b.agree(found[name]) {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// agree tells that both colours say the same of their route. A release moves
// traffic from one to the other, so whatever finds the one must find the
// other.
func (b *builder) agree(pair map[Colour]member) bool {
	blue, green := pair[Blue], pair[Green]
	if b.unread[blue.Name] || b.unread[green.Name] {
		return false
	}
	agreed := true
	for _, key := range routeKeys() {
		of := func(m member) string { return key.value(m.settings) }
		if of(blue) == of(green) {
			continue
		}
		agreed = false
		b.blame(green.Name, fmt.Sprintf("differs from %s in x-bluegreen.%s: %s against %s", blue.Name, key.name, said(of(green)), said(of(blue))),
			"write x-bluegreen once, in an anchor that both services use", extension, key.name)
	}
	return b.agreeOnChecks(blue, green) && agreed
}

type routeKey struct {
	name  string
	value func(serviceSettings) string
}

func routeKeys() []routeKey {
	return []routeKey{
		{"port", func(s serviceSettings) string { return number(s.Port) }},
		{"health", func(s serviceSettings) string { return s.Health }},
		{"host", func(s serviceSettings) string { return s.Host }},
		{"path", func(s serviceSettings) string { return s.Path }},
		{"mode", func(s serviceSettings) string { return string(s.Mode) }},
		{"listen", func(s serviceSettings) string { return number(s.Listen) }},
		{"preview", func(s serviceSettings) string { return s.Preview }},
		{"worker", func(s serviceSettings) string { return s.Worker.String() }},
	}
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func said(value string) string {
	if value == "" {
		return "nothing"
	}
	return value
}
