package e2e

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// moves builds the image of the test's project anew, under the same tag as
// before, which its former image thereby loses.
func (p *project) moves(version string) (image string) {
	p.t.Helper()
	p.write("Dockerfile", "FROM hello:"+version+"\nLABEL e2e=NAME again="+version+"\n")
	p.docker("build", "--quiet", "--tag", p.name+"-built:moving", ".")
	return p.docker("image", "inspect", "--format", "{{.Id}}", p.name+"-built:moving")
}

// moving is the smallest project, whose image has one tag for all releases.
func moving(t *testing.T) *project {
	t.Helper()
	p := newProject(t, strings.Replace(single(t), "image: hello:${TAG:-v1}", "image: NAME-built:moving", 1))
	p.builds()
	return p
}

// prune removes what has no name any more, of the images of this test.
func (p *project) prune() {
	p.t.Helper()
	p.docker("image", "prune", "--force", "--filter", "label=e2e="+p.name)
}

// kept is what the history says of each release: whether it can be brought
// back.
func (p *project) kept() map[string]string {
	p.t.Helper()
	kept := map[string]string{}
	for _, r := range p.history() {
		kept[r.Release] = r.Kept
	}
	return kept
}

// has tells that the engine has an image.
func (p *project) has(image string) bool {
	p.t.Helper()
	return p.typed("docker", "image", "inspect", image).code == 0
}

// A tag that moves takes nobody's way back: neither a prune nor a lost
// container keeps an old release from coming up again as the same release.
func TestAnOldReleaseComesBackAfterItsTagHasMovedAndItsImageWasPruned(t *testing.T) {
	once(t)
	t.Parallel()
	p := moving(t)
	p.moves("v1")
	p.ok("up")
	first := p.status().Colours[compose.Blue].Release
	visitors := p.load(load.Options{URL: p.url()})
	second := p.moves("v2")
	p.ok("deploy")
	previous := p.status().Colours[compose.Green].Release
	third := p.moves("v3")
	p.ok("deploy", "--keep", "1")
	p.prune()
	p.active(compose.Blue, "v3")
	last := p.status().Colours[compose.Blue].Release
	assert.Equal(t, p.kept()[first], "yes")
	says(t, p.ok("history"), "KEPT", "yes")

	p.ok("rollback")
	p.active(compose.Green, "v2")
	says(t, p.ok("up", "--release", first[:5]), "blue is up: release "+first)
	p.active(compose.Green, "v2")
	p.ok("switch")
	p.active(compose.Blue, "v1")
	assert.Equal(t, p.status().Colours[compose.Blue].Release, first, "the same images and settings are the same release")
	web := p.status().Colours[compose.Blue].Services[0]
	assert.Equal(t, web.Image, p.name+"-built:moving", "by the name that the file has for it")
	p.ok("scale", "web=2")
	p.ready(compose.Blue, 2)

	// What served before is gone but for its images.
	p.docker("rm", "--force", p.replica("web-green", 1))
	forecast := p.status().Rollback
	assert.Equal(t, forecast, "impossible: web-green has no containers any more; its images are kept: docker bluegreen deploy --release "+previous)
	p.fails(1, "rollback is "+forecast, "rollback")
	p.ok("deploy", "--release", previous)
	p.active(compose.Green, "v2")

	// The third served last of all that no colour runs; then it is one too many.
	p.fails(1, "no release of this name is kept", "up", "--release", "nope")
	assert.Equal(t, p.kept()[last], "yes")
	p.write("Dockerfile", "FROM hello:v1\nLABEL e2e=NAME again=fourth\n")
	p.docker("build", "--quiet", "--tag", p.name+"-built:moving", ".")
	p.ok("deploy", "--keep", "0")
	assert.Equal(t, p.kept()[last], "no: its images are not kept")
	assert.Check(t, !p.has(third), "the image of a forgotten release is gone with its last name")
	assert.Check(t, p.has(second), "a colour runs it")
	p.fails(1, "no release of this name is kept", "up", "--release", last)
	p.nobodyLost(visitors)

	// What goes with the project is its names, and no image that has no other.
	r := p.ok("down", "--volumes")
	left := p.keptNames(t.Context())
	assert.Check(t, len(left) > 0, "the former releases' images have no other name")
	for _, name := range left {
		assert.Check(t, strings.Contains(r.stderr, name+": is the last name of its image"), "%s: %s", name, r)
	}
}

// Settings are the file's; where they differ from the release's, that is said.
func TestAReleaseBroughtBackWithOtherSettingsIsAnotherOne(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, single(t)).with("TAG=v1")
	p.ok("up")
	first := p.status().Colours[compose.Blue].Release
	p.with("TAG=v2").ok("deploy")
	p.edit("replicas: 1}", "replicas: 1}\n  labels: {changed: \"yes\"}")
	r := p.ok("up", "--release", first)
	assert.Check(t, strings.Contains(r.stderr, "the file's settings, which have changed since for web: that is release "), "%s", r)
	assert.Check(t, p.status().Colours[compose.Blue].Release != first)
	p.ok("switch")
	p.active(compose.Blue, "v1")
	// An image that somebody removed all the same is told before it is needed.
	p.with("TAG=v3").ok("deploy")
	p.ok("up", "--release", first)
	p.docker("image", "rm", compose.KeptRef(p.name, "web", first))
	assert.Equal(t, p.kept()[first], "no: the image of web has been removed")
	p.fails(1, "release "+first+": the image of web has been removed", "up", "--release", first)
}

// The former colour stays for a while, and then goes with the first command.
func TestTheFormerColourIsStoppedWhenItsTimeIsOver(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, single(t)).with("TAG=v1")
	p.ok("up")
	p.with("TAG=v2")
	says(t, p.ok("deploy", "--stop-old", "after", "2h"), "green takes all traffic", "blue is stopped after ")
	says(t, p.ok("status"), "rollback   hot", "stops      blue after ", "in 2 hours")
	says(t, p.ok("stop", "--due"), "nothing to do: blue is to be stopped after ")
	assert.Equal(t, p.status().Colours[compose.Blue].State, "running")

	// A rollback takes it back, and says that in turn of the other.
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	assert.Check(t, p.status().Retire == nil)

	p.ok("switch", "--stop-old=1ms")
	p.active(compose.Green, "v2")
	assert.Equal(t, p.status().Retire.Colour, compose.Blue)
	assert.Equal(t, p.status().Colours[compose.Blue].State, "running")
	says(t, p.ok("stop", "--due"), "blue is stopped")
	assert.Equal(t, p.status().Colours[compose.Blue].State, "stopped")
	assert.Check(t, p.status().Retire == nil)
	assert.Equal(t, p.status().Rollback, "warm: 1 containers to start")
	p.active(compose.Green, "v2")

	// What is brought up meanwhile is not stopped by what was said before.
	p.edit("x-bluegreen: {wait_timeout: 150s}", "x-bluegreen: {wait_timeout: 150s, retire: 1ms}")
	p.with("TAG=v3").ok("deploy")
	assert.Equal(t, p.status().Retire.Colour, compose.Green)
	p.with("TAG=v1").ok("up")
	assert.Check(t, p.status().Retire == nil)
	p.ok("scale", "web=2")
	assert.Equal(t, p.status().Colours[compose.Green].State, "running")
	p.ok("switch", "--stop-old=never")
	assert.Check(t, p.status().Retire == nil)

	// A command that has nothing else to do does it too.
	p.ok("switch")
	says(t, p.ok("switch", "blue"), "blue takes all traffic")
	assert.Equal(t, p.status().Colours[compose.Green].State, "stopped")
	p.active(compose.Blue, "v3")
}

// A client that is killed leaves the time behind, and the next one keeps it.
func TestWhoKillsTheClientKillsNotWhatItWasToldToStop(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, single(t)).with("TAG=v1")
	p.ok("up")
	p.with("TAG=v2").ok("up")
	slow := exec.CommandContext(t.Context(), "curl", "-sS", "--max-time", "60", p.url()+"/slow?for=20s")
	assert.NilError(t, slow.Start())
	p.eventually("the slow request is there", func() bool { return p.status().Colours[compose.Blue].Services[0].Sessions > 0 })
	ctx, kill := context.WithCancel(t.Context())
	cmd := p.command(ctx, pluginPath(), "switch", "--stop-old=1ms")
	assert.NilError(t, cmd.Start())
	p.eventually("green is active", func() bool { s := p.status(); return s.Active != nil && *s.Active == compose.Green })
	kill()
	_ = cmd.Wait() // it was killed
	p.eventually("the lock is free", func() bool { return p.status().Operation == nil })
	assert.Equal(t, p.status().Retire.Colour, compose.Blue)
	says(t, p.ok("stop", "--due"), "nothing to do: blue still serves ")
	assert.Equal(t, p.status().Colours[compose.Blue].State, "running", "nothing is cut")
	assert.NilError(t, slow.Wait(), "the slow request")
	says(t, p.ok("stop", "--due"), "blue is stopped")
	assert.Equal(t, p.status().Colours[compose.Blue].State, "stopped")
	p.active(compose.Green, "v2")
}
