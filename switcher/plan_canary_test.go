package switcher

import (
	"errors"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// shared is running with a canary of green.
func shared(share int) *project {
	p := running()
	p.Routing.Canary, p.Live.Canary = share, share
	return p
}

var byCanary = Signature{Action: Canary, Who: "ann@laptop", At: time.Unix(9, 0)}

func TestACanaryChangesTheShareAlone(t *testing.T) {
	p := running()
	plan, err := planCanary(p.State, 10, byCanary)
	expect(t, plan, err, "share green 10%: every replica is ready")
	want := *p.Routing
	want.Canary, want.CanarySince = 10, byCanary.At
	assert.DeepEqual(t, *plan.Steps[0].Routing, want)
	assert.Equal(t, p.Routing.Canary, 0, "what was observed stays as it was")
}

func TestACanaryIsSentToAReadyColourAlone(t *testing.T) {
	p := shared(10)
	p.Containers[4].Health = compose.Unhealthy
	_, err := planCanary(p.State, 25, byCanary)
	var notReady *NotReadyError
	assert.Check(t, errors.As(err, &notReady), "%v", err)
	for _, fewer := range []int{5, 0} {
		plan, err := planCanary(p.State, fewer, byCanary)
		assert.NilError(t, err)
		assert.Equal(t, plan.Steps[0].Routing.Canary, fewer)
	}
}

func TestACanaryThatIsThereAlready(t *testing.T) {
	plan, err := planCanary(shared(10).State, 10, byCanary)
	assert.NilError(t, err)
	assert.Equal(t, plan.String(), "nothing to do: green takes 10% of the visitors already\n")
}

func TestACanaryTeachesOlderSettingsFirst(t *testing.T) {
	p := running()
	p.Outdated = true
	plan, err := planCanary(p.State, 10, byCanary)
	expect(t, plan, err,
		"configure lb: its settings are older than the tool",
		"reload lb: it runs with the former settings",
		"share green 10%: every replica is ready",
	)
	p.Model.Proxy.Generated = false
	plan, err = planCanary(p.State, 10, byCanary)
	expect(t, plan, err, "share green 10%: every replica is ready")
}

func TestACanaryKilledBeforeTheProxyWasTold(t *testing.T) {
	p := shared(10)
	p.Live.Canary = 0
	plan, err := planCanary(p.State, 10, byCanary)
	expect(t, plan, err, "commit blue: the proxy serves blue although blue, and green for 10% was committed")
	plan, err = planSwitch(p.State, move{})
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[1].Action, DoCommit, "a switch goes on to the other colour")
	assert.Equal(t, plan.Steps[1].Colour, compose.Green)
}

func TestASwitchFinishesACanary(t *testing.T) {
	plan, err := planSwitch(shared(10).State, move{By: Signature{Action: Switch}})
	expect(t, plan, err,
		"commit green: every replica is ready",
		"drain blue: it took the traffic until now",
		"note green: all is done",
	)
	assert.Equal(t, plan.Steps[0].Routing.Canary, 0)
}

func TestARollbackEndsACanary(t *testing.T) {
	for _, former := range []string{Up, Rollback} {
		p := shared(10)
		p.Routing.Action = former
		assert.Equal(t, forecast(p.State).String(), "hot")
		plan, err := planRollback(p.State, move{By: Signature{Action: Rollback}})
		expect(t, plan, err, "share green 0%: the canary is what is undone")
		assert.Equal(t, plan.Steps[0].Routing.Action, former)
	}
}

func TestWhatVisitorsAreSentToIsNotTouched(t *testing.T) {
	p := shared(10)
	var refused *CanaryError
	_, err := colourToBringUp(p.State, "")
	assert.Check(t, errors.As(err, &refused), "%v", err)
	_, err = planStop(p.State, "", true)
	assert.Check(t, errors.As(err, &refused), "%v", err)
	assert.Error(t, err, "stop green: a canary is on, green takes 10% of the visitors")
	_, err = planStop(p.State, compose.Blue, true)
	assert.NilError(t, err)
}

func TestACanaryKeepsWhatWasToBeRetired(t *testing.T) {
	p := running()
	due := time.Unix(5, 0)
	p.Now, p.Routing.Pending = time.Unix(9, 0), &Pending{Retire: &Retirement{Colour: compose.Green, Due: due}}
	plan, err := planCanary(p.State, 10, byCanary)
	assert.NilError(t, err)
	last := plan.Steps[len(plan.Steps)-1]
	assert.Equal(t, last.Action, DoShare)
	assert.Assert(t, last.Routing.Pending == nil, "it is still to be stopped")
	for _, step := range plan.Steps {
		assert.Check(t, step.Action != DoStop, "%s", step)
	}
	p.Routing.Canary = 10
	assert.Assert(t, p.Retirement() == nil)
}

func TestStepsGoOnWhereTheyWereKilled(t *testing.T) {
	for _, c := range []struct {
		shares  []int
		reached int
		want    []int
	}{
		{[]int{5, 25, 100}, 0, []int{5, 25, 100}},
		{[]int{5, 25, 100}, 25, []int{25, 100}},
		{[]int{5, 25, 100}, 10, []int{25, 100}},
		{[]int{5, 25}, 50, nil},
		{[]int{5}, 50, []int{5}},
	} {
		assert.DeepEqual(t, ahead(c.shares, c.reached), c.want)
	}
	plan := planShares(shared(5).State, move{By: byCanary}, []int{5, 25, 100}, time.Second)
	expect(t, plan, nil,
		"stay green: visitors try it at 5% for 1s",
		"share green 25%: every replica is ready",
		"stay green: visitors try it at 25% for 1s",
		"commit green: every replica is ready",
		"drain blue: it took the traffic until now",
		"note green: all is done",
	)
}
