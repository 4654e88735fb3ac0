package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// newSwarmProject writes the project for an engine of a kind, to be used by a node.
func newSwarmProject(engine string, by *cluster.Node, port int) (*project, error) {
	dir, err := os.MkdirTemp("", "bluegreen-bench-")
	if err != nil {
		return nil, err
	}
	p := &project{dir: dir, name: "bench", env: append(os.Environ(), "DOCKER_HOST="+by.Host)}
	return p, os.WriteFile(filepath.Join(dir, "compose.yaml"), fmt.Appendf(nil, swarmFile, engine, port), 0o600)
}

// oneEngine moves the traffic of the same project on one node's engine alone.
func oneEngine(ctx context.Context, c *cluster.Cluster) (row []string, err error) {
	p, err := newSwarmProject("local", c.Nodes[0], alonePort)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.remove(ctx)) }()
	return p.tenSwitches(ctx, "one engine: docker bluegreen switch --no-probe", c.Nodes[:1], alonePort)
}

// swarmSwitches leaves so many nodes their proxy, and moves the traffic of those.
func (p *project) swarmSwitches(ctx context.Context, c *cluster.Cluster, proxies int) ([]string, error) {
	for i, n := range c.Nodes {
		label := fmt.Sprintf("%s=%t", cluster.ProxyLabelName, i < proxies)
		if _, err := c.Nodes[0].Docker(ctx, "node", "update", "--label-add", label, n.Name); err != nil {
			return nil, err
		}
	}
	return p.tenSwitches(ctx, "Swarm: docker bluegreen switch --no-probe", c.Nodes[:proxies], swarmPort)
}

// tenSwitches moves the traffic of the project to and fro under load.
func (p *project) tenSwitches(ctx context.Context, called string, nodes []*cluster.Node, port int) ([]string, error) {
	for _, tag := range []string{"v1", "v2"} {
		p.with("TAG=" + tag)
		if _, err := p.time(ctx, "docker", "bluegreen", "up"); err != nil {
			return nil, err
		}
	}
	visitors, err := visit(ctx, nodes, port)
	if err != nil {
		return nil, err
	}
	var whole, shown, apart sample
	for range swarmSwitches {
		began := time.Now()
		told, err := p.switchOnce(ctx)
		if err != nil {
			stopAll(visitors)
			return nil, err
		}
		whole = append(whole, time.Since(began))
		if told.Instances > 0 {
			shown, apart = append(shown, told.Shown*time.Millisecond), append(apart, told.Spread*time.Millisecond)
		}
	}
	asked, lost := stopAll(visitors)
	return []string{called, fmt.Sprint(len(nodes)), whole.String(), shown.String(), apart.String(), fmt.Sprint(asked), fmt.Sprint(lost)}, nil
}

// shownFigures are those of the proxies of a Swarm, in milliseconds: from the
// commit until all show it, and from the first to the last of them.
type shownFigures struct {
	Instances int           `json:"instances"`
	Shown     time.Duration `json:"shownMs"`
	Spread    time.Duration `json:"spreadMs"`
}

// switchOnce moves the traffic, and reads what the command says of the proxies;
// one engine's says nothing.
func (p *project) switchOnce(ctx context.Context) (shownFigures, error) {
	cmd := exec.CommandContext(ctx, "docker", "bluegreen", "switch", "--no-probe", "--progress", "json")
	cmd.Dir, cmd.Env = p.dir, p.env
	var events bytes.Buffer
	cmd.Stderr = &events
	if err := cmd.Run(); err != nil {
		return shownFigures{}, fmt.Errorf("switch: %w\n%s", err, events.String())
	}
	for line := range strings.Lines(events.String()) {
		var event struct {
			Figures shownFigures `json:"figures"`
		}
		if json.Unmarshal([]byte(line), &event) == nil && event.Figures.Instances > 0 {
			return event.Figures, nil
		}
	}
	return shownFigures{}, nil
}
