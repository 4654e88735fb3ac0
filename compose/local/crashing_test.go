package local_test

import (
	"testing"
	"time"
)

// A worker that falls over at its start and is restarted again and again is at
// no moment where the engine says it is: whenever it is sent home, it has ended
// afterwards, and stays so.
func TestOneThatKeepsCrashingIsEnded(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: `  crashing: {image: "hello:local", restart: always, environment: {FAIL_START: 1}}`})
	s.create("crashing")
	const moments = 25
	for n := range moments {
		c := s.containers("crashing")[0]
		s.ok(s.RestartBy(t.Context(), c, "always"))
		s.ok(s.Start(t.Context(), []string{"crashing"}))
		time.Sleep(time.Duration(n) * 25 * time.Millisecond) // each time in another moment of its fall
		s.ok(s.RestartBy(t.Context(), c, "no"))
		s.ok(s.End(t.Context(), c, "SIGUSR1"))
		if now := s.containers("crashing")[0]; now.State != "exited" {
			t.Errorf("%d: it is %s", n, now.State)
		}
	}
}
