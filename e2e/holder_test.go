package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// held is a project whose proxy uses the network of a holder. What the
// environment says of lb is what the next proxy is like.
const withHolder = `name: NAME
x-bluegreen: {wait_timeout: 150s}
x-hello: &hello
  image: hello:${TAG:-v1}
  environment: {TCP_PORT: "9000"}
  healthcheck: {test: [CMD, /hello, health], interval: 1s, timeout: 20s, retries: 20}
x-web: &web {<<: *hello, x-bluegreen: {port: 8080, health: /healthz, listen: 80}}
x-raw: &raw {<<: *hello, x-bluegreen: {port: 9000, mode: tcp, listen: 5432}}
services:
  entrance:
    image: ${HAPROXY_IMAGE}
    command: [sh, -c, "trap exit TERM USR1; sleep infinity & wait"]
    ports: ["127.0.0.1:${PORT}:80", "127.0.0.1:${TCP_PORT}:5432"]
    restart: always
  lb:
    image: ${LB_IMAGE:-${HAPROXY_IMAGE}}
    command: ${LB_COMMAND:-haproxy -W -db -f /var/lib/haproxy/haproxy.cfg -x /var/lib/haproxy/bluegreen/admin.sock}
    network_mode: service:entrance
    environment: {GENERATION: "${GENERATION:-1}"}
    volumes: ["bluegreen:/var/lib/haproxy"]
    restart: always
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
  raw-blue: {<<: *raw, profiles: [blue]}
  raw-green: {<<: *raw, profiles: [green]}
volumes: {bluegreen: {}}
`

// everything is load of every kind, all of it short enough to end by itself.
func (p *project) everything() load.Options {
	return load.Options{URL: p.url(), TCPAddr: fmt.Sprintf("127.0.0.1:%d", p.tcpPort), Hold: 3 * time.Second}
}

// proxies lists the names of the proxy's containers.
func (p *project) proxies() []string {
	p.t.Helper()
	var names []string
	for name := range p.containers("lb") {
		names = append(names, name)
	}
	return names
}

// The proxy is replaced again and again under load of every kind: beside a
// holder nobody notices.
func TestAProxyWithAHolderIsReplacedWithoutLoss(t *testing.T) {
	p := newProject(t, withHolder)
	p.ok("up")
	p.active(compose.Blue, "v1")
	says(t, p.ok("status"), strings.Replace(p.url(), "127.0.0.1", "localhost", 1))
	entrance := p.containers("entrance")
	says(t, p.ok("proxy", "upgrade"), "nothing to do: lb runs as the file says")

	visitors := p.load(p.everything())
	for generation := 2; generation <= 4; generation++ {
		r := p.with(fmt.Sprintf("GENERATION=%d", generation)).ok("proxy", "upgrade")
		says(t, r, p.replica("lb", generation)+" is as the file says; blue takes all traffic")
		assert.DeepEqual(t, p.proxies(), []string{p.replica("lb", generation)})
	}
	report := visitors.Stop()
	t.Log(report)
	assert.Check(t, report.OK(), "%s\n%s", report, report.Details())
	p.untouched(entrance, "entrance")

	// A release goes on as ever, and Compose has nothing to do.
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
	made := p.containers()
	p.compose("up", "--detach")
	p.sameContainers(made)
	p.active(compose.Green, "v2")
	records := p.history()
	assert.Equal(t, records[1].Action, "proxy upgrade")
}
