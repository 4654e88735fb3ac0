package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// hooks has each moment noted by a script; the environment adds a command
// before or after the switch.
const hooks = `
x-bluegreen:
  wait_timeout: 150s
  hooks:
    before_up: [sh note.sh]
    after_up: [sh note.sh]
    before_switch:
      - sh note.sh
      - {run: '${BEFORE_SWITCH:-true}', timeout: '${LIMIT:-1m}'}
    after_switch:
      - sh note.sh
      - '${AFTER_SWITCH:-true}'
      - {run: 'echo "$$BLUEGREEN_TO is seen by $$(hostname)"', service: lb}
    before_rollback: [sh note.sh]
    after_rollback: [sh note.sh]
    on_failure: [sh note.sh]
services:`

// note writes a line of what a hook is told.
const note = `echo "$BLUEGREEN_HOOK $BLUEGREEN_ACTION ${BLUEGREEN_FROM:-none}>$BLUEGREEN_TO $BLUEGREEN_IMAGES ${BLUEGREEN_RESULT:-open}${BLUEGREEN_ERROR:+: $BLUEGREEN_ERROR}" >> notes
test -n "$BLUEGREEN_RELEASE" && test "$BLUEGREEN_PROJECT" = NAME
`

// newHooked makes a project with hooks.
func newHooked(t *testing.T) *project {
	t.Helper()
	p := newProject(t, strings.Replace(single(t), "\nx-bluegreen: {wait_timeout: 150s}\nservices:", hooks, 1))
	p.write("note.sh", note)
	return p
}

// notes are the lines written since they were last asked for.
func (p *project) notes() string {
	p.t.Helper()
	file := filepath.Join(p.dir, "notes")
	text, err := os.ReadFile(file)
	assert.Assert(p.t, err == nil || os.IsNotExist(err), "%v", err)
	assert.NilError(p.t, os.WriteFile(file, nil, 0o600))
	return "\n" + string(text)
}

// saying runs a command and strikes it once when a hook prints a line.
func (p *project) saying(line string, how blow, args ...string) result {
	p.t.Helper()
	struck := false
	return p.watched(plugin(), args, func(pid int, event []byte) {
		var e compose.Event
		if struck || json.Unmarshal(event, &e) != nil || e.Status != compose.Output || e.Text != line {
			return
		}
		struck = true
		assert.Check(p.t, how(pid))
	})
}

// gone asserts that the process whose number a file holds has ended. Who
// reaps it, as nobody's child, takes a moment to.
func (p *project) gone(file string) {
	p.t.Helper()
	number, err := os.ReadFile(filepath.Join(p.dir, file))
	assert.NilError(p.t, err)
	status := filepath.Join("/proc", strings.TrimSpace(string(number)), "stat")
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		text, err := os.ReadFile(status)
		fields := strings.Fields(string(text))
		if err != nil || slices.Contains(fields[:min(3, len(fields))], "Z") {
			return
		}
	}
	p.t.Errorf("process %s lives", number)
}
