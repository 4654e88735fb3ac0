package swarm

import (
	"errors"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// proving is an engine that enters control tasks.
func (f *fakeSwarm) proving(t *testing.T) *Engine {
	t.Helper()
	e := f.connected(t)
	e.prove = e.proveControl
	return e
}

func lacksAwk(t *testing.T, err error) {
	t.Helper()
	var invalid *compose.InvalidError
	assert.Assert(t, errors.As(err, &invalid), "%v", err)
	assert.Equal(t, invalid.Problem, "the image haproxy:bare lacks awk, with which the proxies are told what to serve")
}

// Of a proxy's image without tools nothing is left: the next one begins anew.
func TestAnImageWithoutToolsMakesNoControlService(t *testing.T) {
	f := newFake()
	e := f.proving(t)
	lacksAwk(t, e.ensureControl(briefly(t), bareImage))
	assert.Assert(t, f.service(controlService) == nil)

	assert.NilError(t, e.ensureControl(briefly(t), "haproxy:3.2"))
	assert.Equal(t, f.service(controlService).Spec.TaskTemplate.ContainerSpec.Image, "haproxy:3.2")
}

// The way to proxies that run is not given up for an image without tools.
func TestAnImageWithoutToolsLeavesTheControlServiceAsItIs(t *testing.T) {
	f := newFake()
	e := f.proving(t)
	assert.NilError(t, e.ensureControl(briefly(t), "haproxy:3.2"))
	before := f.service(controlService).Spec
	lacksAwk(t, e.ensureControl(briefly(t), bareImage))
	assert.DeepEqual(t, f.service(controlService).Spec, before)
}
