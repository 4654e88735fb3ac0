package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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
x-bluegreen: {engine: %s}
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
    ports: ["%d:80"]
    volumes: ["bluegreen:/var/lib/haproxy"]
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
volumes: {bluegreen: {}}
`

// swarmPort is published by the nodes, and alonePort by the first one for a
// project of its engine alone.
const (
	swarmPort = 8080
	alonePort = 8081
)

// measureSwarm times switches over one, two and three proxies of a Swarm; beside
// them, those of one node's engine alone, and what users do today: a new config
// object for the proxies, rolled out by an update of their service, one after the
// other.
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
	rows := [][]string{{"", "proxies", "whole command", "until all show it", "between the proxies", "requests", "lost"}}
	alone, err := oneEngine(ctx, c)
	if err != nil {
		return err
	}
	p, err := newSwarmProject("swarm", c.Nodes[0], swarmPort)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(p.dir)) }()
	rows = append(rows, alone)
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

// rollingUpdate gives all proxies another config object, as is done without the
// tool, and waits until the Swarm says that it is done.
func (p *project) rollingUpdate(ctx context.Context, c *cluster.Cluster) ([]string, error) {
	manager := c.Nodes[0]
	if _, err := manager.Docker(ctx, "config", "create", "bench-next", "/etc/hostname"); err != nil {
		return nil, err
	}
	visitors, err := visit(ctx, c.Nodes, swarmPort)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	_, err = manager.Docker(ctx, "service", "update", "--config-add", "source=bench-next,target=/etc/next", "--update-parallelism", "1", "bench_lb")
	took := sample{time.Since(began)}
	asked, lost := stopAll(visitors)
	return []string{"docker service update --config-add, one proxy after the other", "3", took.String(), "-", "-", fmt.Sprint(asked), fmt.Sprint(lost)}, err
}

// visit asks at each node's own port.
func visit(ctx context.Context, nodes []*cluster.Node, port int) (visitors []*load.Run, err error) {
	for _, n := range nodes {
		run, err := load.Start(ctx, load.Options{URL: n.PublishedURL(port), Rate: 100, Mix: load.Short()})
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
