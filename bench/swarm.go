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
	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// swarmSwitches is how often the traffic is moved with each number of proxies.
const swarmSwitches = 10

// swarmFile is the project on three nodes. Healthchecks are rare: each is a
// process, and three engines share this machine.
const swarmFile = `
name: bench
x-bluegreen: {engine: swarm}
x-web: &web
  image: hello:${TAG:-v1}
  pull_policy: never
  deploy: {replicas: 3}
  healthcheck: {test: [CMD, /hello, health], interval: 10s, start_period: 5s}
  x-bluegreen: {port: 8080, health: /healthz}
services:
  lb:
    image: bluegreen-test/haproxy:debian
    pull_policy: never
    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
    ports: ["8080:80"]
    volumes: ["bluegreen:/var/lib/haproxy"]
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
volumes: {bluegreen: {}}
`

// measureSwarm times switches over one, two and three proxies of a Swarm, and
// beside them what users do today: a new config object for the proxies, rolled
// out by an update of their service, one after the other.
func measureSwarm(ctx context.Context) (err error) {
	refs, err := swarmImages(ctx)
	if err != nil {
		return err
	}
	c, err := cluster.New(ctx, cluster.Options{Suite: "bookworm", Nodes: 3, Managers: 3, Images: refs})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	dir, err := os.MkdirTemp("", "bluegreen-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(swarmFile), 0o600); err != nil {
		return err
	}
	p := &project{dir: dir, name: "bench", env: append(os.Environ(), "DOCKER_HOST="+c.Nodes[0].Host)}
	rows := [][]string{{"", "proxies", "whole command", "between the proxies", "requests", "lost"}}
	for proxies := 1; proxies <= len(c.Nodes); proxies++ {
		row, err := p.swarmSwitches(ctx, c, proxies)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	row, err := p.rollingUpdate(ctx, c)
	if err != nil {
		return err
	}
	table("A switch on a Swarm of three engines on this machine, ms (min / median / max)", append(rows, row)...)
	return nil
}

func swarmImages(ctx context.Context) ([]string, error) {
	proxy, err := images.HAProxy(ctx, images.Debian)
	refs := []string{proxy}
	for _, version := range []string{"v1", "v2"} {
		if err != nil {
			return nil, err
		}
		var ref string
		ref, err = images.Hello(ctx, version)
		refs = append(refs, ref)
	}
	return refs, err
}

// swarmSwitches leaves so many nodes their proxy, and moves the traffic of those.
func (p *project) swarmSwitches(ctx context.Context, c *cluster.Cluster, proxies int) ([]string, error) {
	for i, n := range c.Nodes {
		label := fmt.Sprintf("%s=%t", cluster.ProxyLabelName, i < proxies)
		if _, err := c.Nodes[0].Docker(ctx, "node", "update", "--label-add", label, n.Name); err != nil {
			return nil, err
		}
	}
	for _, tag := range []string{"v1", "v2"} {
		p.with("TAG=" + tag)
		if _, err := p.time(ctx, "docker", "bluegreen", "up"); err != nil {
			return nil, err
		}
	}
	visitors, err := visit(ctx, c.Nodes[:proxies])
	if err != nil {
		return nil, err
	}
	var whole, apart sample
	for range swarmSwitches {
		began := time.Now()
		spread, err := p.switchSpread(ctx)
		if err != nil {
			return nil, err
		}
		whole, apart = append(whole, time.Since(began)), append(apart, spread)
	}
	asked, lost := stopAll(visitors)
	return []string{"docker bluegreen switch --no-probe", fmt.Sprint(proxies), whole.String(), apart.String(), fmt.Sprint(asked), fmt.Sprint(lost)}, nil
}

// switchSpread moves the traffic once, and reads how far apart the proxies
// changed.
func (p *project) switchSpread(ctx context.Context) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, "docker", "bluegreen", "switch", "--no-probe", "--progress", "json")
	cmd.Dir, cmd.Env = p.dir, p.env
	var events bytes.Buffer
	cmd.Stderr = &events
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("switch: %w\n%s", err, events.String())
	}
	for line := range strings.Lines(events.String()) {
		var event struct {
			Figures map[string]int64 `json:"figures"`
		}
		if json.Unmarshal([]byte(line), &event) == nil && event.Figures["instances"] > 0 {
			return time.Duration(event.Figures["spreadMs"]) * time.Millisecond, nil
		}
	}
	return 0, errors.New("switch: it does not say how far apart the proxies changed")
}

// rollingUpdate gives all proxies another config object, as is done without the
// tool, and waits until the Swarm says that it is done.
func (p *project) rollingUpdate(ctx context.Context, c *cluster.Cluster) ([]string, error) {
	manager := c.Nodes[0]
	if _, err := manager.Docker(ctx, "config", "create", "bench-next", "/etc/hostname"); err != nil {
		return nil, err
	}
	visitors, err := visit(ctx, c.Nodes)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	_, err = manager.Docker(ctx, "service", "update", "--config-add", "source=bench-next,target=/etc/next", "--update-parallelism", "1", "bench_lb")
	took := sample{time.Since(began)}
	asked, lost := stopAll(visitors)
	return []string{"docker service update --config-add, one proxy after the other", "3", took.String(), "-", fmt.Sprint(asked), fmt.Sprint(lost)}, err
}

// visit asks at each node's own port.
func visit(ctx context.Context, nodes []*cluster.Node) (visitors []*load.Run, err error) {
	for _, n := range nodes {
		run, err := load.Start(ctx, load.Options{URL: n.PublishedURL(8080), Rate: 100, Mix: load.Short()})
		if err != nil {
			stopAll(visitors)
			return nil, err
		}
		visitors = append(visitors, run)
	}
	return visitors, nil
}

func stopAll(visitors []*load.Run) (asked, lost int) {
	for _, v := range visitors {
		report := v.Stop()
		asked += report.Requests
		lost += report.Lost
	}
	return asked, lost
}
