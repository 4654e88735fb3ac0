package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// The active colour grows and shrinks under its visitors' hands.
func TestScalingTheActiveColourLosesNothing(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	visitors := p.load(load.Options{URL: p.url()})
	first := p.containers("web-blue")

	says(t, p.ok("scale", "web=4"), "blue is scaled")
	assert.Equal(t, len(p.containers("web-blue")), 4)
	assert.Check(t, p.containers("web-blue")[p.replica("web-blue", 1)] == first[p.replica("web-blue", 1)])
	p.hosts(4)
	blue := p.status().Colours[compose.Blue].Services[0]
	assert.Check(t, blue.Healthy == 4 && blue.InProxy == 4 && blue.Replicas == 4, "%+v", blue)
	assert.Equal(t, p.status().Rollback, "impossible: blue is the first release")

	says(t, p.ok("scale", "web=1"), "blue is scaled")
	p.untouched(first, "web-blue")
	says(t, p.ok("scale", "web=1"), "web-blue has 1 containers")
	p.nobodyLost(visitors)
}

// hosts waits until a visitor has met so many replicas.
func (p *project) hosts(n int) {
	p.t.Helper()
	met := map[string]bool{}
	p.eventually("all replicas answer", func() bool {
		met[p.get("/").Host] = true
		return len(met) == n
	})
}

// The settings have room for ten replicas; one more needs others, which the
// proxy takes without losing a request.
func TestScalingBeyondTheSettingsReloadsWithoutLoss(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up", "--scale", "web=9")
	visitors := p.load(load.Options{URL: p.url()})
	r := p.ok("scale", "web=11", "--wait-timeout", "2m")
	if behind.kind == compose.HAProxy { // Traefik's have room for any number
		assert.Check(t, strings.Contains(r.stderr, "reload lb"), "%s", r)
	}
	p.hosts(11)
	p.ok("scale", "web=1", "--drain-timeout", "20s")
	p.nobodyLost(visitors)
}

// New replicas are what the running ones are, or there are none.
func TestScalingNeverMixesTwoReleases(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	// Another tag today is no matter of scaling: the image is the running one.
	p.with("TAG=v2").ok("scale", "web=2")
	for _, c := range p.containers("web-blue") {
		assert.Equal(t, c.Image, "hello:v1")
	}
	// Other settings are.
	file := strings.Replace(single(t), "restart: always", "environment: {NEW: setting}", 1)
	p.write("compose.blue-green.yml", file)
	before := p.containers()
	p.fails(1, "its settings in the file differ from what runs", "scale", "web=3")
	p.untouched(before)
	p.fails(2, "a pair needs 1 replica or more", "scale", "web=0")
	p.fails(2, "at least 1 is needed", "up", "--scale", "web=0")
	p.fails(1, "green has no such pair", "scale", "shop=3", "--colour", "green")
	p.fails(3, "web-green has no containers", "scale", "web=2", "--colour", "green")
}
