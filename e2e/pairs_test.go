package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// bazaar is a project of four pairs: web takes all that no other does, api a
// path, admin a host on a listener of its own, echo is raw TCP.
const bazaar = `name: NAME
x-bluegreen: {wait_timeout: 150s}
x-hello: &hello
  image: hello:${TAG:-v1}
x-web: &web {<<: *hello, x-bluegreen: {port: 8080, health: /healthz, listen: 80}}
x-api: &api {<<: *hello, environment: {PREFIX: /api}, x-bluegreen: {port: 8080, health: /healthz, path: /api, listen: 80}}
x-admin: &admin {<<: *hello, x-bluegreen: {port: 8080, health: /healthz, host: admin.test, listen: 8081}}
x-echo: &echo {<<: *hello, environment: {TCP_PORT: "9000"}, x-bluegreen: {port: 9000, mode: tcp, listen: 5432}}
services:
  lb:
    image: ${HAPROXY_IMAGE}
    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
    ports: ["127.0.0.1:${PORT}:80", "127.0.0.1:${ADMIN_PORT}:8081", "127.0.0.1:${TCP_PORT}:5432"]
    volumes: ["bluegreen:/var/lib/haproxy"]
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
  api-blue: {<<: *api, profiles: [blue]}
  api-green: {<<: *api, profiles: [green]}
  admin-blue: {<<: *admin, profiles: [blue]}
  admin-green: {<<: *admin, profiles: [green]}
  echo-blue: {<<: *echo, profiles: [blue]}
  echo-green: {<<: *echo, profiles: [green]}
volumes: {bluegreen: {}}
`

// Whatever a visitor asks, and through whichever door, the whole project is
// one version: nobody sees the new pages with the old API.
func TestAllPairsChangeColourInOneStep(t *testing.T) {
	t.Parallel()
	p := newProject(t, bazaar)
	admin := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	_, port, err := net.SplitHostPort(admin)
	assert.NilError(t, err)
	p.with("ADMIN_PORT="+port, "TAG=v1").ok("up")

	runs := []*load.Run{
		p.load(load.Options{URL: p.url(), TCPAddr: fmt.Sprintf("127.0.0.1:%d", p.tcpPort)}),
		p.load(load.Options{URL: p.url() + "/api"}),
		p.load(load.Options{URL: "http://" + admin, Host: "admin.test"}),
	}
	visitor := p.visits(
		func(ctx context.Context) (string, error) { return version(ctx, p.url(), "") },
		func(ctx context.Context) (string, error) { return version(ctx, p.url()+"/api/", "") },
		func(ctx context.Context) (string, error) { return version(ctx, "http://"+admin, "admin.test") },
		func(ctx context.Context) (string, error) { return greeting(ctx, p.tcpPort) },
	)
	p.with("TAG=v2").ok("up")
	says(t, p.ok("switch"), "green takes all traffic", "admin hello:v2", "api hello:v2", "echo hello:v2", "web hello:v2")
	p.ok("rollback")
	p.ok("switch")
	assert.DeepEqual(t, visitor(), []string{"v1", "v2", "v1", "v2"})
	for _, run := range runs {
		p.nobodyLost(run)
	}
	_, code := p.fetch("http://"+admin, "other.test")
	assert.Equal(t, code, http.StatusNotFound)
}

// load sends every kind of request, lightly, and lets held connections end so
// that a drain can.
func (p *project) load(o load.Options) *load.Run {
	p.t.Helper()
	o.Rate, o.Hold = 60, time.Second
	o.Mix = map[load.Kind]int{load.KeepAlive: 2, load.NewConn: 1, load.Post: 1, load.Slow: 1, load.Stream: 1, load.Websocket: 1}
	if o.TCPAddr != "" {
		o.Mix[load.TCP] = 1
	}
	run, err := load.Start(p.t.Context(), o)
	assert.NilError(p.t, err)
	return run
}

// nobodyLost ends a load and asserts that nobody noticed anything.
func (p *project) nobodyLost(run *load.Run) {
	p.t.Helper()
	report := run.Stop()
	p.t.Log(report)
	assert.Check(p.t, report.OK(), "%s\n%s", report, report.Details())
}

// visits lets a visitor ask one door after the other until the returned
// function is called, which gives the versions seen, repetitions left out.
func (p *project) visits(doors ...func(context.Context) (string, error)) (seen func() []string) {
	p.t.Helper()
	ctx, leave := context.WithCancel(p.t.Context())
	versions := make(chan []string)
	go func() {
		var list []string
		for ctx.Err() == nil {
			for _, ask := range doors {
				v, err := ask(context.WithoutCancel(ctx))
				if err != nil {
					v = err.Error()
				}
				list = append(list, v)
			}
		}
		versions <- slices.Compact(list)
	}()
	return func() []string {
		leave()
		return <-versions
	}
}

// version asks a hello service who it is, on a connection of its own.
func version(ctx context.Context, url, host string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	req.Host, req.Close = host, true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	var a answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return "", fmt.Errorf("%s: %w", resp.Status, err)
	}
	return a.Version, nil
}

// greeting is the line with which hello's raw TCP begins: its version.
func greeting(ctx context.Context, port int) (string, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	line := make([]byte, len("v1\n"))
	if _, err := io.ReadFull(conn, line); err != nil {
		return "", err
	}
	return string(line[:2]), nil
}
