package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The plugin protocol of Docker's client changed over the years; the oldest
// one that is promised is laid into the configuration by clients.sh.
func TestDockersClient2010ReleasesToo(t *testing.T) {
	once(t)
	t.Parallel()
	client := filepath.Join(os.Getenv("DOCKER_CONFIG"), "clients", "docker-20.10")
	p := newProject(t, single(t)).with("TAG=v1")
	version := p.typed(client, "version", "--format", "{{.Client.Version}}")
	assert.Assert(t, strings.HasPrefix(version.stdout, "20.10."), "%s", version)

	says(t, p.typed(client, "--help"), "bluegreen*", "Blue/green releases of Compose projects")
	says(t, p.typed(client, "bluegreen", "up"), "blue takes all traffic")
	p.with("TAG=v2")
	says(t, p.typed(client, "-H", "unix://"+engineSocket(t), "bluegreen", "deploy", "--progress", "plain"), "green takes all traffic")
	p.active(compose.Green, "v2")
	says(t, p.typed(client, "bluegreen", "rollback"), "blue takes all traffic")
	p.active(compose.Blue, "v1")
	says(t, p.typed(client, "bluegreen", "--version"), "docker-bluegreen ")
	r := p.typed(client, "bluegreen", "switch", "--no-such-flag")
	assert.Equal(t, r.code, 125, "%s", r)
}
