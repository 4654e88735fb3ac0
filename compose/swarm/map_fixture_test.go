package swarm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A file is a project for the tests of Map: a proxy, a pair, and what a case
// has beside them, or in their place.
type file struct {
	// top is what comes before the services, proxy and pair what these have
	// beside what they need.
	top, proxy, pair string
	// services are more services.
	services string
}

const (
	theProxy = `
  lb:
    image: haproxy:3.2
    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
    volumes: ["state:/var/lib/haproxy"]
    x-bluegreen: {}
`
	thePair = `
  web-COLOUR:
    image: web:1
    profiles: [COLOUR]
    x-bluegreen: {port: 8080, listen: 80}
`
)

func (f file) text() string {
	text := "name: shop\n" + f.top
	if !strings.Contains(f.top, "volumes:") {
		text += "volumes: {state: {}}\n"
	}
	text += "services:\n" + f.services
	text += strings.Replace(theProxy, "    x-bluegreen: {}\n", orDefault(f.proxy, "    ports: [\"8080:80\"]"), 1) + "\n"
	for _, colour := range []string{"blue", "green"} {
		text += strings.ReplaceAll(thePair+f.pair, "COLOUR", colour) + "\n"
	}
	return text
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// load writes the file into a directory of its own, beside data.txt, and makes
// that the current one.
func (f file) load(t *testing.T) *compose.Project {
	t.Helper()
	directory, err := filepath.EvalSymlinks(t.TempDir())
	assert.NilError(t, err)
	t.Chdir(directory)
	assert.NilError(t, os.WriteFile("data.txt", []byte("some data"), 0o600))
	assert.NilError(t, os.WriteFile("compose.yml", []byte(f.text()), 0o600))
	p, err := compose.Load(t.Context(), compose.Options{})
	assert.NilError(t, err, "%s", f.text())
	return p
}

func (f file) mapped(t *testing.T) *Stack {
	t.Helper()
	stack, err := Map(f.load(t))
	assert.NilError(t, err)
	return stack
}
