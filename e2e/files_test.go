package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// smallest is the example at the root of the repository, under a name of
// the test's own.
func smallest(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "compose.blue-green.yml"))
	assert.NilError(t, err)
	return strings.Replace(string(text), "name: hello", "name: NAME", 1)
}

// single is the smallest example with one replica in each colour, which is
// all that most obligations need, and patience for a busy machine. Its replicas
// have no healthcheck, for each starts a process every second, and many projects
// are up at once; what healthchecks do is the shop's to show.
func single(t *testing.T) string {
	t.Helper()
	return strings.NewReplacer(
		"replicas: 3", "replicas: 1",
		", environment: {COLOUR: blue}", "", ", environment: {COLOUR: green}", "", // tests add an environment to both
		"  healthcheck: {test: [CMD, /hello, health], interval: 1s, timeout: 3s, retries: 5}\n", "",
		"\nservices:", "\nx-bluegreen: {wait_timeout: 150s}\nservices:",
	).Replace(smallest(t))
}
