package swarm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

const helloPort = 8080

// aLostLeaderComesBack holds the harness to what the other tests build on: a service is reached
// on each node, the swarm outlives its leader, and a node that comes back serves again.
func aLostLeaderComesBack(t *testing.T, c *cluster.Cluster) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*outageLimit)
	defer cancel()
	serveHello(ctx, t, c)

	leader, err := c.Leader(ctx)
	assert.NilError(t, err)
	began := time.Now()
	assert.NilError(t, leader.Kill(ctx))
	next := awaitOtherLeader(ctx, t, c, leader)
	t.Logf("%s is lost: %s leads after %v", leader.Name, next.Name, time.Since(began).Round(time.Millisecond))

	began = time.Now()
	assert.NilError(t, leader.Start(ctx))
	assert.NilError(t, c.AwaitReady(ctx))
	t.Logf("%s is started: ready after %v", leader.Name, time.Since(began).Round(time.Millisecond))
	awaitHello(ctx, t, leader)
	t.Logf("%s is started: serves after %v", leader.Name, time.Since(began).Round(time.Millisecond))
}

// serveHello runs hello on all nodes until the test ends, and waits until each of them answers.
func serveHello(ctx context.Context, t *testing.T, c *cluster.Cluster) {
	t.Helper()
	name := "hello"
	_, err := c.Nodes[0].Docker(ctx, "service", "create", "--quiet", "--detach", "--no-resolve-image", "--name", name,
		"--mode", "global", "--constraint", "node.labels."+cluster.ProxyLabelName+"==true",
		"--publish", fmt.Sprintf("mode=host,published=%d,target=%[1]d", helloPort), "hello:v1")
	assert.NilError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), outageLimit)
		defer cancel()
		assert.Check(t, c.AwaitReady(ctx))
		_, err := c.Nodes[0].Docker(ctx, "service", "rm", name)
		assert.Check(t, err)
	})
	for _, node := range c.Nodes {
		awaitHello(ctx, t, node)
	}
}

// awaitHello asks a node for hello until it answers.
func awaitHello(ctx context.Context, t *testing.T, node *cluster.Node) {
	t.Helper()
	eventually(ctx, t, node.Name+" serves hello", func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, node.PublishedURL(helloPort), http.NoBody)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return errors.New(response.Status)
		}
		return nil
	})
}

// awaitOtherLeader waits until the swarm has chosen another leader.
func awaitOtherLeader(ctx context.Context, t *testing.T, c *cluster.Cluster, lost *cluster.Node) (leader *cluster.Node) {
	t.Helper()
	eventually(ctx, t, "another node leads", func(ctx context.Context) (err error) {
		if leader, err = c.Leader(ctx); err == nil && leader == lost {
			err = errors.New("none does")
		}
		return err
	})
	return leader
}

// eventually tries until it succeeds, every try for some seconds at most.
func eventually(ctx context.Context, t *testing.T, what string, try func(context.Context) error) {
	t.Helper()
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	for {
		err := bounded(ctx, try)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("wait until %s: %v: %v", what, context.Cause(ctx), err)
		case <-retry.C:
		}
	}
}

func bounded(ctx context.Context, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	return try(ctx)
}
