package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// misdirected names an endpoint at which no engine is: a command that goes there by
// mistake fails.
const misdirected = "DOCKER_HOST=unix:///nowhere/docker.sock"

// A whole release, its attached session into the proxy's container included,
// goes through the endpoint that DOCKER_HOST names.
func TestAReleaseThroughTheEndpointOfDOCKERHOST(t *testing.T) {
	once(t)
	t.Parallel()
	engine := newRelay(t)
	p := newProject(t, single(t)).with("DOCKER_HOST="+engine.endpoint, "TAG=v1")
	for _, step := range [][]string{{"up"}, {"status"}, {"deploy"}, {"rollback"}, {"logs"}, {"ps"}} {
		engine.used(t, func() { p.ok(step...) })
	}
	p.active(compose.Blue, "v1")
	engine.used(t, func() { says(t, p.alone("switch", "green"), "green takes all traffic") })
	p.active(compose.Green, "v1")
}

// The endpoint is the one that was asked for, whichever way it was.
func TestTheEndpointIsTheOneThatWasAskedFor(t *testing.T) {
	once(t)
	t.Parallel()
	engine := newRelay(t)
	p := newProject(t, single(t)).ownConfig()
	p.with("TAG=v1").ok("up")
	p.docker("context", "create", "elsewhere", "--docker", "host="+engine.endpoint)

	p.with(misdirected)
	for _, flags := range [][]string{{"--context", "elsewhere"}, {"-H", engine.endpoint}, {"--host", engine.endpoint}} {
		words := append(append([]string{}, flags...), "bluegreen", "ps", "--colour", "active")
		engine.used(t, func() { says(t, p.typed("docker", words...), p.replica("web-blue", 1)) })
		words = append(append([]string{}, flags...), "ps", "--colour", "active")
		engine.used(t, func() { says(t, p.alone(words...), p.replica("web-blue", 1)) })
	}
	r := p.run("ps")
	assert.Check(t, r.code == 1, "it went to another endpoint than DOCKER_HOST's: %s", r)

	p.with("DOCKER_HOST=", "DOCKER_CONTEXT=elsewhere")
	engine.used(t, func() { says(t, p.run("status"), "blue takes all traffic") })
	engine.used(t, func() { says(t, p.alone("status"), "blue takes all traffic") })
}

// ownConfig gives a project a Docker configuration of its own, with the same
// plugins.
func (p *project) ownConfig() *project {
	p.t.Helper()
	dir := p.t.TempDir()
	plugins := filepath.Join(os.Getenv("DOCKER_CONFIG"), "cli-plugins")
	assert.NilError(p.t, os.Symlink(plugins, filepath.Join(dir, "cli-plugins")))
	return p.with("DOCKER_CONFIG=" + dir)
}
