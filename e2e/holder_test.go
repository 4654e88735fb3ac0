package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// withHolder is a project whose proxy uses the network of a holder. What the
// environment says of lb is what the next proxy is like.
const withHolder = `name: NAME
x-bluegreen: {wait_timeout: 150s}
x-hello: &hello
  image: hello:${TAG:-v1}
  environment: {TCP_PORT: "9000"}
  healthcheck: {test: [CMD, /hello, health], interval: 5s, timeout: 20s, retries: 20}
x-web: &web {<<: *hello, x-bluegreen: {port: 8080, health: /healthz, listen: 80}}
x-raw: &raw {<<: *hello, x-bluegreen: {port: 9000, mode: tcp, listen: 5432}}
services:
  entrance:
    image: ${HOLDER_IMAGE}
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

// crowd is load of every kind, all of it short enough to end by itself.
func (p *project) crowd() *load.Run {
	p.t.Helper()
	run, err := load.Start(p.t.Context(), load.Options{
		URL: p.url(), TCPAddr: fmt.Sprintf("127.0.0.1:%d", p.tcpPort), Hold: 3 * time.Second, Rate: 300,
	})
	assert.NilError(p.t, err)
	return run
}

// proxies lists the names of the proxy's containers.
func (p *project) proxies() []string {
	p.t.Helper()
	return slices.Sorted(maps.Keys(p.containers("lb")))
}

// generation is what the proxy that runs has of its environment.
func (p *project) generation() string {
	p.t.Helper()
	return p.docker("exec", p.proxy(), "sh", "-c", "echo $GENERATION")
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

	visitors := p.crowd()
	for n := 2; n <= 6; n++ {
		r := p.with(fmt.Sprintf("GENERATION=%d", n)).ok("proxy", "upgrade")
		says(t, r, p.replica("lb", n)+" is as the file says; blue takes all traffic")
		assert.DeepEqual(t, p.proxies(), []string{p.replica("lb", n)})
		assert.Equal(t, p.generation(), fmt.Sprint(n))
	}
	p.nobodyLost(visitors)
	p.untouched(entrance, "entrance")
	assert.Equal(t, p.history()[1].Action, "proxy upgrade")

	// A release goes on as ever, and Compose has nothing to do.
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
	made := p.containers()
	p.compose("up", "--detach")
	p.sameContainers(made)
	p.active(compose.Green, "v2")
	p.sane()
}

// `up --shared` brings the proxy to what the file says, too, where visitors
// do not notice.
func TestSharedServicesIncludeAProxyWithAHolder(t *testing.T) {
	t.Parallel()
	p := newProject(t, withHolder)
	p.ok("up")
	p.visitors()
	before := p.containers("entrance", "web-blue")
	p.with("GENERATION=2", "TAG=v2").ok("up")
	assert.Equal(t, p.generation(), "1")
	p.ok("up", "--shared")
	assert.Equal(t, p.generation(), "2")
	p.untouched(before, "entrance", "web-blue")
	p.ok("switch")
	p.active(compose.Green, "v2")
}

// A new proxy that cannot take over is removed, whatever is wrong with it, and
// the former one goes on, and can be upgraded afterwards.
func TestABadNextProxyIsRemovedAndTheFormerOneGoesOn(t *testing.T) {
	t.Parallel()
	p := newProject(t, withHolder)
	p.ok("up")
	p.visitors()
	before := p.containers()
	for _, bad := range behind.broken {
		former := p.env
		r := p.with("LB_COMMAND="+bad.command).fails(bad.code, bad.said, "proxy", "upgrade", "--wait-timeout", "5s")
		p.env = former
		unproved := strings.Contains(r.stderr, "the new one did not prove itself and was removed")
		assert.Equal(t, unproved, bad.code == 9, "%s", r)
		t.Log(r.stderr)
		p.untouched(before)
		p.active(compose.Blue, "v1")
		p.nothingLeft()
	}
	failed := p.history()[1]
	assert.Check(t, failed.Action == "proxy upgrade" && failed.Result == "failed", "%+v", failed)
	p.with("GENERATION=2").ok("proxy", "upgrade")
	assert.Equal(t, p.generation(), "2")
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
}

// What never ends stays with the former proxy, which goes once it has ended;
// other commands are not held up by it.
func TestAFormerProxyServesWhatItHasUntilTheEnd(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, withHolder)
	p.ok("up")
	p.with("TAG=v2").ok("up")
	socket := p.websocket()
	r := p.with("GENERATION=2").ok("proxy", "upgrade", "--drain-timeout", "1s")
	says(t, r, "the former proxy still serves ")
	assert.Check(t, strings.Contains(r.stderr, "a later command removes the container"), "%s", r)
	socket.echoes()
	says(t, p.ok("switch", "--drain-timeout", "1s"), "green takes all traffic", "blue still serves 1 ")
	p.active(compose.Green, "v2")
	socket.echoes()
	// Its replica is not taken away from it either.
	p.with("TAG=v3").fails(1, "blue still serves 1 ", "up", "--drain-timeout", "1s")
	socket.echoes()
	assert.Equal(t, len(p.proxies()), 2)
	socket.close()
	p.eventually("the former proxy ends", func() bool { return !p.containers("lb")[p.replica("lb", 1)+"-retiring"].Running })
	p.ok("up")
	assert.DeepEqual(t, p.proxies(), []string{p.replica("lb", 2)})
}

// Killed at any step, an upgrade is finished by the next one.
func TestAnUpgradeThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, withHolder)
	p.ok("up")
	p.visitors()
	trial{
		args:   []string{"proxy", "upgrade"},
		steps:  []string{"try", "add-proxy", "succeed", "prove", "retire-proxy"},
		before: func(n int) { p.with(fmt.Sprintf("GENERATION=%d", n+1)) },
		after: func(n int) {
			assert.Equal(t, p.generation(), fmt.Sprint(n+1))
			assert.Equal(t, len(p.proxies()), 1)
			p.active(compose.Blue, "v1")
		},
	}.run(p)
}

// Other commands clear away what a killed upgrade has left, first of all: of
// two proxies that both serve, one would not hear of a switch.
func TestASwitchAfterAKilledUpgradeReachesAllVisitors(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, withHolder)
	p.ok("up")
	p.with("TAG=v2").ok("up")
	p.visitors()
	to := compose.Green
	for n, step := range []string{"succeed", "prove", "retire-proxy"} {
		at, _ := p.with(fmt.Sprintf("GENERATION=%d", n+2)).strikeStep(step, kill, plugin(), "proxy", "upgrade")
		assert.Assert(t, at != nil)
		p.ok("switch", string(to))
		p.active(to, versionOf(to))
		p.ok("switch", string(to.Other())) // what has ended meanwhile goes
		assert.Equal(t, len(p.proxies()), 1, "%s: %v", step, p.proxies())
		p.sane()
	}
}

// A holder that was restarted has another network, in which the proxy is not.
func TestAHolderThatWasRestartedGetsItsProxyBack(t *testing.T) {
	t.Parallel()
	p := newProject(t, withHolder)
	p.ok("up")
	for range 2 {
		p.docker("restart", p.replica("entrance", 1))
		p.ok("up")
		p.active(compose.Blue, "v1")
		assert.Equal(t, len(p.proxies()), 1)
	}
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
	visitors := p.crowd()
	p.with("GENERATION=2").ok("proxy", "upgrade")
	p.nobodyLost(visitors)
	p.nothingLeft()
}

// A holder's image is made like every other one.
func TestAHoldersImageIsBuilt(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, strings.Replace(withHolder, "image: ${HOLDER_IMAGE}", "image: NAME-built:1\n    build: entrance", 1))
	assert.NilError(t, os.Mkdir(filepath.Join(p.dir, "entrance"), 0o755))
	p.write("entrance/Dockerfile", "FROM "+behind.holder+"\n")
	p.builds()
	p.ok("up")
	p.active(compose.Blue, "v1")
}

// A holder that lacks what a takeover needs is said to, and nothing has
// happened.
func TestAHolderWithoutNftIsSaidSo(t *testing.T) {
	only(t, compose.Traefik, "HAProxy takes sockets over by itself")
	t.Parallel()
	p := newProject(t, withHolder).with("HOLDER_IMAGE=" + behind.value)
	p.ok("up")
	p.visitors()
	before := p.containers()
	r := p.with("GENERATION=2").fails(9, "nft: not found", "proxy", "upgrade")
	assert.Check(t, strings.Contains(r.stderr, "run the holder from an image with nft"), "%s", r)
	p.untouched(before)
	p.nothingLeft()
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
}
