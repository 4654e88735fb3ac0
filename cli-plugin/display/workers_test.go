package display

import (
	"testing"
	"time"

	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// employs is serves() with a worker, which waits in the idle colour.
func employs() switcher.Status {
	s := serves()
	for c, state := range map[compose.Colour]string{compose.Blue: "waiting", compose.Green: "running"} {
		colour := s.Colours[c]
		w := switcher.WorkerStatus{
			Worker: "mail", Service: "mail-" + string(c), Policy: compose.Handoff, State: state,
			Image: "mail:v1", Digest: "sha256:155345c9d36000000000", Replicas: 2, Since: start.Add(-time.Hour),
		}
		if state == "running" {
			w.Healthy = 2
		}
		colour.Workers = []switcher.WorkerStatus{w}
		s.Colours[c] = colour
	}
	s.Rollback = "warm: 2 containers to start (workers)"
	return s
}

func TestStatusShowsWorkers(t *testing.T) {
	golden.Assert(t, Status(employs(), start), "status-workers.golden")
	golden.Assert(t, formatted(t, "json", employs()), "status-workers-json.golden")
}

func TestModelShowsWorkers(t *testing.T) {
	names := func(name string) map[compose.Colour]string {
		return map[compose.Colour]string{compose.Blue: name + "-blue", compose.Green: name + "-green"}
	}
	terms := func(t compose.Terms) map[compose.Colour]compose.Terms {
		return map[compose.Colour]compose.Terms{compose.Blue: t, compose.Green: t}
	}
	replicas := map[compose.Colour]int{compose.Blue: 1, compose.Green: 1}
	golden.Assert(t, Model(compose.Model{
		Name:  "shop",
		Proxy: compose.Proxy{Service: "lb", Kind: compose.HAProxy, Volume: "/state", Settings: "/state/haproxy.cfg", Generated: true},
		Workers: []compose.Worker{
			{Name: "clock", Services: names("clock"), Replicas: replicas, Terms: terms(compose.Terms{Policy: compose.PauseThenStart})},
			{Name: "mail", Services: names("mail"), Replicas: replicas, Terms: terms(compose.Terms{Policy: compose.Handoff, Signal: "SIGUSR1", Limit: 5 * time.Minute})},
			{Name: "thumbs", Services: names("thumbs"), Replicas: replicas, Terms: terms(compose.Terms{Policy: compose.Overlap})},
		},
	}), "model-workers.golden")
}
