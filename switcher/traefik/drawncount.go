package traefik

import "github.com/bluegreen/docker-bluegreen/compose"

// drawnCount are requests of visitors who drew a lot with them, or have none to keep.
// Their router leads to both colours, so to which each went shows at the services
// alone, where each try is counted: what a colour's service has beyond what came
// by routers that lead nowhere else. So do, also without a canary, tries that
// another replica has made good.
type drawnCount struct {
	requests, errors int
	broken           int // tries
}

// drawn is what a pair's colours got so. Errors that the visitors' router has not
// counted were made good, wherever they were.
func (f families) drawn(pair string) map[compose.Colour]drawnCount {
	if _, found := f[routerRequests]; !found {
		return nil // the services' counts are all there is
	}
	got := map[compose.Colour]drawnCount{}
	failures := 0
	for _, c := range compose.Colours() {
		d := drawnCount{
			requests: f.beyond(pair, c, func(labels) bool { return true }),
			errors:   f.beyond(pair, c, failed),
		}
		got[c] = d
		failures += d.errors
	}
	seen := int(f.sum(routerRequests, both(func(l labels) bool { return isDrawn(pair, l["service"]) }, failed)))
	for c, d := range got {
		if failures > seen {
			d.broken = d.errors - d.errors*seen/failures
		}
		d.errors -= d.broken
		d.requests = max(0, d.requests-d.broken)
		got[c] = d
	}
	return got
}

// beyond is how much more of a kind a colour's service has than the routers that
// lead there alone.
func (f families) beyond(pair string, c compose.Colour, kind func(labels) bool) int {
	return max(0, int(f.sum(serviceRequests, both(serves(pair, c), kind))-f.sum(routerRequests, both(leads(pair, c), kind))))
}

// isDrawn tells of a service from which a pair's visitors are sent to either
// colour.
func isDrawn(pair, service string) bool {
	for _, c := range compose.Colours() {
		if service == drawnOf(pair, c)+provider {
			return true
		}
	}
	return service == fineOf(pair)+provider
}
