package switcher

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// worker is one of these tests' workers: "mail" in "mail-blue" and "mail-green".
func worker(name string, policy compose.Policy) compose.Worker {
	terms := compose.Terms{Policy: policy, Restart: "always"}
	return compose.Worker{
		Name:     name,
		Services: map[compose.Colour]string{compose.Blue: name + "-blue", compose.Green: name + "-green"},
		Replicas: map[compose.Colour]int{compose.Blue: 1, compose.Green: 1},
		Terms:    map[compose.Colour]compose.Terms{compose.Blue: terms, compose.Green: terms},
	}
}

var crew = []compose.Worker{worker("mail", compose.Handoff), worker("once", compose.PauseThenStart), worker("thumbs", compose.Overlap)}

// employed is running() with a worker of each policy, at work where they belong.
func employed() *project {
	p := running()
	p.Model.Workers = crew
	p.with("mail-blue", 1, "hello:v1", "running").with("once-blue", 1, "hello:v1", "running").with("thumbs-blue", 1, "hello:v1", "running")
	return p.with("mail-green", 1, "hello:v1", "created").with("once-green", 1, "hello:v1", "created").with("thumbs-green", 1, "hello:v1", "running")
}

func TestASwitchHandsWorkersOverAroundItsCommit(t *testing.T) {
	plan, err := planSwitch(employed().State, move{By: by})
	expect(t, plan, err,
		"note blue: workers are handed over: a command that is killed here must be known",
		"start-workers mail-green: they take jobs beside the former ones until those end",
		"end-workers once-blue: two versions are never at work at once",
		"start-workers once-green: the former ones have ended",
		"commit green: every replica is ready",
		"end-workers mail-blue: those of green have taken over",
		"drain blue: it took the traffic until now",
		"note green: all is done",
	)
	assert.Equal(t, plan.Steps[0].Routing.Active, compose.Blue)
	assert.DeepEqual(t, plan.Steps[0].Routing.Pending, &Pending{Workers: true})
	assert.DeepEqual(t, plan.Steps[4].Routing.Pending, &Pending{From: compose.Blue, Workers: true})
	assert.Assert(t, plan.Steps[7].Routing.Pending == nil)
}

func TestABakeTakesWorkersBackWithTheTraffic(t *testing.T) {
	plan, err := planSwitch(employed().State, baking())
	assert.NilError(t, err)
	actions := make([]Action, 0, len(plan.Steps))
	for _, step := range plan.Steps {
		actions = append(actions, step.Action)
	}
	assert.DeepEqual(t, actions, []Action{
		DoBaseline, DoNote, DoStartWorkers, DoEndWorkers, DoStartWorkers, DoCommit, DoEndWorkers, DoBake, DoNote, DoDrain, DoNote,
	})
	back := plan.Steps[7].Watch.Back
	expect(t, Plan{Steps: back}, nil,
		"commit blue: where green is worse",
		"end-workers once-green: they are at work while their colour is active",
		"start-workers once-blue: they are at work while their colour is active",
		"start-workers mail-blue: they are at work while their colour is active",
		"end-workers mail-green: they are at work while their colour is active",
		"drain green: it took the traffic until now",
		"note blue: all is done",
	)
	assert.DeepEqual(t, back[0].Routing.Pending, &Pending{From: compose.Green, Workers: true})
}

func TestStopOldStopsTheWorkersThatOverlapToo(t *testing.T) {
	plan, err := planSwitch(employed().State, move{Stop: true, By: by})
	assert.NilError(t, err)
	assert.Check(t, strings.Contains(plan.String(), "\n8. stop hello-web-blue-1, hello-web-blue-2, hello-thumbs-blue-1: asked for by --stop-old\n"), plan.String())
}

func TestARollbackHandsWorkersBack(t *testing.T) {
	p := employed()
	p.Routing = &Routing{Active: compose.Green, Previous: compose.Blue, PreviousRelease: p.Release(compose.Blue), Action: Switch}
	p.Live.Active = compose.Green
	p.without("mail-blue").with("mail-blue", 1, "hello:v1", "exited").without("once-blue").with("once-blue", 1, "hello:v1", "exited")
	p.without("mail-green").with("mail-green", 1, "hello:v1", "running").without("once-green").with("once-green", 1, "hello:v1", "running")
	assert.Equal(t, forecast(p.State).String(), "warm: 2 containers to start (workers)")
	plan, err := planRollback(p.State, move{By: by})
	expect(t, plan, err,
		"note green: workers are handed over: a command that is killed here must be known",
		"start-workers mail-blue: they take jobs beside the former ones until those end",
		"end-workers once-green: two versions are never at work at once",
		"start-workers once-blue: the former ones have ended",
		"commit blue: every replica is ready",
		"end-workers mail-green: those of blue have taken over",
		"drain green: it took the traffic until now",
		"note blue: all is done",
	)

	p.without("web-blue").with("web-blue", 2, "hello:v1", "exited")
	assert.Equal(t, forecast(p.State).String(), "warm: 4 containers to start (2 of them workers)")
	plan, err = planRollback(p.State, move{By: by})
	assert.NilError(t, err)
	assert.Check(t, strings.HasPrefix(plan.String(), "1. start web-blue, thumbs-blue: not all of it runs\n2. ready blue: "), plan.String())

	p.without("once-blue")
	assert.Equal(t, forecast(p.State).String(), "impossible: once-blue has no containers any more")
}

func TestASwitchRefusesAColourWithoutItsWorkers(t *testing.T) {
	p := employed().without("once-green")
	_, err := planSwitch(p.State, move{By: by})
	assert.Error(t, err, "green is not ready: once-green has no containers")
	p = employed().without("thumbs-green").with("thumbs-green", 1, "hello:v1", "exited")
	_, err = planSwitch(p.State, move{By: by})
	assert.Error(t, err, "green is not ready: hello-thumbs-green-1 is exited")
}

// hires is what the file wants of a colour with a worker of each policy.
func hires(c compose.Colour, image string) wanted {
	w := wants(c, image, 2)
	w.Model.Workers = crew
	for _, name := range []string{"mail", "once", "thumbs"} {
		service := name + "-" + string(c)
		w.Waves[0] = append(w.Waves[0], service)
		w.Specs[service] = compose.Spec{Service: service, Image: image, ImageID: "sha256:" + image, ConfigHash: "hash", Replicas: 1}
	}
	return w
}

func TestUpMakesWorkersAndStartsOnlyThoseThatOverlap(t *testing.T) {
	plan, err := planUp(employed().State, hires(compose.Green, "hello:v2"), by)
	expect(t, plan, err,
		"drain green: its containers are to be replaced",
		"remove hello-mail-green-1, hello-once-green-1, hello-thumbs-green-1, hello-web-green-1, hello-web-green-2: differs from the file",
		"create web-green, mail-green, once-green, thumbs-green: the file wants more containers than there are",
		"park-workers mail-green, once-green: they start with the switch",
		"start web-green, thumbs-green: not running",
		"ready green: every replica must pass both the engine's and the proxy's check",
	)
	untouched(t, plan, "web-blue", "mail-blue", "once-blue", "thumbs-blue")
}

func TestUpOfWorkersThatWaitOnlyWaitsForTheRest(t *testing.T) {
	plan, err := planUp(employed().State, hires(compose.Green, "hello:v1"), by)
	expect(t, plan, err,
		"park-workers mail-green, once-green: they start with the switch",
		"ready green: it runs as the file says",
	)
}

func TestTheFirstUpPutsWorkersToWorkBeforeItsCommit(t *testing.T) {
	p := &project{State{Project: "hello", Outdated: true}}
	plan, err := planUp(p.State, hires(compose.Blue, "hello:v1"), by)
	assert.NilError(t, err)
	assert.Check(t, strings.HasSuffix(plan.String(), `
9. start-workers mail-blue: they are at work while their colour is active
10. start-workers once-blue: they are at work while their colour is active
11. commit blue: no colour serves
`), plan.String())
}

func TestUpWhileNothingServesHandsOverFromTheColourThatDid(t *testing.T) {
	p := employed()
	p.ProxyRunning = false
	plan, err := planUp(p.State, hires(compose.Green, "hello:v1"), by)
	expect(t, plan, err,
		"start-proxy lb: it does not run",
		"ready green: it runs as the file says",
		"note blue: workers are handed over: a command that is killed here must be known",
		"start-workers mail-green: they take jobs beside the former ones until those end",
		"end-workers once-blue: two versions are never at work at once",
		"start-workers once-green: the former ones have ended",
		"commit green: no colour serves",
		"end-workers mail-blue: those of green have taken over",
		"note green: the workers are where they belong",
	)
}

func TestAnInterruptedHandoverIsSettledByTheActiveColour(t *testing.T) {
	p := employed()
	assert.Check(t, planSettle(p.State).Empty(), "none was interrupted")
	p.Routing.Pending = &Pending{Workers: true}
	expect(t, planSettle(p.State), nil,
		"end-workers once-green: blue is active, and a handover was interrupted",
		"start-workers once-blue: blue is active, and a handover was interrupted",
		"start-workers mail-blue: blue is active, and a handover was interrupted",
		"end-workers mail-green: blue is active, and a handover was interrupted",
		"note blue: the workers are where they belong",
	)

	p.Routing = &Routing{Active: compose.Green, Pending: &Pending{From: compose.Blue, Stop: true, Workers: true}}
	plan := planSettle(p.State) // blue is live yet
	expect(t, plan, nil,
		"commit green: the proxy serves blue although green was committed",
		"end-workers once-blue: green is active, and a handover was interrupted",
		"start-workers once-green: green is active, and a handover was interrupted",
		"start-workers mail-green: green is active, and a handover was interrupted",
		"end-workers mail-blue: green is active, and a handover was interrupted",
		"note green: the workers are where they belong",
	)
	assert.DeepEqual(t, plan.Steps[5].Routing.Pending, &Pending{From: compose.Blue, Stop: true})
}

func TestAColourIsStoppedWithItsWorkers(t *testing.T) {
	plan, err := planStop(employed().State, compose.Blue, true)
	expect(t, plan, err,
		"end-workers hello-mail-blue-1, hello-once-blue-1: asked for",
		"stop hello-web-blue-1, hello-web-blue-2, hello-thumbs-blue-1: asked for",
	)
}

// A release that makes a policy stricter goes by the stricter one both ways.
func TestAPolicyThatAReleaseChangesIsTheStricterOne(t *testing.T) {
	before, after := model(), model()
	before.Workers = []compose.Worker{worker("mail", compose.Overlap)}
	after.Workers = []compose.Worker{worker("mail", compose.PauseThenStart), worker("new", compose.Handoff)}
	merged := before.With(compose.Green, after)
	assert.DeepEqual(t, merged.Deferred(compose.Green), []string{"mail-green", "new-green"})
	assert.DeepEqual(t, merged.Deferred(compose.Blue), []string{"mail-blue"})
	assert.DeepEqual(t, merged.Lasting(compose.Blue), []string{"web-blue"})
	assert.Equal(t, merged.TermsOf("mail-blue").Policy, compose.Overlap)
}

func TestAWorkerIsScaled(t *testing.T) {
	scaled := func(c compose.Colour, n int) wanted {
		service := "mail-" + string(c)
		m := *employed().Model
		return wanted{Colour: c, Model: m, Specs: map[string]compose.Spec{service: {Service: service, ImageID: "sha256:hello:v1", ConfigHash: "hash", Replicas: n}}}
	}
	plan, err := planScale(employed().State, scaled(compose.Blue, 2), "mail")
	expect(t, plan, err, "create mail-blue: 1 containers, 2 wanted", "start-workers mail-blue: 1 containers, 2 wanted")
	plan, err = planScale(employed().State, scaled(compose.Green, 2), "mail")
	expect(t, plan, err, "create mail-green: 1 containers, 2 wanted", "park-workers mail-green: 1 containers, 2 wanted")
	p := employed().with("mail-blue", 1, "hello:v1", "running")
	plan, err = planScale(p.State, scaled(compose.Blue, 1), "mail")
	expect(t, plan, err, "end-workers hello-mail-blue-1: 2 containers, 1 wanted", "remove hello-mail-blue-1: 2 containers, 1 wanted")
	plan, err = planScale(employed().State, scaled(compose.Blue, 1), "mail")
	assert.NilError(t, err)
	assert.Equal(t, plan.String(), "nothing to do: mail-blue has 1 containers\n")
}

func TestTheReleaseOfSpecsKnowsWorkers(t *testing.T) {
	p := employed()
	assert.Equal(t, releaseOfSpecs(hires(compose.Green, "hello:v1")), p.Release(compose.Green))
	p.without("mail-green").with("mail-green", 1, "hello:v2", "created")
	assert.Check(t, releaseOfSpecs(hires(compose.Green, "hello:v1")) != p.Release(compose.Green))
}
