package switcher

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// baking is a move that is watched for a minute.
func baking() move {
	return move{By: Signature{Action: Switch, Who: "ann@laptop"}, Bake: compose.Bake{Time: time.Minute}.Complete()}
}

func TestASwitchIsWatchedBeforeTheFormerColourDrains(t *testing.T) {
	p := running()
	m := baking()
	m.Stop = true
	plan, err := planSwitch(p.State, m)
	expect(t, plan, err,
		"baseline blue: green is compared with what it shows, for 10s at least",
		"commit green: every replica is ready",
		"bake green: blue would take the traffic back within 1m0s\n   if worse: commit blue: where green is worse",
		"note green: green keeps the traffic",
		"drain blue: it took the traffic until now",
		"stop hello-web-blue-1, hello-web-blue-2: asked for by --stop-old",
		"note green: all is done",
	)
	assert.DeepEqual(t, plan.Steps[1].Routing.Pending, &Pending{From: compose.Blue, Stop: true, Bake: time.Minute})
	assert.DeepEqual(t, plan.Steps[3].Routing.Pending, &Pending{From: compose.Blue, Stop: true})
	assert.Assert(t, plan.Steps[6].Routing.Pending == nil)

	back := plan.Steps[2].Watch.Back
	expect(t, Plan{Steps: back}, nil,
		"commit blue: where green is worse",
		"drain green: it took the traffic until now",
		"note blue: all is done",
	)
	r := back[0].Routing
	assert.Equal(t, r.Action, Rollback, "a rollback would bring the bad one back")
	assert.Equal(t, r.Release, p.Release(compose.Blue))
	assert.Equal(t, r.PreviousRelease, p.Release(compose.Green))
}

func TestTheBaselineIsShortBesideTheBake(t *testing.T) {
	assert.Equal(t, baselineFor(6*time.Second), time.Second)
	assert.Equal(t, baselineFor(time.Hour), 10*time.Second)
}

func TestABakeThatWasInterrupted(t *testing.T) {
	killed := func() *project {
		p := running()
		p.Routing.Action, p.Routing.Previous, p.Routing.PreviousRelease = Switch, compose.Green, p.Release(compose.Green)
		p.Routing.Pending = &Pending{From: compose.Green, Bake: time.Minute}
		return p
	}
	t.Run("is finished by a switch", func(t *testing.T) {
		plan, err := planSwitch(killed().State, move{By: by})
		expect(t, plan, err, "drain green: an interrupted switch left it", "note blue: all is done")
	})
	t.Run("goes on where it is asked for again", func(t *testing.T) {
		plan, err := planSwitch(killed().State, baking())
		expect(t, plan, err,
			"bake blue: green would take the traffic back within 1m0s\n   if worse: commit green: where blue is worse",
			"note blue: blue keeps the traffic",
			"drain green: an interrupted switch left it",
			"note blue: all is done",
		)
		assert.Equal(t, plan.Steps[0].Watch.Against, compose.Colour(""), "what green showed is not known any more")
	})
	t.Run("is reversed by a rollback", func(t *testing.T) {
		plan, err := planRollback(killed().State, move{By: Signature{Action: Rollback}})
		expect(t, plan, err,
			"note blue: the interrupted switch is undone now",
			"commit green: every replica is ready",
			"drain blue: it took the traffic until now",
			"note green: all is done",
		)
	})
}

func TestAProxyWithoutCountersIsReplaced(t *testing.T) {
	p := running()
	assert.Equal(t, lacksCounters(p.State), "")
	p.Uncounted = true
	assert.Equal(t, lacksCounters(p.State), "it was started without the counters by which a release is watched")
}
