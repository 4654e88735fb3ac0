package cluster

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Node is an engine in a container.
type Node struct {
	Name        string // as `docker node ls` shows it, node1 for the first
	ID          string // as the swarm knows it
	ContainerID string // on this machine's engine
	Host        string // as DOCKER_HOST takes it
	Address     string // on the swarm's network, which is reached from this machine

	cluster *Cluster
	socket  string
}

// capabilities are what an engine needs, short of --privileged, which is not granted everywhere.
var capabilities = []string{
	"--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE",
	"--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined", "--security-opt", "systempaths=unconfined",
	"--device-cgroup-rule", "a *:* rwm", "--cgroupns", "private",
}

func newNode(c *Cluster, index int, subnet netip.Prefix) (*Node, error) {
	address := subnet.Masked().Addr().Next() // that is the bridge's
	for range index + 1 {
		address = address.Next()
	}
	if !subnet.Contains(address) {
		return nil, fmt.Errorf("find an address for node %d: %s has no more", index+1, subnet)
	}
	name := fmt.Sprintf("node%d", index+1)
	socket := filepath.Join(c.lease.dir, name+".sock")
	return &Node{Name: name, Host: "unix://" + socket, Address: address.String(), cluster: c, socket: socket}, nil
}

// create starts the container and waits for its engine. The address is a fixed one, for a node
// that comes back is known by it; /run is empty after each start, as on a machine.
func (n *Node) create(ctx context.Context, ref string) error {
	dir := n.cluster.lease.dir
	args := append([]string{
		"run", "--detach", "--name", n.cluster.name + "-" + n.Name, "--hostname", n.Name,
		"--label", label, "--label", clusterLabel + "=" + dir,
		"--network", n.cluster.name, "--ip", n.Address,
		"--tmpfs", "/run:exec", "--volume", dir + ":/run/cluster",
	}, capabilities...)
	id, err := docker(ctx, append(args, ref, "--group", strconv.Itoa(os.Getgid()))...)
	if err != nil {
		return err
	}
	n.ContainerID = strings.TrimSpace(id)
	return n.awaitEngine(ctx)
}

// awaitEngine waits until the engine answers, and ends early where its container does.
func (n *Node) awaitEngine(ctx context.Context) error {
	return eventually(ctx, "the engine answers", func(ctx context.Context) error {
		err := ping(ctx, n.socket)
		if err == nil {
			return nil
		}
		running, unseen := docker(ctx, "inspect", "--format", "{{.State.Running}}", n.ContainerID)
		if unseen == nil && strings.TrimSpace(running) == "false" {
			logs, _ := logs(ctx, n.ContainerID)
			return final{fmt.Errorf("the engine ended:\n%s", logs)}
		}
		return err
	})
}

// Docker runs the docker command line on the node, and returns what it printed.
func (n *Node) Docker(ctx context.Context, args ...string) (string, error) {
	out, err := docker(ctx, append([]string{"--host", n.Host}, args...)...)
	if err != nil {
		return "", fmt.Errorf("%s: %w", n.Name, err)
	}
	return strings.TrimSpace(out), nil
}

// PublishedURL is where a port that the node publishes in host mode is reached from this machine.
func (n *Node) PublishedURL(port int) string {
	return fmt.Sprintf("http://%s:%d", n.Address, port)
}
