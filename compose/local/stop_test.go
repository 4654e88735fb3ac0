package local_test

import (
	"strings"
	"testing"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestStopAndRemove(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "volumes: [/anonymous]"})
	s.up("web-blue", "web-green")
	blue, green := s.containers("web-blue"), s.containers("web-green")
	mounts := s.inspect(blue[0].ID).Mounts

	s.ok(s.Stop(t.Context(), []string{blue[0].ID, blue[1].ID}))
	s.ok(s.Remove(t.Context(), []string{blue[0].ID, green[0].ID}))
	s.ok(s.Remove(t.Context(), []string{blue[0].ID, "0123456789abcdef"})) // gone before
	s.ok(s.Stop(t.Context(), []string{blue[0].ID}))

	if left := s.containers("web-blue"); len(left) != 1 || left[0].ID != blue[1].ID || left[0].State != "exited" {
		t.Errorf("%+v", left)
	}
	if left := s.containers("web-green"); len(left) != 1 || !left[0].Ready() {
		t.Errorf("%+v", left)
	}
	for _, m := range mounts {
		_, err := s.cli.Client().VolumeInspect(t.Context(), m.Name, client.VolumeInspectOptions{})
		if err == nil {
			t.Errorf("volume of %s is left", m.Destination)
		}
	}
}

// What the container was made with decides: here SIGINT, which the engine
// would not send by itself, and a minute of patience.
func TestStopUsesTheContainersOwnSignal(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "stop_signal: SIGINT\n  stop_grace_period: 1m"})
	s.up("web-blue")
	id := s.containers("web-blue")[0].ID
	s.ok(s.Stop(t.Context(), []string{id}))
	if state := s.inspect(id).State; state.ExitCode != 0 {
		t.Errorf("exit code %d: it was killed", state.ExitCode)
	}
}

func TestSignal(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: "  once: {image: \"hello:local\", restart: \"no\"}"})
	s.up("once")
	c := s.containers("once")[0]
	gone := s.cli.Client().ContainerWait(t.Context(), c.ID, client.ContainerWaitOptions{})
	s.ok(s.Signal(t.Context(), c.ID, "KILL"))
	select {
	case end := <-gone.Result:
		if end.StatusCode != 137 {
			t.Errorf("exit code %d", end.StatusCode)
		}
	case err := <-gone.Error:
		t.Error(err)
	}
	if err := s.Signal(t.Context(), c.ID, "HUP"); err == nil || !strings.Contains(err.Error(), "send HUP") {
		t.Errorf("a container that does not run: %v", err)
	}
}

func TestStopRunsHooks(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "pre_stop: [{command: [/hello, migrate]}, {command: [/hello, unknown]}]"})
	s.up("web-blue")
	blue := s.containers("web-blue")
	s.ok(s.Stop(t.Context(), []string{blue[0].ID}))
	s.ok(s.Remove(t.Context(), []string{blue[1].ID}))
	warned := 0
	for _, e := range s.events.all() {
		if e.Status == compose.Warning && strings.Contains(e.Text, "unknown command") {
			warned++
		}
	}
	if warned != 2 {
		t.Errorf("%d of 2 failed hooks were told: %+v", warned, s.events.all())
	}
	if left := s.containers("web-blue"); len(left) != 1 || left[0].Running() {
		t.Errorf("%+v", left)
	}
}
