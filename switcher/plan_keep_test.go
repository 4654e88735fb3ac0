package switcher

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// shelved gives the state a shelf with what serves on it.
func (p *project) shelved(releases ...string) *project {
	k, _ := p.seen(compose.Blue)
	p.Shelf = &Shelf{}
	for _, release := range append(releases, k.Release) {
		p.Shelf.Releases = append(p.Shelf.Releases, Kept{Release: release, Images: k.Images})
		p.Shelf.Names = append(p.Shelf.Names, compose.KeptRef("hello", "web", release))
	}
	return p
}

// step finds the only step of an action.
func step(t *testing.T, p Plan, a Action) Step {
	t.Helper()
	for _, s := range p.Steps {
		if s.Action == a {
			return s
		}
	}
	t.Fatalf("no %s in\n%s", a, p)
	return Step{}
}

func TestUpKeepsTheImagesOfWhatComesUpBeforeItsContainersAreMade(t *testing.T) {
	p := running().shelved()
	w := wants(compose.Green, "hello:v2", 2)
	next := releaseOfSpecs(w)
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err,
		"drain green: its containers are to be replaced",
		"keep "+next+": no prune takes its images",
		"remove hello-web-green-1, hello-web-green-2: differs from the file",
		"create web-green: the file wants more containers than there are",
		"start web-green: not running",
		"ready green: every replica must pass both the engine's and the proxy's check",
	)
	shelf := step(t, plan, DoKeep).Shelf
	assert.DeepEqual(t, shelf.Keep, []naming{{Ref: "hello:v2", ID: "sha256:hello:v2", Name: compose.KeptRef("hello", "web", next)}})
	assert.Equal(t, shelf.Releases[1].Release, next, "the newest is the last")
	assert.DeepEqual(t, shelf.Releases[1].Images["web"], KeptImage{Service: "web-green", Ref: "hello:v2", ID: "sha256:hello:v2", Hash: "hash"})
}

func TestUpKeepsWhatServesWhereNobodyDidBefore(t *testing.T) {
	p := running()
	p.Shelf = &Shelf{}
	p.Containers[2].Image, p.Containers[3].Image = "sha256:hello:v1", "sha256:hello:v1" // its tag has moved
	w := wants(compose.Green, "hello:v2", 2)
	plan, err := planUp(p.State, w, by)
	assert.NilError(t, err)
	shelf := step(t, plan, DoKeep).Shelf
	assert.Equal(t, len(shelf.Keep), 2)
	assert.DeepEqual(t, shelf.Keep[0], naming{ID: "sha256:hello:v1", Name: compose.KeptRef("hello", "web", p.Release(compose.Blue))})
}

func TestUpNamesAgainWhatHasLostItsName(t *testing.T) {
	p := running().shelved()
	plan, err := planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	assert.NilError(t, err)
	first := step(t, plan, DoKeep).Shelf // green's twin of the release is another service
	p.Shelf.Releases = first.Releases
	plan, err = planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	expect(t, plan, err, "ready green: it runs as the file says")

	p.Shelf.Names = nil
	plan, err = planUp(p.State, wants(compose.Green, "hello:v1", 2), by)
	assert.NilError(t, err)
	assert.Check(t, len(step(t, plan, DoKeep).Shelf.Keep) > 0)
}

func TestForgetSparesColoursAndTheLastReleases(t *testing.T) {
	done := func(release string) Record { return Record{Action: Deploy, Release: release, Result: "done"} }
	history := []Record{
		done("a"), done("b"), done("c"),
		{Action: Deploy, Release: "failed", Result: "failed"},
		done("d"),
		{Action: Scale, Release: "scaled", Result: "done"},
	}
	p := running().shelved("a", "b", "failed", "c", "d")
	p.Routing.Release, p.Routing.PreviousRelease = p.Release(compose.Blue), "d"
	for _, test := range []struct {
		n    int
		want string
	}{
		{3, "failed"}, {2, "a, failed"}, {1, "a, b, failed"}, {0, "a, b, failed, c"},
	} {
		plan := planForget(p.State, history, test.n)
		s := step(t, plan, DoForget)
		assert.Equal(t, s.subject(), test.want)
		assert.Equal(t, len(s.Shelf.Forget)+len(s.Shelf.Releases), 6)
	}
	p.Shelf.Releases = p.Shelf.Releases[5:]
	s := step(t, planForget(p.State, history, 3), DoForget)
	assert.Equal(t, len(s.Shelf.Forget), 5, "names that nothing remembers go too")
	p.Shelf.Names = p.Shelf.Names[5:]
	assert.Check(t, planForget(p.State, history, 3).Empty())
}

func TestAReleaseIsChosenByWhereItsNameBegins(t *testing.T) {
	shelf := Shelf{Releases: []Kept{{Release: "5a1c0b77e2"}, {Release: "5a9938d1f0"}}}
	k, err := shelf.choose("5a1")
	assert.NilError(t, err)
	assert.Equal(t, k.Release, "5a1c0b77e2")
	_, err = shelf.choose("5a")
	assert.Error(t, err, "release 5a: 5a1c0b77e2 and 5a9938d1f0 begin with it")
	_, err = shelf.choose("6")
	assert.Error(t, err, "release 6: no release of this name is kept")
}

func TestTheHistoryTellsWhatIsReallyThere(t *testing.T) {
	p := running().shelved("a", "b")
	p.Shelf.Names = p.Shelf.Names[1:]
	records := []Record{{Action: Deploy, Release: "a"}, {Action: Switch, Release: "b"}, {Action: Up, Release: "old"}, {Action: Deploy}, {Action: Scale, Release: "b"}}
	p.Shelf.tellKept("hello", records)
	var kept []string
	for _, r := range records {
		kept = append(kept, r.Kept)
	}
	assert.DeepEqual(t, kept, []string{"no: the image of web has been removed", "yes", "no: its images are not kept", "", ""})
}

func TestTheForecastSaysWhetherTheImagesAreThere(t *testing.T) {
	p := running().without("web-green").shelved("before")
	p.Routing.Action, p.Routing.Previous, p.Routing.PreviousRelease = Switch, compose.Green, "before"
	assert.Equal(t, forecast(p.State).String(),
		"impossible: web-green has no containers any more; its images are kept: docker bluegreen deploy --release before")
	p.Shelf.Names = nil
	assert.Equal(t, forecast(p.State).String(), "impossible: web-green has no containers any more; the image of web has been removed")
}
