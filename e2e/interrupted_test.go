package e2e

import (
	"fmt"
	"regexp"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// leftState is the message of an interrupted command: what serves now.
var leftState = regexp.MustCompile(`: interrupted: (no colour takes traffic|(blue|green) takes all traffic|nothing was changed)`)

// Ctrl-C at each step of a deploy, which has those of an up and a switch: it
// ends with 130 and says what it leaves, or was done in that instant; the
// same command typed again completes the job.
func TestAnInterruptedDeployIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := newShop(t)
	p.ok("up")
	p.visitors()
	for n := 1; ; n++ {
		p.with("TAG=" + turn(n, "v1", "v2", "v3"))
		at, r := p.strike(2*n-1, interrupt, plugin(), "deploy") // each step has a begin and an end
		if at == nil {
			assert.Check(t, n > 8, "it has only %d steps: %s", n-1, r)
			return
		}
		t.Logf("interrupted at: %s, exit %d", at, r.code)
		if r.code != 0 {
			assert.Equal(t, r.code, 130, "%s", r)
			assert.Check(t, leftState.MatchString(r.stderr), "%s", r)
		}
		p.ok("deploy")
		p.active(*p.status().Active, turn(n, "v1", "v2", "v3"))
		p.sane()
	}
}

// Through `docker` a Ctrl-C reaches both processes; it counts as one.
func TestCtrlCAtTheTerminalEndsWithTheStateThatIsLeft(t *testing.T) {
	once(t)
	t.Parallel()
	p := newShop(t)
	p.ok("up")
	p.with("TAG=v2", "HEALTH_DELAY=1s")
	at, r := p.strikeStep("ready", interruptAll, "docker", "bluegreen", "up")
	assert.Equal(t, r.code, 130, "at %s: %s", at, r)
	said := fmt.Sprintf("up: interrupted: %s takes all traffic, %s may be half done", compose.Blue, compose.Green)
	assert.Check(t, regexp.MustCompile(said).MatchString(r.stderr), "%s", r)
	p.active(compose.Blue, "v1")
	p.ok("up")
	p.ok("switch")
	p.active(compose.Green, "v2")
}
