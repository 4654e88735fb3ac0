package e2e

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A release changes what it is asked to change: the file may say what it
// wants of the active colour, of shared services and of the proxy.
func TestOnlyTheIdleColourIsTouchedWhateverTheFileChanged(t *testing.T) {
	t.Parallel()
	p := newShop(t)
	p.ok("up")
	p.visitors()
	all := p.containers()
	p.edit("    START_DELAY: ", "    ADDED: setting\n    START_DELAY: ")
	p.edit("environment: {HEALTH_DELAY:", "environment: {ADDED: setting, HEALTH_DELAY:")
	p.edit(`ports: ["127.0.0.1:${PORT}:80"]`, `ports: ["127.0.0.1:${PORT}:80", "127.0.0.1:${TCP_PORT}:80"]`)
	p.edit("    volumes: [\"bluegreen:/var/lib/haproxy\"]\n", "    volumes: [\"bluegreen:/var/lib/haproxy\"]\n    environment: {ADDED: setting}\n")
	p.with("TAG=v2", "DB_TAG=v2").ok("up")
	p.untouched(all, "lb", "db", "web-blue", "migrate-blue")
	p.active(compose.Blue, "v1")
	p.ready(compose.Green, 1)

	p.ok("switch")
	before := p.containers("lb", "db", "web-green", "migrate-green")
	p.with("TAG=v3").ok("up")
	p.untouched(before, "lb", "db", "web-green", "migrate-green")
	p.active(compose.Green, "v2")
}

// An `up` that finds the idle colour as the file says only waits for it; one
// whose containers were stopped starts the same ones.
func TestWhatIsAsTheFileSaysIsNotReplaced(t *testing.T) {
	once(t)
	t.Parallel()
	p := twoColours(t)
	all := p.containers()
	p.ok("up")
	p.untouched(all)
	p.ok("stop")
	p.ok("up")
	for name, green := range p.containers("web-green") {
		assert.Equal(t, green.ID, all[name].ID)
	}
	p.ready(compose.Green, 1)
}

// A colour's job has ended before what depends on it starts.
func TestJobsRunFirst(t *testing.T) {
	once(t)
	t.Parallel()
	p := newShop(t)
	p.ok("up")
	ended := p.moment(p.replica("migrate-blue", 1), "FinishedAt")
	started := p.moment(p.replica("web-blue", 1), "StartedAt")
	assert.Check(t, ended.Before(started), "the job ended at %s, web started at %s", ended, started)
}

// moment reads a time of a container's state.
func (p *project) moment(container, field string) time.Time {
	p.t.Helper()
	at, err := time.Parse(time.RFC3339Nano, p.docker("inspect", "--format", "{{.State."+field+"}}", container))
	assert.NilError(p.t, err)
	return at
}

// The containers are Compose's own: it shows them, recreates none of them,
// and takes them down.
func TestTheContainersAreThoseThatComposeWouldMake(t *testing.T) {
	once(t)
	t.Parallel()
	p := newShop(t)
	p.edit("greeting: {file: greeting.txt}", "greeting: {content: \"hello from NAME\"}")
	p.ok("up")
	p.ok("up")
	made := p.containers()
	profiles := []string{"--profile", "blue", "--profile", "green"}
	listed := p.compose(append(profiles, "ps", "--all", "--format", "{{.Name}}")...).stdout
	for name := range made {
		assert.Check(t, contains(strings.Fields(listed), name), "docker compose ps does not show %s:\n%s", name, listed)
	}
	assert.Check(t, p.compose(append(profiles, "logs", "web-green")...).stdout != "")

	p.compose("up", "--detach")
	p.sameContainers(made)
	p.compose(append(profiles, "up", "--detach")...)
	p.sameContainers(made)
	p.active(compose.Blue, "v1")
	p.ok("switch")
	p.active(compose.Green, "v1")

	p.compose(append(profiles, "down", "--volumes")...)
	assert.Equal(t, len(p.containers()), 0)
}

// sameContainers asserts that no container was replaced, added or removed.
// Compose starts jobs again, so it says nothing of when they started.
func (p *project) sameContainers(before map[string]seen) {
	p.t.Helper()
	now := p.containers()
	assert.Equal(p.t, len(now), len(before))
	for name, c := range before {
		assert.Check(p.t, now[name].ID == c.ID, "%s was replaced", name)
	}
}
