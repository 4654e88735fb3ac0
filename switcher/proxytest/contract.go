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

// Doors makes an adapter's way in to the proxy of a project.
type Doors func(dialer compose.Dialer, project string, proxy compose.Proxy) switcher.Doors

// Run tests that an adapter keeps the contract. The tests of one world build
// on its proxy one after the other; each leaves blue active.
func Run(t *testing.T, s Setup) {
	w := newWorld(t, s)
	t.Run("before the proxy runs", func(t *testing.T) { beforeTheProxyRuns(t, w) })
	w.startProxy(t)
	t.Run("without a colour", func(t *testing.T) { withoutAColour(t, w) })
	w.addReplicas(t, compose.Blue, 2)
	w.addReplicas(t, compose.Green, 2)
	w.makeActive(t, compose.Blue)

	for _, test := range []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"a commit moves all pairs", commitMovesAllPairs},
		{"a commit is durable before it is visible", commitIsDurableFirst},
		{"an unknown colour is refused", unknownColourIsRefused},
		{"no reader sees half a write", noHalfWrites},
		{"a switch loses nothing", switchLosesNothing},
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
		{"a restart keeps the colour", restartKeepsTheColour},
		{"a crash keeps the colour", crashKeepsTheColour},
		{"a volume that cannot be written is said so", readOnlyVolumeIsSaidSo},
		{"a proxy that does not answer is said so", silentProxyIsSaidSo},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, w) })
	}
}
