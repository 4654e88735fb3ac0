package e2e

import (
	"regexp"
	"strings"
	"syscall"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// holder is how the second of two commands names the first.
var holder = regexp.MustCompile(`is locked: \S+@\S+ runs "up" since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// The first of two commands stands still at a step while the second comes,
// which is refused with the holder's name; a third one waits for its turn, as
// it was told to.
func TestTwoCommandsAtOnce(t *testing.T) {
	once(t)
	t.Parallel()
	for _, test := range []struct {
		name, during string
		first        bool
		blue         string // the version that serves in the end
	}{
		{"while the first colour comes up and no proxy runs", "converge", true, "v2"},
		{"while the next colour comes up", "ready", false, "v1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newShop(t)
			if !test.first {
				p.ok("up")
			}
			p.with("TAG=v2")
			waited := make(chan result, 1)
			at, r := p.strikeStep(test.during, func(pid int) error {
				assert.Check(t, syscall.Kill(pid, syscall.SIGSTOP))
				p.refused()
				go func() { waited <- p.run("up", "--lock-wait", "2m") }()
				return syscall.Kill(pid, syscall.SIGCONT)
			}, plugin(), "up")
			assert.Assert(t, at != nil)
			assert.Equal(t, r.code, 0, "the first: %s", r)
			r = <-waited
			assert.Equal(t, r.code, 0, "the third: %s", r)
			p.active(compose.Blue, test.blue)
			p.sane()
		})
	}
}

// refused asserts that a command finds the project locked.
func (p *project) refused() {
	p.t.Helper()
	r := p.run("up")
	assert.Check(p.t, r.code == 6, "the second: %s", r)
	assert.Check(p.t, holder.MatchString(r.stderr), "%s", r)
	assert.Check(p.t, strings.Contains(r.stderr, "hint: wait for it to end, or let this command wait: --lock-wait"), "%s", r)
}
