package swarm

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// What the project has made goes, what it remembers stays until its volumes
// go, and nobody else notices.
func downLeavesNothingAndTouchesNobodyElse(t *testing.T, c *cluster.Cluster) {
	shop(t, c) // a neighbour
	neighbours := map[string][]string{}
	p := newProject(t, c, "gone", replaced(replaced(replaced(file, "\nservices:\n", `
  secrets: [password]
  configs: [motd]
services:
`), "replicas: 3", "replicas: 1"), "volumes: {bluegreen: {}}\n", `volumes: {bluegreen: {}}
secrets: {password: {file: ./password}}
configs: {motd: {file: ./motd}}
`))
	for _, name := range []string{"password", "motd"} {
		assert.NilError(t, os.WriteFile(filepath.Join(p.dir, name), []byte(name), 0o600))
	}
	for _, kind := range kinds {
		neighbours[kind] = p.list(kind)
	}
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	for kind, least := range map[string]int{"service": 4, "network": 2, "config": 3, "secret": 1} {
		assert.Check(t, len(p.list(kind))-len(neighbours[kind]) >= least, "%s: %v", kind, p.list(kind))
	}

	p.ok("down")
	for _, kind := range kinds {
		left := slices.DeleteFunc(p.list(kind), func(name string) bool { return slices.Contains(neighbours[kind], name) })
		if kind == "config" {
			records := strings.Fields(p.docker("config", "ls", "--filter", "label=bluegreen.record", "--filter", "label=com.docker.stack.namespace="+p.name, "--format", "{{.Name}}"))
			assert.Check(t, len(records) > 0, "what the project remembers is gone")
			left = slices.DeleteFunc(left, func(name string) bool { return slices.Contains(records, name) })
		}
		assert.Check(t, len(left) == 0, "%s: %v are left", kind, left)
		for _, name := range neighbours[kind] {
			assert.Check(t, slices.Contains(p.list(kind), name), "%s %s of somebody else is gone", kind, name)
		}
	}
	assert.Check(t, p.status().Active == nil)
	p.ok("down", "-v")
	for _, kind := range kinds {
		assert.DeepEqual(t, p.list(kind), neighbours[kind])
	}
	served := prepareProject(t, c, "shop", 8080, file)
	served.served("v1", c.Nodes...)
}

// kinds are what a swarm has of a project.
var kinds = []string{"service", "network", "config", "secret"}

// list is all that the swarm has of a kind, of whomever, sorted.
func (p *project) list(kind string) []string {
	p.t.Helper()
	all := strings.Fields(p.docker(kind, "ls", "--format", "{{.Name}}"))
	slices.Sort(all)
	return all
}
