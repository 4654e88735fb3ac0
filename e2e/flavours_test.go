package e2e

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// A release needs no more tools in the proxy's image than the official ones
// have: perl in the Debian-based one, bash where perl is missing, busybox in
// the Alpine-based one.
func TestAReleaseNeedsOnlyTheToolsOfTheOfficialImages(t *testing.T) {
	t.Parallel()
	for _, flavour := range behind.flavours {
		t.Run(string(flavour), func(t *testing.T) {
			t.Parallel()
			image, err := behind.image(t.Context(), flavour)
			assert.NilError(t, err)
			p := newProject(t, single(t)).with(behind.variable+"="+image, "TAG=v1")
			p.ok("up")
			visitors := p.load(load.Options{URL: p.url()})
			p.with("TAG=v2").ok("deploy")
			p.active(compose.Green, "v2")
			p.ok("rollback")
			p.active(compose.Blue, "v1")
			p.ok("scale", "web=2")
			p.ok("stop")
			assert.Equal(t, p.status().Colours[compose.Green].State, "stopped")
			p.nobodyLost(visitors)
		})
	}
}
