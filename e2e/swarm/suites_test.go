package swarm

import (
	"testing"

	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// obligation is what the product owes its users on a swarm.
type obligation struct {
	name string
	// short is the suite on which it is tested with -short; both when empty, and
	// neither when it is none. Without, all are tested on both.
	short string
	test  func(*testing.T, *cluster.Cluster)
}

// obligations stand in an order that leaves the cluster whole for as long as
// possible: those that lose nodes come last.
var obligations = []obligation{
	{"TenSwitchesLoseNothing", "", tenSwitchesLoseNothing},
	{"ARollbackIsASwitchBackwards", "bookworm", aRollbackIsASwitchBackwards},
	{"TheEngineIsNeverGuessed", "bookworm", theEngineIsNeverGuessed},
	{"ALateProxyServesTheActiveColour", "trixie", aLateProxyServesTheActiveColour},
	{"ACanaryTakesItsShare", "trixie", aCanaryTakesItsShare},
	{"ScalingTheActiveColourLosesNothing", "bookworm", scalingTheActiveColourLosesNothing},
	{"OfTwoCommandsOneIsRefused", "bookworm", ofTwoCommandsOneIsRefused},
	{"AKilledCommandIsCompleted", "trixie", aKilledCommandIsCompleted},
	{"AStandingCommandCommitsNothing", "trixie", aStandingCommandCommitsNothing},
	{"AStandingCommandTellsNoProxy", "bookworm", aStandingCommandTellsNoProxy},
	{"OnlyTheControlNetworkReachesTheRuntime", "", onlyTheControlNetworkReachesTheRuntime},
	{"AMissingControlServiceIsSaidAndRepaired", "bookworm", aMissingControlServiceIsSaidAndRepaired},
	{"ABadReleaseGetsNoTraffic", "none", aBadReleaseGetsNoTraffic},
	{"AnImageWithoutToolsIsSaid", "bookworm", anImageWithoutToolsIsSaid},
	{"DownLeavesNothingAndTouchesNobodyElse", "trixie", downLeavesNothingAndTouchesNobodyElse},
	{"ALostLeaderComesBack", "trixie", aLostLeaderComesBack},
	{"AManagerIsLostDuringUp", "bookworm", aManagerIsLostDuringUp},
	{"AManagerIsLostDuringASwitch", "trixie", aManagerIsLostDuringASwitch},
	{"AManagerIsLostDuringARollback", "trixie", aManagerIsLostDuringARollback},
	{"TheLeaderIsLostBetweenLabelAndProxies", "bookworm", theLeaderIsLostBetweenLabelAndProxies},
	{"WithoutAMajorityNothingIsChanged", "none", withoutAMajorityNothingIsChanged},
}

// Both hold the product to the same, each on a swarm of its own.

func TestBookworm(t *testing.T) { onSuite(t, "bookworm") }

func TestTrixie(t *testing.T) { onSuite(t, "trixie") }

func onSuite(t *testing.T, suite string) {
	t.Helper()
	t.Parallel()
	for _, o := range obligations {
		if o.short == "" || o.short == suite || !testing.Short() {
			t.Run(o.name, func(t *testing.T) { o.test(t, shared(t, suite)) })
		}
	}
}
