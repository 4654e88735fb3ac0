package local

import (
	"testing"

	"github.com/moby/moby/api/types/container"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestReasons(t *testing.T) {
	exited := compose.Container{State: "exited"}
	unhealthy := compose.Container{State: "running", Health: compose.Unhealthy}
	starting := compose.Container{State: "running", Health: compose.Starting}
	for name, c := range map[string]struct {
		replica replica
		state   *container.State
		health  string
		want    string
	}{
		"exit":                    {replica{Container: exited}, &container.State{ExitCode: 3}, "", "exited with code 3"},
		"exit, untold":            {replica{Container: exited}, nil, "", "exited"},
		"exit, told by the event": {replica{Container: exited, exitCode: "4"}, nil, "", "exited with code 4"},
		"no start":                {replica{Container: exited}, &container.State{Error: "no such file"}, "", "could not be started: no such file"},
		"memory":                  {replica{Container: exited}, &container.State{OOMKilled: true, ExitCode: 137}, "", "out of memory"},
		"memory, by the event":    {replica{Container: starting, outOfMemory: true}, nil, "", "out of memory"},
		"unhealthy":               {replica{Container: unhealthy}, &container.State{}, "no\nno", "unhealthy: no"},
		"unhealthy without words": {replica{Container: unhealthy}, nil, "", "unhealthy"},
		"crash loop":              {replica{Container: starting, deaths: 3, exitCode: "1"}, &container.State{}, "", "keeps crashing: exited with code 1, 3 times"},
		"one crash":               {replica{Container: starting, deaths: 1, exitCode: "1"}, nil, "", "keeps crashing: exited with code 1"},
		"crashes before the wait": {replica{}, &container.State{Restarting: true, ExitCode: 2}, "", "keeps crashing: exited with code 2"},
		"late":                    {replica{Container: starting}, &container.State{}, "", "not healthy in time"},
		"late without a check":    {replica{}, nil, "", "not running in time"},
	} {
		if got := c.replica.reason(c.state, c.health); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
