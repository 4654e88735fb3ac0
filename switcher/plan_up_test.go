package switcher

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestFirstUpStartsEverythingAndMakesTheColourActive(t *testing.T) {
	p := &project{State{Project: "hello", Outdated: true}}
	plan, err := planUp(p.State, wants(compose.Blue, "hello:v1", 2), by)
	expect(t, plan, err,
		"create-proxy lb: it has no container",
		"save lb: later commands need no file",
		"configure lb: its settings differ from the file's",
		"converge db: not running",
		"start-proxy lb: it does not run",
		"create web-blue: the file wants more containers than there are",
		"start web-blue: not running",
		"ready blue: every replica must pass both the engine's and the proxy's check",
		"commit blue: no colour serves",
	)
	r := plan.Steps[8].Routing
	assert.Equal(t, r.Active, compose.Blue)
	assert.Equal(t, r.Previous, compose.Colour(""))
	assert.Equal(t, r.By, "ann@laptop")
}

func TestUpReplacesOnlyTheIdleColour(t *testing.T) {
	p := running()
	plan, err := planUp(p.State, wants(compose.Green, "hello:v2", 3), by)
	expect(t, plan, err,
		"drain green: its containers are to be replaced",
		"save lb: later commands need no file",
		"remove hello-web-green-1, hello-web-green-2: differs from the file",
		"create web-green: the file wants more containers than there are",
		"start web-green: not running",
		"ready green: every replica must pass both the engine's and the proxy's check",
	)
	untouched(t, plan, "web-blue", "db")
	assert.Check(t, plan.Steps[0].Must, "sessions on green must not be cut")
}

func TestUpOfAColourThatRunsAsWantedOnlyWaits(t *testing.T) {
	plan, err := planUp(running().State, wants(compose.Green, "hello:v1", 2), by)
	expect(t, plan, err, "ready green: it runs as the file says")
}

func TestUpStartsWhatStandsStopped(t *testing.T) {
	p := running().without("web-green").with("web-green", 2, "hello:v1", "exited")
	plan, err := planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	expect(t, plan, err,
		"start web-green: not running",
		"ready green: every replica must pass both the engine's and the proxy's check",
	)
}

func TestUpDropsSurplusReplicasAndKeepsLowNumbers(t *testing.T) {
	p := running().without("web-green").with("web-green", 4, "hello:v1", "running")
	w := wants(compose.Green, "hello:v1", 2)
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err,
		"drain green: its containers are to be replaced",
		"remove hello-web-green-3, hello-web-green-4: differs from the file",
		"ready green: it runs as the file says",
	)
}

func TestUpRunsJobsBeforeWhatDependsOnThem(t *testing.T) {
	p := running().with("migrate-green", 1, "hello:v1", "exited")
	w := wants(compose.Green, "hello:v2", 2)
	w.Model.Jobs = map[compose.Colour][]string{compose.Green: {"migrate-green"}}
	w.Specs["migrate-green"] = compose.Spec{Service: "migrate-green", ImageID: "sha256:hello:v1", ConfigHash: "hash", Replicas: 1}
	w.Waves = [][]string{{"migrate-green"}, {"web-green"}}
	p.Model.Jobs = w.Model.Jobs
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err,
		"drain green: its containers are to be replaced",
		"remove hello-migrate-green-1, hello-web-green-1, hello-web-green-2: differs from the file",
		"create migrate-green, web-green: the file wants more containers than there are",
		"finish migrate-green: runs once before what depends on it",
		"start web-green: not running",
		"ready green: every replica must pass both the engine's and the proxy's check",
	)
}

func TestUpWaitsForAJobThatStillRunsInsteadOfKillingIt(t *testing.T) {
	p := running().without("web-green").with("web-green", 2, "hello:v1", "created").with("migrate-green", 1, "hello:v1", "running")
	w := wants(compose.Green, "hello:v1", 2)
	w.Model.Jobs = map[compose.Colour][]string{compose.Green: {"migrate-green"}}
	w.Specs["migrate-green"] = compose.Spec{Service: "migrate-green", ImageID: "sha256:hello:v1", ConfigHash: "hash", Replicas: 1}
	w.Waves = [][]string{{"migrate-green"}, {"web-green"}}
	p.Model.Jobs = w.Model.Jobs
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err,
		"finish migrate-green: runs once before what depends on it",
		"start web-green: not running",
		"ready green: every replica must pass both the engine's and the proxy's check",
	)
}

func TestUpReloadsChangedSettingsBeforeTheColourComesUp(t *testing.T) {
	p := running()
	p.Outdated = true
	plan, err := planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	expect(t, plan, err,
		"configure lb: its settings differ from the file's",
		"reload lb: it runs with the former settings",
		"ready green: it runs as the file says",
	)
}

func TestUpRepairsASplitFirst(t *testing.T) {
	p := running()
	p.Live.Active = compose.Green
	plan, err := planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	expect(t, plan, err,
		"commit blue: the proxy serves green although blue was committed",
		"ready green: it runs as the file says",
	)
}

func TestUpAfterAnInterruptedSwitchNotesThatNothingIsPending(t *testing.T) {
	p := running()
	p.Routing.Pending = &Pending{From: compose.Green, Stop: true}
	plan, err := planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	expect(t, plan, err,
		"ready green: it runs as the file says",
		"note blue: an interrupted command left work that this one has done",
	)
	assert.Assert(t, plan.Steps[1].Routing.Pending == nil)
}

func TestUpRefusesTheActiveColour(t *testing.T) {
	_, err := colourToBringUp(running().State, compose.Blue)
	assert.Error(t, err, "up blue: blue takes all traffic")
}

func TestUpChoosesTheColour(t *testing.T) {
	stopped := running()
	stopped.ProxyRunning = false
	stopped.Routing.Active = compose.Green
	fresh := &project{State{Project: "hello"}}
	for _, test := range []struct {
		name  string
		state State
		named compose.Colour
		want  compose.Colour
	}{
		{"the idle one", running().State, "", compose.Green},
		{"blue at first", fresh.State, "", compose.Blue},
		{"the named one at first", fresh.State, compose.Green, compose.Green},
		{"the one that served last", stopped.State, "", compose.Green},
		{"the named one while nothing serves", stopped.State, compose.Blue, compose.Blue},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := colourToBringUp(test.state, test.named)
			assert.NilError(t, err)
			assert.Equal(t, got, test.want)
		})
	}
}

func TestUpSaysWhichSharedServiceIsMissing(t *testing.T) {
	p := running().without("db")
	_, err := planUp(p.State, wants(compose.Green, "hello:v2", 2), by)
	assert.Error(t, err, `up green: shared service "db", on which it depends, does not run`)

	w := wants(compose.Green, "hello:v1", 2)
	w.Shared = true
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err,
		"converge db: asked for by --shared",
		"ready green: it runs as the file says",
	)
}

func TestUpVerifiesSettingsThatAreTheUsers(t *testing.T) {
	p := running()
	w := wants(compose.Green, "hello:v1", 2)
	w.Model.Proxy.Generated = false
	*p.Model = w.Model
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err,
		"verify lb: its settings are yours",
		"ready green: it runs as the file says",
	)
}

func TestUpMakesTheFilesThatTheUsersSettingsNameBeforeItStartsAnything(t *testing.T) {
	w := wants(compose.Blue, "hello:v1", 2)
	w.Model.Proxy.Generated = false
	plan, err := planUp(State{Project: "shop"}, w, by)
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "configure lb: the files beside your settings must be there before it starts")
	assert.Equal(t, plan.Steps[1].String(), "verify lb: its settings are yours")
	assert.Equal(t, plan.Steps[2].String(), "create-proxy lb: it has no container")
}

func TestUpWhileNothingServesKeepsTheWayBack(t *testing.T) {
	p := running()
	p.ProxyRunning = false
	p.Routing.Release = "blue-release"
	plan, err := planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	expect(t, plan, err,
		"start-proxy lb: it does not run",
		"ready green: it runs as the file says",
		"commit green: no colour serves",
	)
	assert.Equal(t, plan.Steps[2].Routing.Previous, compose.Blue)
	assert.Equal(t, plan.Steps[2].Routing.PreviousRelease, "blue-release")
}

func TestTheReleaseOfSpecsIsTheReleaseOfTheirContainers(t *testing.T) {
	p := running()
	assert.Equal(t, releaseOfSpecs(wants(compose.Green, "hello:v1", 2)), p.Release(compose.Green))
	assert.Equal(t, p.Release(compose.Blue), p.Release(compose.Green), "same image, same settings")
	p.without("web-green").with("web-green", 1, "hello:v1", "running").with("web-green", 1, "hello:v2", "running")
	assert.Check(t, p.Release(compose.Green) != p.Release(compose.Blue), "half replaced is another release")
}
