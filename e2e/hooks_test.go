package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestHooksRunAroundEachMoveAndAreToldOfIt(t *testing.T) {
	once(t)
	t.Parallel()
	p := newHooked(t)
	p.with("TAG=v1").ok("up")
	assert.Equal(t, p.notes(), `
before_up up none>blue {"web":"hello:v1"} open
after_up up none>blue {"web":"hello:v1"} done
`)
	p.with("TAG=v2").ok("up")
	r := p.ok("switch", "--progress", "plain")
	assert.Check(t, strings.Contains(r.stderr, "\nhook after_switch 3: green is seen by "), "%s", r)
	p.ok("rollback")
	assert.Equal(t, p.notes(), `
before_up up blue>green {"web":"hello:v2"} open
after_up up blue>green {"web":"hello:v2"} done
before_switch switch blue>green {"web":"hello:v2"} open
after_switch switch blue>green {"web":"hello:v2"} done
before_rollback rollback green>blue {"web":"hello:v1"} open
after_rollback rollback green>blue {"web":"hello:v1"} done
`)
	p.ok("switch", "blue") // is active already: no move, no hooks
	assert.Equal(t, p.notes(), "\n")
	p.with("TAG=v3").ok("deploy")
	assert.Equal(t, p.notes(), `
before_up deploy blue>green {"web":"hello:v3"} open
after_up deploy blue>green {"web":"hello:v3"} done
before_switch deploy blue>green {"web":"hello:v3"} open
after_switch deploy blue>green {"web":"hello:v3"} done
`)
	p.ok("rollback", "--no-hooks")
	assert.Equal(t, p.notes(), "\n")
	p.active(compose.Blue, "v1")
}

// A dry run lists the hooks in their places, and runs none.
func TestADryRunListsTheHooks(t *testing.T) {
	once(t)
	t.Parallel()
	p := newHooked(t)
	p.ok("up")
	p.notes()
	says(t, p.ok("deploy", "--dry-run"),
		"1. hook before_up: sh note.sh\n", "hook before_switch 1: sh note.sh\n", "hook after_switch 3: in lb: echo ",
		"on failure: hook on_failure: sh note.sh\n")
	assert.Equal(t, p.notes(), "\n")
}

func TestAHookBeforeTheSwitchStopsIt(t *testing.T) {
	once(t)
	t.Parallel()
	p := newHooked(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	p.notes()
	p.with("BEFORE_SWITCH=echo the queue is not empty; exit 3")
	r := p.fails(1, "hook before_switch 2: exited with code 3", "switch")
	assert.Check(t, strings.Contains(r.stderr, "its last lines:\n      the queue is not empty\nhint: "), "%s", r)
	assert.Check(t, strings.Contains(r.stderr, "--no-hooks"), "%s", r)
	assert.Equal(t, p.notes(), `
before_switch switch blue>green {"web":"hello:v2"} open
on_failure switch blue>green {"web":"hello:v2"} failed: hook before_switch 2: exited with code 3
`)
	p.active(compose.Blue, "v1")
	records := p.history()
	last := records[len(records)-1]
	assert.Equal(t, last.Result+" "+last.Error, "failed hook before_switch 2: exited with code 3")
	p.sane()
}

func TestAHookAfterTheSwitchUndoesNothing(t *testing.T) {
	once(t)
	t.Parallel()
	p := newHooked(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2", "AFTER_SWITCH=echo nobody listens; exit 7").ok("up")
	r := p.ok("switch", "--progress", "plain")
	assert.Check(t, strings.Contains(r.stderr, "\nhook after_switch 2: nobody listens\n"), "%s", r)
	assert.Check(t, strings.Contains(r.stderr, "\nwarning: hook after_switch 2: exited with code 7"), "%s", r)
	assert.Check(t, strings.Contains(r.stderr, "\nhook after_switch 3: green is seen by"), "%s", r)
	p.active(compose.Green, "v2")
	p.sane()
}

// A hook that takes too long is killed with what it has started, and so is one
// when its command is interrupted.
func TestAHookIsKilledWithItsChildren(t *testing.T) {
	long(t)
	t.Parallel()
	p := newHooked(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	p.with(`BEFORE_SWITCH=sh -c 'trap "" TERM; echo $$$$ > child; echo here; sleep 600' & wait`)
	p.with("LIMIT=2s").fails(1, "hook before_switch 2: killed after 2s, its time limit", "switch")
	p.gone("child")

	p.with("LIMIT=2m")
	r := p.saying("here", interrupt, "switch")
	assert.Equal(t, r.code, 130, "%s", r)
	p.gone("child")
	p.active(compose.Blue, "v1")
	assert.Check(t, strings.Contains(p.notes(), "failed: switch: interrupted: blue takes all traffic"))
}

// The lock is held while a hook runs, and free when it has been killed.
func TestHooksRunInsideTheLock(t *testing.T) {
	once(t)
	t.Parallel()
	p := newHooked(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	p.with("BEFORE_SWITCH=echo here; until test -e go; do sleep 0.1; done")
	r := p.saying("here", func(int) error {
		p.fails(6, `runs "switch"`, "rollback")
		p.write("go", "")
		return nil
	}, "switch")
	assert.Equal(t, r.code, 0, "%s", r)
	p.active(compose.Green, "v2")
}

// A switch that was killed when the traffic had moved has not run the hooks
// after it; the next one, which finishes it, does.
func TestTheHooksAfterAKilledSwitchRunWithTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := newHooked(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	p.notes()
	at, r := p.strikeStep("drain", kill, plugin(), "switch")
	assert.Assert(t, at != nil, "%s", r)
	p.ok("switch")
	assert.Equal(t, p.notes(), `
before_switch switch blue>green {"web":"hello:v2"} open
after_switch switch blue>green {"web":"hello:v2"} done
`)
	p.active(compose.Green, "v2")
	p.sane()
}

// A rollback goes on whatever has become of the file, and says what it leaves
// out; a switch does so only when it is told.
func TestHooksOfAFileThatIsBroken(t *testing.T) {
	once(t)
	t.Parallel()
	p := newHooked(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")
	p.notes()
	p.edit("port: 8080,", "prot: 8080,")
	r := p.ok("rollback", "--progress", "plain")
	assert.Check(t, strings.Contains(r.stderr, "warning: hook file: the hooks are left out, for the file cannot be read: "), "%s", r)
	p.fails(8, "the project has hooks, and they cannot be read", "switch")
	p.active(compose.Blue, "v1")
	p.ok("switch", "--no-hooks")
	p.active(compose.Green, "v2")
	assert.Equal(t, p.notes(), "\n")
}
