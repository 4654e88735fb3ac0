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
	// Settings is what a user has written for a model, where Proxy.Generated
	// is false.
	Settings func(compose.Model) string
	// Doors makes the adapter's way in.
	Doors Doors
	// NoColour is a part of what a visitor reads while no colour is active.
	NoColour string
	// Sick is the proxy's word for a replica whose check is answered 500.
	Sick string
	// Kinds tells that the proxy knows streams and websockets from requests.
	Kinds bool
	// Slow tells that each change takes seconds. What many changes show is
	// then shown by few, each of which is watched for all the longer.
	Slow bool
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
		w := newWorld(t, s)
		t.Run("before the proxy runs", func(t *testing.T) { beforeTheProxyRuns(t, w) })
		w.startProxy(t)
		t.Run("without a colour", func(t *testing.T) { withoutAColour(t, w) })
		w.populate(t)
		w.keep(t, []obligation{
			{"a commit moves all pairs", commitMovesAllPairs},
			{"a commit is durable before it is visible", commitIsDurableFirst},
			{"an unknown colour is refused", unknownColourIsRefused},
			{"no reader sees half a write", noHalfWrites},
			{"a switch loses nothing", switchLosesNothing},
			{"a restart keeps the colour", restartKeepsTheColour},
			{"a crash keeps the colour", crashKeepsTheColour},
		})
	})
	t.Run("replicas and settings", func(t *testing.T) {
		t.Parallel()
		NewScene(t, s).keep(t, []obligation{
			{"the lock is one holder's", lockIsOneHolders},
			{"the lock dies with its holder", lockDiesWithItsHolder},
			{"the store outlives its session", storeOutlivesSession},
			{"the gate sees every replica", gateSeesEveryReplica},
			{"recheck believes new checks only", recheckBelievesNewChecks},
			{"a held replica waits for readmission", heldReplicaWaits},
			{"what is in flight is counted by kind", inFlightByKind},
			{"settings are validated before they are used", settingsAreValidated},
			{"what own settings lack is said", ownSettingsAreVerified},
			{"a reload loses nothing", reloadLosesNothing},
			{"a reload forgets nothing", reloadForgetsNothing},
			{"a volume that cannot be written is said so", readOnlyVolumeIsSaidSo},
			{"a proxy that does not answer is said so", silentProxyIsSaidSo},
		})
	})
}

// obligation is one sentence of the contract.
type obligation struct {
	name string
	test func(*testing.T, *world)
}

func (w *world) keep(t *testing.T, all []obligation) {
	t.Helper()
	for _, o := range all {
		t.Run(o.name, func(t *testing.T) { o.test(t, w) })
	}
}
