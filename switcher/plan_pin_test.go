package switcher

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// sticking is running with visitors that stay with the release they began on.
func sticking() *project {
	p := running()
	p.Model.Sticky = compose.StickyRelease
	return p
}

// pinned is one whose switch to green was killed while visitors of blue stayed.
func pinned() *project {
	p := sticking()
	p.Routing = &Routing{
		Active: compose.Green, Action: Switch, Previous: compose.Blue, PreviousRelease: p.Release(compose.Blue), Pinned: compose.Blue,
		Pending: &Pending{From: compose.Blue},
	}
	p.Live = p.Routing.Traffic()
	return p
}

const (
	stays = "pin blue: who began on it stays for the time of a drain"
	goes  = "unpin blue: from now on everybody gets green"
	drain = "drain blue: it took the traffic until now"
)

// pinsOf are the pinned colours that a plan's steps write, one after the other.
func pinsOf(p Plan) (pins []compose.Colour) {
	for _, s := range p.Steps {
		if s.Routing != nil {
			pins = append(pins, s.Routing.Pinned)
		}
	}
	return pins
}

func TestVisitorsStayUntilTheDrainEnds(t *testing.T) {
	plan, err := planSwitch(sticking().State, move{By: Signature{Action: Switch}})
	expect(t, plan, err, "commit green: every replica is ready", stays, goes, drain, "note green: all is done")
	assert.DeepEqual(t, pinsOf(plan), []compose.Colour{compose.Blue, "", ""})

	plan, err = planSwitch(running().State, move{By: Signature{Action: Switch}})
	expect(t, plan, err, "commit green: every replica is ready", drain, "note green: all is done")
	assert.DeepEqual(t, pinsOf(plan), []compose.Colour{"", ""})
}

// The release that visitors would stay with is the bad one.
func TestWhoGoesBackTakesEverybodyAlong(t *testing.T) {
	p := sticking()
	p.Routing.Previous, p.Routing.PreviousRelease = compose.Green, p.Release(compose.Green)
	plan, err := planRollback(p.State, move{By: Signature{Action: Rollback}})
	expect(t, plan, err, "commit green: every replica is ready", drain, "note green: all is done")
	assert.DeepEqual(t, pinsOf(plan), []compose.Colour{"", ""})

	plan, err = planSwitch(sticking().State, move{By: Signature{Action: Switch}, Bake: compose.Bake{Time: time.Minute}})
	assert.NilError(t, err)
	bakes := 0
	for _, s := range plan.Steps {
		if s.Action == DoBake {
			bakes++
			assert.DeepEqual(t, pinsOf(Plan{Steps: s.Watch.Back}), []compose.Colour{"", ""})
		}
	}
	assert.Equal(t, bakes, 1)
}

func TestAKilledSwitchIsFinishedWithTheTimeOfItsVisitors(t *testing.T) {
	plan, err := planSwitch(pinned().State, move{By: Signature{Action: Switch}})
	expect(t, plan, err, stays, goes, "drain blue: an interrupted switch left it", "note green: all is done")
	assert.DeepEqual(t, pinsOf(plan), []compose.Colour{"", ""})

	plan, err = planRollback(pinned().State, move{By: Signature{Action: Rollback}})
	assert.NilError(t, err)
	assert.DeepEqual(t, pinsOf(plan), []compose.Colour{compose.Blue, "", ""}) // a note changes no traffic
}

// What is to be touched has no visitors first.
func TestVisitorsLeaveAColourThatIsToBeTouched(t *testing.T) {
	plan, err := planStop(pinned().State, compose.Blue, false)
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "unpin blue: it is to be stopped")
	assert.Equal(t, plan.Steps[1].Action, DoDrain)

	plan, err = planUp(pinned().State, wants(compose.Blue, "hello:v2", 2), by)
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "unpin blue: it is to be brought up anew")
	assert.Equal(t, plan.Steps[1].Action, DoDrain)
	for _, pin := range pinsOf(plan) {
		assert.Equal(t, pin, compose.Colour(""))
	}
}

// Those who come new are watched while the others stay, and all of them then; what
// has proved itself is not watched again by who finishes the drain.
func TestABakeWatchesWhoComesNewAndThenAll(t *testing.T) {
	m := move{By: Signature{Action: Switch}, Bake: compose.Bake{Time: time.Minute}, Drain: 30 * time.Second}
	plan, err := planSwitch(sticking().State, m)
	expect(t, withoutBack(plan), err,
		"baseline blue: green is compared with what it shows, for 10s at least",
		"commit green: every replica is ready",
		"bake green: blue would take the traffic back within 30s",
		goes,
		"bake green: blue would take the traffic back within 1m0s",
		"note green: green keeps the traffic", drain, "note green: all is done",
	)
	var bakes []time.Duration
	for _, s := range plan.Steps {
		if s.Routing != nil && s.Routing.Pending != nil {
			bakes = append(bakes, s.Routing.Pending.Bake)
		}
	}
	assert.DeepEqual(t, bakes, []time.Duration{time.Minute, time.Minute, 0})

	p := pinned()
	p.Routing.Pending.Bake = time.Minute
	plan, err = planSwitch(p.State, m)
	expect(t, withoutBack(plan), err,
		"bake green: blue would take the traffic back within 30s", goes,
		"bake green: blue would take the traffic back within 1m0s",
		"note green: green keeps the traffic", "drain blue: an interrupted switch left it", "note green: all is done",
	)
}

// withoutBack leaves out what a bake would do.
func withoutBack(p Plan) Plan {
	for i, s := range p.Steps {
		if s.Watch != nil {
			without := *s.Watch
			without.Back = nil
			p.Steps[i].Watch = &without
		}
	}
	return p
}

// Whoever finishes goes on from what is left, and pins nobody again.
func TestNobodyIsPinnedAgain(t *testing.T) {
	plan, err := planScale(pinned().State, wants(compose.Green, "hello:v1", 3), "web")
	assert.NilError(t, err)
	for _, pin := range pinsOf(plan) {
		assert.Equal(t, pin, compose.Colour(""))
	}

	p := pinned()
	p.Routing.Pending.Retire = &Retirement{Colour: compose.Blue, Due: time.Unix(1, 0)}
	plan, err = planUp(p.State, wants(compose.Blue, "hello:v2", 2), by)
	assert.NilError(t, err)
	last := plan.Steps[len(plan.Steps)-1].Routing
	assert.Check(t, last != nil && (last.Pending == nil || last.Pending.Retire == nil), "what is brought up anew is not to be stopped")
}

// What was to follow may be unknown: a rollback that failed, a record that is lost.
func TestAPinThatNothingFollowsIsLetGo(t *testing.T) {
	p := pinned()
	p.Routing.Pending = nil
	for _, to := range []compose.Colour{"", compose.Green} {
		plan, err := planSwitch(p.State, move{To: to, By: Signature{Action: Switch}})
		expect(t, plan, err, stays, goes, "drain blue: an interrupted switch left it", "note green: all is done")
	}
}

// A share is of those who begin: others stay where they are until the switch.
func TestACanaryLeavesVisitorsWhereTheyBegan(t *testing.T) {
	p := sticking()
	plan, err := planCanary(p.State, 10, byCanary)
	expect(t, plan, err, "share green 10%: every replica is ready")
	assert.DeepEqual(t, pinsOf(plan), []compose.Colour{compose.Blue})

	p.Routing.Canary, p.Routing.Pinned = 10, compose.Blue
	p.Live = p.Routing.Traffic()
	plan, err = planCanary(p.State, 0, byCanary)
	expect(t, plan, err, "share green 0%: fewer visitors need no check")
	assert.DeepEqual(t, pinsOf(plan), []compose.Colour{""})

	plan, err = planSwitch(p.State, move{By: Signature{Action: Switch}})
	expect(t, plan, err, "commit green: every replica is ready", stays, goes, drain, "note green: all is done")
}

func TestTrafficInWords(t *testing.T) {
	for want, traffic := range map[string]Traffic{
		"none":                    {},
		"blue":                    {Active: compose.Blue},
		"blue, and green for 10%": {Active: compose.Blue, Canary: 10},
		"green, and blue for those who began on it": {Active: compose.Green, Pinned: compose.Blue},
	} {
		assert.Equal(t, traffic.String(), want)
	}
	assert.Check(t, Traffic{Active: compose.Green, Pinned: compose.Blue}.Reaches(compose.Blue))
}
