package swarm

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

const (
	// imageLimit bounds the making of a node's image, which happens once on a machine.
	imageLimit = 15 * time.Minute
	// clusterLimit bounds the making of a swarm.
	clusterLimit = 2 * time.Minute
	// outageLimit bounds what a swarm takes to agree after a node was lost or is back.
	outageLimit = 2 * time.Minute
)

// clusters are made when a test first asks for them, and shared by all tests of a suite.
var clusters struct {
	sync.Mutex
	of map[string]*cluster.Cluster
}

// shared returns the swarm of a suite: three managers, all of them ready. A test leaves it so.
func shared(t *testing.T, suite string) *cluster.Cluster {
	t.Helper()
	clusters.Lock()
	defer clusters.Unlock()
	if c, made := clusters.of[suite]; made {
		return c
	}
	needed := prepare(t, suite)
	ctx, cancel := context.WithTimeout(interrupted, clusterLimit)
	defer cancel()
	began := time.Now()
	c, err := cluster.New(ctx, cluster.Options{Suite: suite, Nodes: 3, Managers: 3, Images: needed})
	assert.NilError(t, err)
	t.Logf("three managers of %s: ready after %v", suite, time.Since(began).Round(time.Millisecond))
	if clusters.of == nil {
		clusters.of = map[string]*cluster.Cluster{}
	}
	clusters.of[suite] = c
	return c
}

// prepare makes the images, and returns those that the nodes are given.
func prepare(t *testing.T, suite string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(interrupted, imageLimit)
	defer cancel()
	_, err := images.Node(ctx, suite)
	assert.NilError(t, err)
	var needed []string
	for _, version := range []string{"v1", "v2", "v3"} {
		hello, err := images.Hello(ctx, version)
		assert.NilError(t, err)
		needed = append(needed, hello)
	}
	for _, flavour := range []images.Flavour{images.Debian, images.Busybox} {
		proxy, err := images.HAProxy(ctx, flavour)
		assert.NilError(t, err)
		needed = append(needed, proxy)
	}
	return needed
}

// give gives the nodes one image more.
func give(ctx context.Context, t *testing.T, c *cluster.Cluster, ref string) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "image.tar")
	out, err := exec.CommandContext(ctx, "docker", "save", "--output", archive, ref).CombinedOutput()
	assert.NilError(t, err, "%s", out)
	for _, node := range c.Nodes {
		_, err := node.Docker(ctx, "load", "--quiet", "--input", archive)
		assert.NilError(t, err)
	}
}

// closeClusters removes all of them, also one that is being made.
func closeClusters() error {
	clusters.Lock()
	defer clusters.Unlock()
	var failed []error
	for suite, c := range clusters.of {
		failed = append(failed, c.Close(context.Background()))
		delete(clusters.of, suite)
	}
	return errors.Join(failed...)
}
