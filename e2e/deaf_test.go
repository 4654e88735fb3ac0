package e2e

import (
	"path"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A proxy that does not answer, or not as it should, is exit code 9, and the
// traffic stays where it is. When it answers again, nothing has to be mended
// that the command did not break.
func TestAProxyThatDoesNotAnswerIsNotSwitched(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	proxy := p.replica("lb", 1)
	shell := func(script string) { p.docker("exec", proxy, "sh", "-c", "cd "+path.Dir(behind.record)+" && "+script) }

	for _, fault := range behind.faults {
		shell(fault.hurt)
		for _, verb := range []string{"switch", "rollback", "deploy"} {
			p.fails(9, fault.said, verb)
		}
		assert.Equal(t, p.get("/").Version, "v1", fault.name)
		shell(fault.heal)
		p.active(compose.Blue, "v1")
	}

	p.docker("pause", proxy)
	for _, verb := range []string{"switch", "rollback", "deploy", "status"} {
		p.fails(9, "its container is paused", verb)
	}
	p.docker("unpause", proxy)
	p.active(compose.Blue, "v1")
	p.ok("switch")
	p.active(compose.Green, "v2")

	if behind.kind == compose.HAProxy {
		shell("rm admin.sock") // one of its two ways in is enough
	}
	p.ok("rollback")
	p.active(compose.Blue, "v1")
}

// A record of the active colour that somebody has removed is taken over from
// what the proxy serves, and when that could not start without it, from the
// history.
func TestALostRecordIsTakenOver(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")
	proxy := p.replica("lb", 1)
	record := behind.record

	p.docker("exec", proxy, "rm", record)
	says(t, p.ok("status"), "the record of the active colour is lost")
	serving := p.containers("web-green")
	says(t, p.with("TAG=v3").ok("switch", "green"), "green takes all traffic")
	p.untouched(serving, "web-green")
	p.docker("restart", proxy)
	p.answering()
	p.active(compose.Green, "v2")

	p.docker("exec", proxy, "rm", record)
	p.docker("restart", proxy) // it cannot start without
	p.ok("up")
	p.answering()
	if behind.kind == compose.Traefik { // it starts, and answers 404 until then
		p.active(compose.Green, "v2")
		return
	}
	p.active(compose.Green, "v3")
}

// A map that was emptied at run time is a wrong answer too. The durable colour
// is what the proxy has when it starts again.
func TestAMapThatWasEmptiedIsAWrongAnswer(t *testing.T) {
	only(t, compose.HAProxy, "Traefik has no map")
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	proxy := p.replica("lb", 1)
	p.docker("exec", proxy, "bash", "-c",
		"exec 3<>/dev/tcp/127.0.0.1/61919; echo 'clear map /var/lib/haproxy/bluegreen/active.map' >&3; cat <&3")
	p.fails(9, "its map of the active colour has 0 values", "switch")
	p.docker("restart", proxy)
	p.answering()
	p.active(compose.Blue, "v1")
	p.ok("switch")
	p.active(compose.Green, "v2")
}
