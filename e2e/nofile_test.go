package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// What runs can be led back, looked at and stopped whatever has become of
// the file: by then somebody may be editing it.
func TestCommandsWorkWhateverBecameOfTheFile(t *testing.T) {
	t.Parallel()
	p := twoColours(t)
	file := filepath.Join(p.dir, "compose.blue-green.yml")
	for _, test := range []struct {
		name   string
		change func()
	}{
		{"it has other services", func() { p.edit("web-", "shop-") }},
		{"it breaks a rule", func() { p.edit("port: 8080,", "prot: 8080,") }},
		{"it does not parse", func() { p.write("compose.blue-green.yml", "services: [\n  {{") }},
		{"it is gone", func() { assert.NilError(t, os.Remove(file)) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			assert.NilError(t, err)
			test.change()
			q := *p
			q.t = t
			q.worksFromWhatRuns()
			assert.NilError(t, os.WriteFile(file, text, 0o600))
		})
	}
}

// worksFromWhatRuns uses every verb that needs no file, and ends where it
// began: blue takes the traffic, green runs.
func (p *project) worksFromWhatRuns() {
	p.t.Helper()
	p.active(compose.Blue, "v1")
	assert.Check(p.t, len(p.history()) > 0)
	listed := p.ok("ps").stdout
	assert.Check(p.t, strings.Contains(listed, p.replica("web-blue", 1)), "%s", listed)
	logs := p.ok("logs", "--colour", "green").stdout
	assert.Check(p.t, strings.Contains(logs, "v2 listens on"), "%s", logs)

	p.ok("switch")
	p.active(compose.Green, "v2")
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	p.ok("switch")
	p.ok("stop")
	assert.Equal(p.t, p.status().Rollback, "warm: 1 containers to start")
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	p.sane()
}
