// Package traefik drives Traefik, 3.6 and later, by its file provider. Which
// colour is active, and which replicas take traffic, is one file in a directory
// that Traefik watches. A switch replaces the file by one rename, which Traefik
// takes as one new configuration for all routers.
package traefik

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The files beside the state: a note, a copy of the replicas, for when somebody
// removes the routes file, and a sign that the holder's ports are redirected.
const (
	noteFile     = "note.json"
	replicasFile = "replicas.json"
	redirectFile = "redirected"
)

// adminEntry is the entry point of the tool's own, on the loopback interface
// of the container: Traefik's API, and the ways to single replicas. Its port,
// and those from sidePorts on (see lane), lie above the ports that Linux gives
// to outgoing connections.
const (
	adminEntry   = "bluegreen"
	adminPort    = 61919
	adminAddress = "127.0.0.1:61919"
	sidePorts    = 61921
)

// The headers by which the tool's own requests find their routers, and by
// which it knows the colour that answered.
const (
	replicaHeader = "X-Bluegreen-Replica"
	checkHeader   = "X-Bluegreen-Check"
	verifyHeader  = "X-Bluegreen-Verify"
	colourHeader  = compose.ColourHeader
)

// What Traefik itself answers with, and in which it names what comes of files.
const (
	apiService  = "api@internal"
	noopService = "noop@internal"
	provider    = "@file"
)

// The names of what is routed begin with a word and a dash, those of the tool's
// own with a word and an underscore, so that they never meet.
const (
	apiRouter      = "bluegreen_api"
	noColour       = "bluegreen_none"
	forVisitors    = "bluegreen_visitors"
	forTool        = "bluegreen_tool"
	tryAgain       = "bluegreen_retry"
	sayColour      = "bluegreen_colour"
	sayGoodbye     = "bluegreen_goodbye"
	hideToken      = "bluegreen_hide"
	hideProbe      = "bluegreen_hideprobe"
	retryAfter     = "bluegreen_retryafter"
	revisionPrefix = "bluegreen_revision-"
	sharePrefix    = "bluegreen_share-"
	pinnedPrefix   = "bluegreen_pinning-"
	lottery        = "bluegreen_lottery"
)

// routerOf names the router of a pair.
func routerOf(pair string) string { return "bluegreen-" + pair }

// serviceOf names what serves a pair in one colour. The names of different
// pairs never meet, since each ends with a colour.
func serviceOf(pair string, c compose.Colour) string {
	return "bluegreen-" + pair + "-" + string(c)
}

// checkOf names the router for whose sake Traefik checks a service.
func checkOf(pair string, c compose.Colour) string {
	return "bluegreen_check-" + pair + "-" + string(c)
}

// replicaOf names the way to a single replica.
func replicaOf(pair, name string) string { return "bluegreen_replica-" + pair + "-" + name }

// verifyOf names the router by which a switch is proven on a port.
func verifyOf(port int) string { return fmt.Sprintf("bluegreen_verify-%d", port) }

// leavingOf names a router's twin for connections that are to be closed.
func leavingOf(router string) string { return "bluegreen_leaving-" + router }

// colourOf names a pair's router to a colour that a request with the token
// names, noColourOf the one of a port behind them.
func colourOf(pair string, c compose.Colour) string {
	return "bluegreen_named-" + pair + "-" + string(c)
}
func noColourOf(port int) string { return fmt.Sprintf("bluegreen_nonamed-%d", port) }

// sayOf names what tells a preview which colour has answered.
func sayOf(c compose.Colour) string { return "bluegreen_say-" + c.OrNone() }

// candidateOf and nextOf name a pair's routers to the idle colour, by the token
// and by the preview's host, noCandidateOf the one of a port behind them.
func candidateOf(pair string) string { return "bluegreen_candidate-" + pair }
func nextOf(pair string) string      { return "bluegreen_next-" + pair }
func noCandidateOf(port int) string  { return fmt.Sprintf("bluegreen_nocandidate-%d", port) }

// probeOf names a pair's router for the tool's own requests among visitors'.
func probeOf(pair string) string { return "bluegreen_probe-" + pair }

// drawnOf names what gives the clients of a pair a lot while a colour is active,
// and fineOf what gives the second digit.
func drawnOf(pair string, active compose.Colour) string {
	return "bluegreen_drawn-" + pair + "-" + string(active)
}
func fineOf(pair string) string { return "bluegreen_fine-" + pair }

// chosenOf, keptOf and mixedOf name a pair's routers of clients with a lot.
func chosenOf(pair string) string { return "bluegreen_chosen-" + pair }
func keptOf(pair string) string   { return "bluegreen_kept-" + pair }
func mixedOf(pair string) string  { return "bluegreen_mixed-" + pair }

// beganOf names what gives the visitors of a pair the cookie of a colour, pinnedOf
// a pair's router of those who stay with one, and keepingOf where it leads.
func beganOf(pair string, c compose.Colour) string {
	return "bluegreen_began-" + pair + "-" + string(c)
}
func pinnedOf(pair string) string { return "bluegreen_pinned-" + pair }
func keepingOf(pair string, c compose.Colour) string {
	return "bluegreen_keeping-" + pair + "-" + string(c)
}

// certificateOf names the router by which a certificate is told from another.
func certificateOf(fingerprint string) string { return "bluegreen_certificate-" + fingerprint }

// shareOf names the router by which Traefik tells the share.
func shareOf(share int) string { return fmt.Sprintf("%s%d", sharePrefix, share) }

// sideEntry names the entry point that an instance has for a port beside the
// port itself.
func sideEntry(port int) string { return fmt.Sprintf(sidePattern, port) }

const sidePattern = "side_%d"

// besides is the port beside which an entry point is.
func besides(entry string) (port int, is bool) {
	_, err := fmt.Sscanf(entry, sidePattern, &port)
	return port, err == nil
}

// generatedEntry names the entry point of a port in generated settings.
func generatedEntry(port int) string { return fmt.Sprintf("port_%d", port) }
