package switcher

import (
	"encoding/json"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

var due = time.Date(2026, 11, 25, 12, 34, 0, 0, time.Local)

// retiring is a project whose idle colour is to be stopped, seen so long after
// its time.
func retiring(after time.Duration) *project {
	p := running()
	p.Routing.Action = Switch
	p.Routing.Pending = &Pending{Retire: &Retirement{Colour: compose.Green, Due: due}}
	p.Now = due.Add(after)
	return p
}

const (
	stopsGreen = "stop hello-web-green-1, hello-web-green-2: it was to be kept until 2026-11-25 12:34:00"
	settled    = "note blue: the former colour is stopped"
)

func TestTheFirstCommandAfterItsTimeStopsTheFormerColour(t *testing.T) {
	for name, plan := range map[string]func(State) (Plan, error){
		"stop --due":           planStopDue,
		"switch to the active": func(s State) (Plan, error) { return planSwitch(s, move{To: compose.Blue}) },
		"scale":                func(s State) (Plan, error) { return planScale(s, wants(compose.Blue, "hello:v1", 2), "web") },
		"rollback again":       func(s State) (Plan, error) { s.Routing.Action = Rollback; return planRollback(s, move{}) },
	} {
		t.Run(name, func(t *testing.T) {
			got, err := plan(retiring(time.Second).State)
			assert.NilError(t, err)
			assert.Assert(t, len(got.Steps) >= 2, "%s", got)
			assert.Equal(t, got.Steps[0].String(), stopsGreen)
			assert.Equal(t, got.Steps[1].String(), settled)
			assert.Assert(t, got.Steps[1].Routing.Pending == nil)

			got, err = plan(retiring(-time.Second).State)
			assert.NilError(t, err)
			untouched(t, got, "web-green")
		})
	}
}

func TestARetirementCutsNothingUnlessItWasAllowedTo(t *testing.T) {
	p := retiring(time.Hour)
	p.Lingering = InFlight{Websockets: 1}
	plan, err := planStopDue(p.State)
	assert.NilError(t, err)
	assert.Equal(t, plan.String(), "nothing to do: green still serves 1 websocket\n")
	p.Routing.Pending.Retire.Cut = true
	plan, err = planStopDue(p.State)
	expect(t, plan, err, stopsGreen, settled)
}

func TestARetirementNeverStopsWhatServes(t *testing.T) {
	p := retiring(time.Hour)
	p.Routing.Pending.Retire.Colour = compose.Blue
	plan, err := planStopDue(p.State)
	assert.NilError(t, err)
	assert.Check(t, plan.Empty(), "the active colour")

	p = retiring(time.Hour)
	p.Live.Active = compose.Green // killed before the proxy was told
	plan, err = planStopDue(p.State)
	expect(t, plan, err, "commit blue: the proxy serves green although blue was committed")
}

func TestWhoeverGoesBackEndsTheRetirement(t *testing.T) {
	p := retiring(time.Hour)
	p.Routing.Previous, p.Routing.PreviousRelease = compose.Green, p.Release(compose.Green)
	plan, err := planRollback(p.State, move{By: Signature{Action: Rollback}})
	expect(t, plan, err,
		"commit green: every replica is ready",
		"drain blue: it took the traffic until now",
		"note green: all is done",
	)
	assert.Check(t, plan.Steps[0].Routing.Pending.Retire == nil)

	plan, err = planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	expect(t, plan, err,
		"note blue: green is wanted again, so it is not to be stopped any more",
		"ready green: it runs as the file says",
	)
	assert.Check(t, plan.Steps[0].Routing.Pending == nil)

	plan, err = planStop(p.State, "", false)
	expect(t, plan, err,
		"drain green: it is to be stopped",
		"stop hello-web-green-1, hello-web-green-2: asked for",
		"note blue: nothing of it is left to do",
	)
	assert.Check(t, plan.Steps[2].Routing.Pending == nil)
}

func TestASwitchLeavesTheRetirementBehindAndAllElseKeepsIt(t *testing.T) {
	retire := &Retirement{Colour: compose.Blue, Due: due, Cut: true}
	plan, err := planSwitch(running().State, move{Retire: retire})
	expect(t, plan, err,
		"commit green: every replica is ready",
		"drain blue: it took the traffic until now",
		"note green: all is done",
	)
	assert.DeepEqual(t, plan.Steps[0].Routing.Pending, &Pending{From: compose.Blue, Retire: retire})
	assert.DeepEqual(t, plan.Steps[2].Routing.Pending, &Pending{Retire: retire})
	assert.Check(t, !plan.Steps[1].Must, "it is not stopped now")

	// Replicas that a killed scale held come back; the time stays.
	p := retiring(-time.Hour)
	p.Routing.Pending.Readmit = []string{"web-blue"}
	assert.Check(t, p.Pending() == nil, "no command was interrupted")
	plan, err = planSwitch(p.State, move{To: compose.Blue})
	expect(t, plan, err, "readmit web-blue: an interrupted scale held them back", "note blue: they are readmitted")
	assert.DeepEqual(t, plan.Steps[1].Routing.Pending, &Pending{Retire: p.Routing.Pending.Retire})

	// Both at once leave nothing.
	p.Now = due.Add(time.Second)
	plan, err = planSwitch(p.State, move{To: compose.Blue})
	expect(t, plan, err, "readmit web-blue: an interrupted scale held them back", "note blue: they are readmitted", stopsGreen, settled)
	assert.Check(t, plan.Steps[3].Routing.Pending == nil)
}

func TestARoutingFromBeforeThereWereRetirements(t *testing.T) {
	var r Routing
	assert.NilError(t, json.Unmarshal([]byte(`{"active":"blue","pending":{"from":"green","stop":true}}`), &r))
	assert.DeepEqual(t, r.Pending, &Pending{From: compose.Green, Stop: true})
}
