package traefik

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// A check of Traefik's own is no visitor, and does not stay long.
func TestTheLeastThatWasSeenLatelyIsInFlight(t *testing.T) {
	begin := time.Now()
	seen := flights{}
	for n, look := range []struct {
		after      time.Duration
		seen, says int
	}{
		{0, 4, 4},
		{200 * time.Millisecond, 3, 3},
		{400 * time.Millisecond, 4, 3}, // it is checked
		{1500 * time.Millisecond, 4, 4},
		{1600 * time.Millisecond, 0, 0},
	} {
		says := seen.least(compose.Blue, switcher.InFlight{Requests: look.seen}, begin.Add(look.after))
		assert.Equal(t, says.Requests, look.says, "look %d", n)
	}
	assert.Equal(t, seen.least(compose.Green, switcher.InFlight{Requests: 7}, begin.Add(1600*time.Millisecond)).Requests, 7)
}
