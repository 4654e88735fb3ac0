// Package cluster makes real swarms for tests: each node is a Docker Engine of its own in a
// container of this machine's engine, which itself joins no swarm.
//
// No engine listens on TCP: each has its socket in a folder that the test shares with the nodes.
// Ports that a node publishes are reached at the node's own address, which this machine's bridge
// leads to. What a test leaves behind when it is killed stops by itself, and the next New removes it.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

// ProxyLabelName is the label that all nodes have with the value true: a proxy that is placed by it
// runs on each.
const ProxyLabelName = "bluegreen.proxy"

// closeLimit bounds the removal, which does not end with the test's context.
const closeLimit = time.Minute

// Options say what swarm there is to be.
type Options struct {
	Suite    string   // of Debian, whose engine the nodes run: bookworm (20.10) or trixie (26.1)
	Nodes    int      // all of them
	Managers int      // so many of the nodes; the rest are workers
	Images   []string // of this machine's engine, which each node is given
}

// Cluster is a swarm. The first of its nodes are the managers.
type Cluster struct {
	Nodes []*Node

	name     string
	managers int
	lease    *lease
	close    func() error // once
}

// New makes a swarm whose nodes are all ready, with the images and the label of proxies.
func New(ctx context.Context, o Options) (*Cluster, error) {
	if o.Managers < 1 || o.Nodes < o.Managers {
		return nil, fmt.Errorf("make a swarm: %d nodes, %d managers: want one manager or more, and no more than nodes", o.Nodes, o.Managers)
	}
	if err := sweep(ctx); err != nil {
		return nil, fmt.Errorf("remove what an earlier test left: %w", err)
	}
	ref, err := images.Node(ctx, o.Suite)
	if err != nil {
		return nil, err
	}
	held, err := newLease()
	if err != nil {
		return nil, fmt.Errorf("make a swarm: %w", err)
	}
	c := &Cluster{name: held.name(), managers: o.Managers, lease: held}
	c.close = sync.OnceValue(c.remove)
	if err := c.boot(ctx, ref, o); err != nil {
		return nil, errors.Join(fmt.Errorf("make a swarm: %w", err), c.Close(ctx))
	}
	return c, nil
}

// boot starts the nodes, makes a swarm of them and gives them the images.
func (c *Cluster) boot(ctx context.Context, ref string, o Options) error {
	subnet, err := createNetwork(ctx, c.name, c.lease.dir)
	if err != nil {
		return err
	}
	for i := range o.Nodes {
		node, err := newNode(c, i, subnet)
		if err != nil {
			return err
		}
		c.Nodes = append(c.Nodes, node)
	}
	if err := c.each(ctx, func(ctx context.Context, n *Node) error { return n.create(ctx, ref) }); err != nil {
		return err
	}
	if err := c.load(ctx, o.Images); err != nil {
		return err
	}
	return c.form(ctx)
}

// Close removes the nodes with their volumes, and the network. It may be called twice, and does its
// work where ctx is done already, as a test's is when it cleans up.
func (c *Cluster) Close(context.Context) error { return c.close() }

func (c *Cluster) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	if err := removeAll(ctx, c.lease.dir); err != nil {
		return errors.Join(fmt.Errorf("remove a swarm: %w", err), c.lease.release())
	}
	return c.lease.end()
}

// each does the same on all nodes at once.
func (c *Cluster) each(ctx context.Context, do func(context.Context, *Node) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, node := range c.Nodes {
		group.Go(func() error {
			if err := do(ctx, node); err != nil {
				return fmt.Errorf("%s: %w", node.Name, err)
			}
			return nil
		})
	}
	return group.Wait()
}
