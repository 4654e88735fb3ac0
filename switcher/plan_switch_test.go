package switcher

import (
	"errors"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestSwitchCommitsThenDrains(t *testing.T) {
	p := running()
	plan, err := planSwitch(p.State, move{By: Signature{Action: Switch}})
	expect(t, plan, err,
		"commit green: every replica is ready",
		"drain blue: it took the traffic until now",
		"note green: all is done",
	)
	r := plan.Steps[0].Routing
	assert.Equal(t, r.Previous, compose.Blue)
	assert.Equal(t, r.PreviousRelease, p.Release(compose.Blue))
	assert.DeepEqual(t, r.Pending, &Pending{From: compose.Blue})
	assert.Assert(t, plan.Steps[2].Routing.Pending == nil)
	assert.Check(t, !plan.Steps[1].Must, "a drain that nothing follows may end early")
}

func TestSwitchStopsTheOldColourOnlyDrained(t *testing.T) {
	plan, err := planSwitch(running().State, move{Stop: true})
	expect(t, plan, err,
		"commit green: every replica is ready",
		"drain blue: it took the traffic until now",
		"stop hello-web-blue-1, hello-web-blue-2: asked for by --stop-old",
		"note green: all is done",
	)
	assert.Check(t, plan.Steps[1].Must)
}

func TestSwitchToTheActiveColourDoesNothing(t *testing.T) {
	plan, err := planSwitch(running().State, move{To: compose.Blue})
	assert.NilError(t, err)
	assert.Equal(t, plan.String(), "nothing to do: blue is active already\n")
}

func TestSwitchRefusesAnUnreadyColour(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(*project)
		want string
	}{
		{"no containers", func(p *project) { p.without("web-green") }, "green is not ready: web-green has no containers"},
		{"a replica too few", func(p *project) { p.Containers = p.Containers[:5] }, "green is not ready: web-green has 1 of 2 containers"},
		{"unhealthy", func(p *project) { p.Containers[4].Health = compose.Unhealthy }, "green is not ready: hello-web-green-1 is unhealthy"},
		{"stopped", func(p *project) { p.Containers[5].State = "exited" }, "green is not ready: hello-web-green-2 is exited"},
		{"down in the proxy", func(p *project) {
			p.Servers[compose.Green][1].Up = false
			p.Servers[compose.Green][1].Why = "DOWN L4CON"
		}, "green is not ready: the proxy holds hello-web-green-2 unfit (DOWN L4CON)"},
		{"unknown to the proxy", func(p *project) { p.Servers[compose.Green] = p.Servers[compose.Green][:1] }, "green is not ready: the proxy does not see hello-web-green-2 yet"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := running()
			test.make(p)
			plan, err := planSwitch(p.State, move{})
			assert.Error(t, err, test.want)
			assert.Check(t, plan.Empty())
			var notReady *NotReadyError
			assert.Check(t, errors.As(err, &notReady))
		})
	}
}

func TestSwitchBeforeTheFirstUp(t *testing.T) {
	_, err := planSwitch(State{Project: "hello"}, move{By: Signature{Action: Switch}})
	assert.Error(t, err, "switch: no colour of project hello is active yet")
}

func TestSwitchAgainFinishesAnInterruptedSwitch(t *testing.T) {
	t.Run("killed before the proxy was told", func(t *testing.T) {
		p := running()
		p.Live.Active, p.Routing.Active = compose.Blue, compose.Green
		p.Routing.Pending = &Pending{From: compose.Blue}
		plan, err := planSwitch(p.State, move{})
		expect(t, plan, err,
			"commit green: the proxy serves blue although green was committed",
			"drain blue: an interrupted up left it",
			"note green: all is done",
		)
	})
	t.Run("killed while it drained", func(t *testing.T) {
		p := running()
		p.Routing.Action, p.Routing.Pending = Switch, &Pending{From: compose.Green, Stop: true}
		plan, err := planSwitch(p.State, move{})
		expect(t, plan, err,
			"drain green: an interrupted switch left it",
			"stop hello-web-green-1, hello-web-green-2: asked for by --stop-old",
			"note blue: all is done",
		)
	})
	t.Run("killed when all was done but its line of the history", func(t *testing.T) {
		p := running()
		p.Routing.Action, p.Unrecorded = Switch, true
		plan, err := planSwitch(p.State, move{})
		assert.NilError(t, err)
		assert.Equal(t, plan.String(), "nothing to do: blue is active already, by the switch that was interrupted\n")
		plan, err = planSwitch(p.State, move{To: compose.Green})
		assert.NilError(t, err)
		assert.Check(t, !plan.Empty(), "who names the other colour means it")
	})
}

func TestRollback(t *testing.T) {
	released := func() *project {
		p := running()
		p.Routing.Action, p.Routing.Previous, p.Routing.PreviousRelease = Switch, compose.Green, p.Release(compose.Green)
		return p
	}
	t.Run("hot", func(t *testing.T) {
		plan, err := planRollback(released().State, move{By: Signature{Action: Rollback}})
		expect(t, plan, err,
			"commit green: every replica is ready",
			"drain blue: it took the traffic until now",
			"note green: all is done",
		)
	})
	t.Run("warm", func(t *testing.T) {
		p := released()
		p.without("web-green").with("web-green", 2, "hello:v1", "exited")
		assert.Equal(t, forecast(p.State).String(), "warm: 2 containers to start")
		plan, err := planRollback(p.State, move{By: Signature{Action: Rollback}})
		expect(t, plan, err,
			"start web-green: not all of it runs",
			"ready green: every replica must pass both the engine's and the proxy's check",
			"commit green: every replica is ready",
			"drain blue: it took the traffic until now",
			"note green: all is done",
		)
	})
	t.Run("never to what did not serve", func(t *testing.T) {
		p := released()
		p.without("web-green").with("web-green", 2, "hello:v3", "running")
		_, err := planRollback(p.State, move{})
		assert.ErrorContains(t, err, "rollback is impossible: green now holds release")
	})
	t.Run("impossible without containers", func(t *testing.T) {
		_, err := planRollback(released().without("web-green").State, move{})
		assert.Error(t, err, "rollback is impossible: web-green has no containers any more")
	})
	t.Run("impossible after the first release", func(t *testing.T) {
		_, err := planRollback(running().State, move{})
		assert.Error(t, err, "rollback is impossible: blue is the first release")
	})
	t.Run("twice is once", func(t *testing.T) {
		p := released()
		p.Routing.Action = Rollback
		plan, err := planRollback(p.State, move{})
		assert.NilError(t, err)
		assert.Check(t, plan.Empty())
		p.Routing.Pending = &Pending{From: compose.Green}
		plan, err = planRollback(p.State, move{})
		expect(t, plan, err, "drain green: an interrupted rollback left it", "note blue: all is done")
	})
	t.Run("of an interrupted switch", func(t *testing.T) {
		p := released()
		p.Routing.Pending = &Pending{From: compose.Green, Stop: true}
		plan, err := planRollback(p.State, move{By: Signature{Action: Rollback}})
		expect(t, plan, err,
			"note blue: the interrupted switch is undone now",
			"commit green: every replica is ready",
			"drain blue: it took the traffic until now",
			"note green: all is done",
		)
	})
}

func TestStop(t *testing.T) {
	t.Run("the idle colour, drained", func(t *testing.T) {
		plan, err := planStop(running().State, "", false)
		expect(t, plan, err, "drain green: it is to be stopped", "stop hello-web-green-1, hello-web-green-2: asked for")
	})
	t.Run("not the active one", func(t *testing.T) {
		_, err := planStop(running().State, compose.Blue, false)
		assert.Error(t, err, "stop blue: blue takes all traffic")
	})
	t.Run("the active one by force", func(t *testing.T) {
		plan, err := planStop(running().State, compose.Blue, true)
		expect(t, plan, err, "stop hello-web-blue-1, hello-web-blue-2: asked for")
	})
	t.Run("what does not run", func(t *testing.T) {
		p := running().without("web-green").with("web-green", 2, "hello:v1", "exited")
		plan, err := planStop(p.State, "", false)
		assert.NilError(t, err)
		assert.Equal(t, plan.String(), "nothing to do: green does not run\n")
	})
}

func TestScale(t *testing.T) {
	t.Run("up holds new replicas back until they are ready", func(t *testing.T) {
		plan, err := planScale(running().State, wants(compose.Blue, "hello:v1", 3), "web")
		expect(t, plan, err,
			"save lb: later commands need no file",
			"note blue: a command that is killed here must be known",
			"hold web-blue: new replicas take traffic when they are ready, not before",
			"create web-blue: 2 containers, 3 wanted",
			"start web-blue: not running",
			"await web-blue: every replica must pass the engine's check",
			"readmit web-blue: they are ready",
			"note blue: all take traffic",
			"ready blue: every replica must pass both the engine's and the proxy's check",
		)
	})
	t.Run("down drains before it removes", func(t *testing.T) {
		plan, err := planScale(running().State, wants(compose.Blue, "hello:v1", 1), "web")
		expect(t, plan, err,
			"note blue: a command that is killed here must be known",
			"retire hello-web-blue-2: 2 containers, 1 wanted",
			"remove hello-web-blue-2: surplus",
			"readmit hello-web-blue-2: the slots are free for others",
			"note blue: all take traffic",
			"save lb: later commands need no file",
		)
	})
	t.Run("readmits what a killed scale held back", func(t *testing.T) {
		p := running()
		p.Routing.Pending = &Pending{Readmit: []string{"web-blue"}}
		plan, err := planScale(p.State, wants(compose.Blue, "hello:v1", 2), "web")
		expect(t, plan, err,
			"readmit web-blue: an interrupted scale held them back",
			"note blue: they are readmitted",
			"ready blue: an interrupted command may not have waited for it",
		)
		plan, err = planSwitch(p.State, move{To: compose.Green})
		expect(t, plan, err,
			"readmit web-blue: an interrupted scale held them back",
			"note blue: they are readmitted",
			"commit green: every replica is ready",
			"drain blue: it took the traffic until now",
			"note green: all is done",
		)
	})
	t.Run("finishes what a killed scale made", func(t *testing.T) {
		p := running()
		p.Routing.Pending = &Pending{Readmit: []string{"web-blue"}}
		p.Containers[2].State = "created"
		plan, err := planScale(p.State, wants(compose.Blue, "hello:v1", 2), "web")
		expect(t, plan, err,
			"note blue: a command that is killed here must be known",
			"hold web-blue: new replicas take traffic when they are ready, not before",
			"create web-blue: 2 containers, 2 wanted",
			"start web-blue: not running",
			"await web-blue: every replica must pass the engine's check",
			"readmit web-blue: they are ready",
			"note blue: all take traffic",
			"ready blue: every replica must pass both the engine's and the proxy's check",
		)
	})
	t.Run("never mixes two releases", func(t *testing.T) {
		_, err := planScale(running().State, wants(compose.Blue, "hello:v2", 3), "web")
		assert.ErrorContains(t, err, "new replicas would be another release")
	})
}
