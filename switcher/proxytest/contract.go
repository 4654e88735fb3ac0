// Package proxytest is the contract that every proxy adapter keeps, as tests
// on a real engine with a real proxy. An adapter calls Run from a test of its
// own, and Main from its TestMain.
package proxytest

import (
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Setup is the adapter under test and the proxy that it drives.
type Setup struct {
	// Image is the proxy's image on the engine, Command what its container
	// runs.
	Image   string
	Command []string
	// Proxy is the proxy as a loaded file has it.
	Proxy compose.Proxy
	// Entrypoint is the image's; with Command it is what a container runs.
	Entrypoint []string
	// Unreadable are commands with which it would not start, and what is said;
	// none where the settings that Configure validates are all that it reads.
	Unreadable map[string][]string
	// Settings is what a user has written for a model, where Proxy.Generated
	// is false.
	Settings func(compose.Model) string
	// Doors makes the adapter's way in.
	Doors Doors
	// NoColour is a part of what a visitor reads while no colour is active.
	NoColour string
	// NoCandidate is a part of what a preview reads while no idle colour runs.
	NoCandidate string
	// Sick is the proxy's word for a replica whose check is answered 500.
	Sick string
	// Kinds tells that the proxy knows streams and websockets from requests.
	Kinds bool
	// Tools tells that the image differs by its tools alone from one that keeps
	// the whole contract. What they have no part in is left out.
	Tools bool
	// Slow tells that each change takes seconds. What many changes show is
	// then shown by few, each of which is watched for all the longer.
	Slow bool
	// sticky says what keeps visitors with a colour.
	sticky compose.Sticky
	// Routes tells that the routes are the tool's also beside settings that
	// are not.
	Routes bool
}

// flight is what the proxy can tell of what is in flight.
func (s Setup) flight(f switcher.InFlight) switcher.InFlight {
	if s.Kinds {
		return f
	}
	return switcher.InFlight{Requests: f.Requests + f.Streams + f.Websockets, Connections: f.Connections}
}

// changes is how many changes a test makes.
func (s Setup) changes(many, few int) int {
	if s.Slow {
		return few
	}
	return many
}

// Doors makes an adapter's way in to the proxy of a project.
type Doors func(dialer compose.Dialer, project string, proxy compose.Proxy) switcher.Doors

// Run tests that an adapter keeps the contract, in chapters beside each other.
// The tests of a chapter build on the proxy of one world, one after the other;
// each leaves blue active.
func Run(t *testing.T, s Setup) {
	t.Run("routing", func(t *testing.T) {
		t.Parallel()
		s := s
		s.sticky = compose.StickyRelease
		w := newWorld(t, s)
		t.Run("before the proxy runs", func(t *testing.T) { beforeTheProxyRuns(t, w) })
		w.startProxy(t)
		t.Run("without a colour", func(t *testing.T) { withoutAColour(t, w) })
		t.Run("a colour is shown before any is active", func(t *testing.T) { previewBeforeAColour(t, w) })
		w.populate(t)
		w.keep(t, []obligation{
			{"a commit moves all pairs", commitMovesAllPairs, byTools},
			{"a commit is durable before it is visible", commitIsDurableFirst, byTools},
			{"an unknown colour is refused", unknownColourIsRefused, whateverTools},
			{"no reader sees half a write", noHalfWrites, byTools},
			{"a switch loses nothing", switchLosesNothing, byTools},
			{"a preview shows the idle colour", previewShowsTheIdleColour, byTools},
			{"a preview of a named colour shows that colour", previewOfANamedColour, whateverTools},
			{"a connection from inside reaches the ports", connectionFromInside, byTools},
			{"a preview without a candidate is told so", previewWithoutACandidate, whateverTools},
			{"a switch loses no preview", switchLosesNoPreview, whateverTools},
			{"a restart keeps the preview", previewSurvivesARestart, whateverTools},
			{"a preview's host shows the idle colour", previewByHost, whateverTools},
			{"a probe is told the colour", probeIsToldTheColour, whateverTools},
			{"a probe sees a switch", probeSeesASwitch, whateverTools},
			{"a probe without the token sees a switch", probeWithoutTheToken, whateverTools},
			{"a probe sees what is lost", probeSeesALoss, whateverTools},
			{"maintenance turns visitors away", maintenanceTurnsVisitorsAway, byTools},
			{"it counts what visitors got", countsWhatVisitorsGot, byTools},
			{"a canary has its share of the clients", canarySharesClients, whateverTools},
			{"a canary has its share of the connections", canarySharesConnections, whateverTools},
			{"a canary ends in one step", canaryEndsInOneStep, whateverTools},
			{"a canary is one for all pairs", canaryIsOneForAllPairs, whateverTools},
			{"a restart keeps a canary", canarySurvivesARestart, whateverTools},
			{"visitors stay where they began", visitorsStay, whateverTools},
			{"visitors stay where they began in a canary", visitorsStayInACanary, whateverTools},
			{"it counts those who are drawn", countsThoseWhoAreDrawn, whateverTools},
			{"it counts those who stay", countsThoseWhoStay, whateverTools},
			{"nobody stays with a colour that is gone", nobodyStaysWithTheDead, whateverTools},
			{"a restart keeps visitors where they are", staySurvivesARestart, whateverTools},
			{"a restart keeps the colour", restartKeepsTheColour, byTools},
			{"a crash keeps the colour", crashKeepsTheColour, byTools},
		})
	})
	t.Run("replicas and settings", func(t *testing.T) {
		t.Parallel()
		NewScene(t, s).keep(t, []obligation{
			{"the lock is one holder's", lockIsOneHolders, byTools},
			{"the lock dies with its holder", lockDiesWithItsHolder, byTools},
			{"the store outlives its session", storeOutlivesSession, byTools},
			{"the gate sees every replica", gateSeesEveryReplica, byTools},
			{"recheck believes new checks only", recheckBelievesNewChecks, byTools},
			{"a held replica waits for readmission", heldReplicaWaits, byTools},
			{"what is in flight is counted by kind", inFlightByKind, byTools},
			{"settings are validated before they are used", settingsAreValidated, byTools},
			{"what own settings lack is said", ownSettingsAreVerified, byTools},
			{"what an instance starts with is read before", startIsReadBefore, byTools},
			{"a reload loses nothing", reloadLosesNothing, byTools},
			{"a reload forgets nothing", reloadForgetsNothing, byTools},
			{"a volume that cannot be written is said so", readOnlyVolumeIsSaidSo, byTools},
			{"a proxy that does not answer is said so", silentProxyIsSaidSo, byTools},
		})
	})
}

// obligation is one sentence of the contract.
type obligation struct {
	name string
	test func(*testing.T, *world)
	part part
}

// part tells whether the tools of the proxy's image have a part in something.
type part bool

const (
	byTools       part = true
	whateverTools part = false
)

func (w *world) keep(t *testing.T, all []obligation) {
	t.Helper()
	for _, o := range all {
		if w.setup.Tools && o.part == whateverTools {
			continue
		}
		t.Run(o.name, func(t *testing.T) { o.test(t, w) })
	}
}
