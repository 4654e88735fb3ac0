package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// form makes one swarm of the engines. Managers join one after the other: each changes who has a
// vote, and the next may come only when that is agreed on.
func (c *Cluster) form(ctx context.Context) error {
	first := c.Nodes[0]
	if _, err := first.Docker(ctx, "swarm", "init", "--advertise-addr", first.Address); err != nil {
		return err
	}
	for i, node := range c.Nodes[1:] {
		role := "worker"
		if i+1 < c.managers {
			role = "manager"
		}
		token, err := first.Docker(ctx, "swarm", "join-token", "--quiet", role)
		if err != nil {
			return err
		}
		if _, err := node.Docker(ctx, "swarm", "join", "--token", token, first.Address+":2377"); err != nil {
			return err
		}
	}
	if err := c.AwaitReady(ctx); err != nil {
		return err
	}
	return c.each(ctx, func(ctx context.Context, n *Node) error { return n.describe(ctx, first) })
}

// describe learns the node's name in the swarm and labels it. The swarm itself writes to a node
// that has just come; what is refused for that is tried again.
func (n *Node) describe(ctx context.Context, manager *Node) (err error) {
	if n.ID, err = n.Docker(ctx, "info", "--format", "{{.Swarm.NodeID}}"); err != nil {
		return err
	}
	return eventually(ctx, "the node is labelled", func(ctx context.Context) error {
		_, err := manager.Docker(ctx, "node", "update", "--label-add", ProxyLabelName+"=true", n.ID)
		if err != nil && !strings.Contains(err.Error(), "update out of sequence") {
			return final{err}
		}
		return err
	})
}

// AwaitReady waits until the swarm counts every node as ready, and every manager as reachable.
func (c *Cluster) AwaitReady(ctx context.Context) error {
	return eventually(ctx, "all nodes are ready", func(ctx context.Context) error {
		members, err := c.members(ctx)
		if err != nil {
			return err
		}
		ready := 0
		for _, m := range members {
			if m.status == "Ready" && (m.manager == "" || m.manager == "Leader" || m.manager == "Reachable") {
				ready++
			}
		}
		if ready != len(c.Nodes) || len(members) != len(c.Nodes) {
			return fmt.Errorf("%d of %d nodes are: %v", ready, len(c.Nodes), members)
		}
		return nil
	})
}

// Leader is the manager that leads now, as any manager says that answers.
func (c *Cluster) Leader(ctx context.Context) (*Node, error) {
	members, err := c.members(ctx)
	if err != nil {
		return nil, err
	}
	for _, node := range c.Nodes {
		for _, m := range members {
			if m.name == node.Name && m.manager == "Leader" {
				return node, nil
			}
		}
	}
	return nil, fmt.Errorf("find the leader: none of %v", members)
}

// member is a node as a manager sees it.
type member struct{ name, status, manager string }

// members takes the first answer of a manager: one that is lost gives none, and one that has just
// lost its leader may hang.
func (c *Cluster) members(ctx context.Context) ([]member, error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	type answer struct {
		members []member
		err     error
	}
	managers := c.Nodes[:c.managers]
	answers := make(chan answer, len(managers))
	for _, node := range managers {
		go func() {
			members, err := node.members(ctx)
			answers <- answer{members, err}
		}()
	}
	var failed []error
	for range managers {
		got := <-answers
		if got.err == nil {
			return got.members, nil
		}
		failed = append(failed, got.err)
	}
	return nil, errors.Join(failed...)
}

func (n *Node) members(ctx context.Context) ([]member, error) {
	out, err := n.Docker(ctx, "node", "ls", "--format", "{{.Hostname}},{{.Status}},{{.ManagerStatus}}")
	if err != nil {
		return nil, err
	}
	var members []member
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		if len(fields) != 3 {
			return nil, fmt.Errorf("read the nodes: line %q", line)
		}
		members = append(members, member{fields[0], fields[1], fields[2]})
	}
	return members, nil
}
