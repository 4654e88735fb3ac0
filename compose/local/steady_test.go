package local

import (
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestAReplicaHasToRunForAWhileWithoutABreak(t *testing.T) {
	running := func(health compose.Health, since time.Duration) *replica {
		r := &replica{
			Container:  compose.Container{State: "running", Health: health},
			steadiness: steadiness{want: time.Minute},
		}
		if since > 0 {
			r.since = time.Now().Add(-since)
		}
		r.clock()
		return r
	}
	for name, c := range map[string]struct {
		r     *replica
		ready bool
	}{
		"that was just started":         {running(compose.NoHealth, 0), false},
		"that runs for some time":       {running(compose.NoHealth, 59*time.Second), false},
		"that runs for long enough":     {running(compose.NoHealth, 61*time.Second), true},
		"whose healthcheck has its say": {running(compose.Healthy, 0), true},
	} {
		if c.r.ready() != c.ready {
			t.Errorf("one %s: ready is %v", name, c.r.ready())
		}
	}
	crashed := running(compose.NoHealth, 61*time.Second)
	crashed.State = "restarting"
	crashed.clock()
	crashed.State = "running"
	crashed.clock()
	if crashed.ready() {
		t.Error("one that has crashed is ready for what it ran before")
	}
	if now := (&replica{Container: compose.Container{State: "running"}}); !now.ready() {
		t.Error("one of which nothing is asked has to wait")
	}
}
