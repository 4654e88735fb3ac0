package switcher

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Prober asks for a project's pages as visitors do, from where the tool runs.
type Prober interface {
	// Begin returns once each target has been answered well, and goes on
	// asking. An error says why there is nothing to be seen from here.
	Begin(ctx context.Context, o ProbeOptions) (Probing, error)
}

// ProbeOptions say what a Prober asks for.
type ProbeOptions struct {
	Targets []ProbeTarget
	// To is the colour that is about to take the traffic.
	To compose.Colour
	// Token has the proxy tell which colour has answered; "" where it cannot.
	Token string
}

// ProbeTarget is a page at a published port.
type ProbeTarget struct {
	Port compose.PublishedPort
	// Secure tells that the proxy ends TLS there.
	Secure bool
	// Host and Path are those of the page's route.
	Host, Path string
}

// Probing is a probe under way.
type Probing interface {
	// Moved tells that the proxy has taken the change. The probe then goes on
	// until the new colour has answered on every connection, or has not for
	// too long.
	Moved()
	// End returns what was seen when the probe has ended, after a last look at
	// each target: what took the traffic may have died since. It ends one that
	// was not told of a change, and any when ctx ends.
	End(ctx context.Context) Probe
}

// Probe is what the tool's own requests met with during a switch. Times are in
// milliseconds, counted from the moment before the change.
type Probe struct {
	Sent int `json:"sent"`
	// Lost were refused, cut, not answered, or answered by the proxy itself.
	Lost int `json:"lost"`
	// LongestGap is the longest time without a good answer.
	LongestGap int64 `json:"longestGapMs"`
	// FirstNew is when the new colour answered first, LastOld when the former
	// one did last; nil where that was not seen.
	FirstNew *int64 `json:"firstNewMs,omitempty"`
	LastOld  *int64 `json:"lastOldMs,omitempty"`
	// Why says how the first of the lost was lost.
	Why string `json:"why,omitempty"`
	// LeftOut says what was not probed, and why.
	LeftOut string `json:"leftOut,omitempty"`
}

// Describe says what was seen of a switch between two colours.
func (p Probe) Describe(from, to compose.Colour) string {
	if p.Sent == 0 {
		return "not probed: " + p.LeftOut
	}
	text := fmt.Sprintf("%d sent, %d lost, longest gap %s", p.Sent, p.Lost, inMilliseconds(p.LongestGap))
	var seen []string
	if p.FirstNew != nil {
		seen = append(seen, fmt.Sprintf("first answer of %s after %s", to, inMilliseconds(*p.FirstNew)))
	}
	if p.LastOld != nil {
		seen = append(seen, fmt.Sprintf("last of %s after %s", from, inMilliseconds(*p.LastOld)))
	}
	if len(seen) > 0 {
		text += "; " + strings.Join(seen, ", ")
	}
	if p.LeftOut != "" {
		text += "; not probed: " + p.LeftOut
	}
	return text
}

func inMilliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// figures are what programs that read the progress get.
func (p Probe) figures() map[string]int64 {
	f := map[string]int64{"sent": int64(p.Sent), "lost": int64(p.Lost), "longestGapMs": p.LongestGap}
	if p.FirstNew != nil {
		f["firstNewMs"] = *p.FirstNew
	}
	if p.LastOld != nil {
		f["lastOldMs"] = *p.LastOld
	}
	return f
}

// probeTargets picks a page for each listener: that of a route which is the same
// in both colours, so that an answer that is missing is one that was lost.
func probeTargets(m compose.Model, proxies []compose.Container, secure []int) []ProbeTarget {
	targets := map[int]ProbeTarget{}
	for route, port := range published(constant(m), proxies) {
		if _, taken := targets[route.Listen]; taken || route.Mode != compose.HTTP {
			continue
		}
		path := route.Path
		if path == "" {
			path = "/"
		}
		targets[route.Listen] = ProbeTarget{Port: port, Secure: slices.Contains(secure, route.Listen), Host: route.Host, Path: path}
	}
	sorted := make([]ProbeTarget, 0, len(targets))
	for _, listen := range slices.Sorted(maps.Keys(targets)) {
		sorted = append(sorted, targets[listen])
	}
	return sorted
}

// constant is a model's pairs whose visitors take the same way in both colours.
func constant(m compose.Model) compose.Model {
	m.Pairs = slices.DeleteFunc(slices.Clone(m.Pairs), func(p compose.Pair) bool {
		blue, green := p.Routes[compose.Blue], p.Routes[compose.Green]
		same := blue.Listen == green.Listen && blue.Mode == green.Mode && blue.Host == green.Host && blue.Path == green.Path
		return !p.Has(compose.Blue) || !p.Has(compose.Green) || !same
	})
	return m
}
