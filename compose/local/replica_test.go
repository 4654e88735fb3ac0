package local

import (
	"testing"

	"github.com/moby/moby/api/types/container"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The engine calls a container unhealthy in the instant before it is seen to
// have died, which must not end the wait for one that is started again.
func TestAContainerIsUnhealthyByItsChecksAlone(t *testing.T) {
	for _, test := range []struct {
		name            string
		retries, streak int
		want            compose.Health
	}{
		{"dying", 2, 0, compose.Starting},
		{"dying after a failed check", 2, 1, compose.Starting},
		{"by its checks", 2, 2, compose.Unhealthy},
		{"by the engine's default", 0, 3, compose.Unhealthy},
	} {
		t.Run(test.name, func(t *testing.T) {
			var r replica
			r.update(container.InspectResponse{
				State:  &container.State{Status: "running", Health: &container.Health{Status: container.Unhealthy, FailingStreak: test.streak}},
				Config: &container.Config{Healthcheck: &container.HealthConfig{Retries: test.retries}},
			})
			if r.Health != test.want {
				t.Errorf("%s, want %s", r.Health, test.want)
			}
		})
	}
}
