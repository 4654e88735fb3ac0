package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestASwitchRefusesAColourThatIsNotReady(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t)).with("TAG=v1")
	p.fails(9, "its proxy does not run", "switch")
	p.ok("up")
	p.fails(3, "green is not ready: web-green has no containers", "switch")
	p.with("TAG=v2").ok("up")
	p.docker("stop", p.replica("web-green", 1))
	r := p.fails(3, p.replica("web-green", 1)+" is exited", "switch")
	assert.Check(t, strings.Contains(r.stderr, "hint: bring it up: docker bluegreen up green"), "%s", r)
	p.active(compose.Blue, "v1")

	says(t, p.ok("switch", "blue"), "blue is active already")
	p.active(compose.Blue, "v1")
	p.ok("up")
	says(t, p.ok("switch", "green"), "green takes all traffic", "hello:v2")
	p.active(compose.Green, "v2")
}

// What is in flight is said by its kind, and ends by itself.
func TestADrainSaysWhatIsInFlightAndCutsNothing(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	socket := p.websocket()
	slow, stream := p.ask("/slow?for=30s"), p.ask("/stream?for=30s")
	p.eventually("all is in flight", func() bool { return p.sessions() == 3 })

	r := p.ok("switch", "--drain-timeout", "1s")
	all := inFlight("1 request, 1 stream, 1 websocket")
	says(t, r, "green takes all traffic", "blue still serves "+all)
	assert.Check(t, strings.Contains(r.stderr, "drain blue: "+all+" still in flight after "), "%s", r)
	p.active(compose.Green, "v2")

	assert.Check(t, strings.Contains(slow.end(), `"version":"v1"`))
	assert.Check(t, strings.HasSuffix(stream.end(), "end\n"))
	socket.echoes()
}

// An endless websocket stays on its colour through every later switch, until
// somebody allows it to be cut.
func TestAWebsocketOutlivesSwitchesUntilCutIsAllowed(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	socket := p.websocket()
	p.with("TAG=v2").ok("up")
	for range 2 {
		says(t, p.ok("switch", "--drain-timeout", "1s"), "green takes all traffic", "blue still serves "+inFlight("1 websocket"))
		socket.echoes()
		says(t, p.ok("switch", "--drain-timeout", "1s"), "blue takes all traffic", "green is drained")
		socket.echoes()
	}
	p.ok("switch", "--drain-timeout", "1s")

	blue := p.containers("web-blue")
	for _, verb := range []string{"up", "deploy", "stop"} {
		r := p.with("TAG=v3").fails(1, "blue still serves "+inFlight("1 websocket")+" after 1s", verb, "--drain-timeout", "1s")
		assert.Check(t, strings.Contains(r.stderr, "--cut"), "%s", r)
		p.untouched(blue, "web-blue")
		socket.echoes()
	}
	p.active(compose.Green, "v2")
	says(t, p.ok("up", "--drain-timeout", "1s", "--cut"), "blue is up", "hello:v3")
	socket.isCut()
	p.active(compose.Green, "v2")
}

func TestStopOldStopsOnlyWhatIsDrained(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	socket := p.websocket()
	p.with("TAG=v2").ok("up")

	// The traffic moves; what still serves stays.
	p.fails(1, "blue still serves "+inFlight("1 websocket")+" after 1s", "switch", "--stop-old", "--drain-timeout", "1s")
	p.active(compose.Green, "v2")
	assert.Equal(t, p.status().Interrupted, "blue is still to be drained")
	socket.echoes()

	// The same command again finishes the job, once there is no more to cut.
	socket.close()
	says(t, p.ok("switch", "--drain-timeout", "10s"), "green takes all traffic", "blue is drained")
	assert.Check(t, !p.containers("web-blue")[p.replica("web-blue", 1)].Running)
	assert.Equal(t, p.status().Interrupted, "")

	p.ok("rollback")
	p.active(compose.Blue, "v1")
	socket = p.websocket()
	says(t, p.ok("switch", "--stop-old", "--drain-timeout", "1s", "--cut"), "green takes all traffic")
	socket.isCut()
	assert.Check(t, !p.containers("web-blue")[p.replica("web-blue", 1)].Running)
}
