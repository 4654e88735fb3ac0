package cluster

import "context"

// Kill loses the node: engine, containers and network are gone at once, as when the power fails.
func (n *Node) Kill(ctx context.Context) error { return n.change(ctx, "kill") }

// Start brings a killed node back, with the disk that it had, and waits until its engine answers.
// The swarm may take longer to count it as ready: see AwaitReady.
func (n *Node) Start(ctx context.Context) error {
	if err := n.change(ctx, "start"); err != nil {
		return err
	}
	return n.awaitEngine(ctx)
}

// Pause freezes the node: its connections stay open and nothing answers, as when a machine hangs.
func (n *Node) Pause(ctx context.Context) error { return n.change(ctx, "pause") }

// Unpause lets a paused node go on.
func (n *Node) Unpause(ctx context.Context) error { return n.change(ctx, "unpause") }

func (n *Node) change(ctx context.Context, verb string) error {
	_, err := docker(ctx, verb, n.ContainerID)
	return err
}
