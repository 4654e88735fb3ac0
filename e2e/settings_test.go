package e2e

import (
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// routed has two pairs: web takes all else, cart a path. WEB, CART and MORE
// stand for what the next release changes.
const routed = `name: NAME
x-bluegreen: {wait_timeout: 150s}
x-hello: &hello
  image: hello:${TAG:-v1}
x-web: &web {<<: *hello, environment: {PORT: "8080"}, x-bluegreen: {port: 8080, health: /healthz}}
x-cart: &cart {<<: *hello, environment: {PREFIX: /cart}, x-bluegreen: {port: 8080, health: /healthz, path: /cart}}
services:
  lb:
    image: ${HAPROXY_IMAGE}
    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
    ports: ["127.0.0.1:${PORT}:80"]
    volumes: ["bluegreen:/var/lib/haproxy"]
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
  cart-blue: {<<: *cart, profiles: [blue]}
  cart-green: {<<: *cart, profiles: [green]}
volumes: {bluegreen: {}}
`

// rerouted is the next release: web listens at another port, cart has moved,
// and there is a pair that was not there before.
func rerouted() string {
	return strings.NewReplacer(
		`PORT: "8080"}, x-bluegreen: {port: 8080`, `PORT: "9090"}, x-bluegreen: {port: 9090`,
		"/cart", "/basket",
		"services:\n", "services:\n"+
			"  help-blue: {<<: *help, profiles: [blue]}\n"+
			"  help-green: {<<: *help, profiles: [green]}\n",
		"x-cart:", `x-help: &help {<<: *hello, environment: {PREFIX: /help}, x-bluegreen: {port: 8080, health: /healthz, path: /help}}`+"\nx-cart:",
	).Replace(routed)
}

// A release may change its routes: the proxy takes the new settings under
// load, and each colour keeps its own until the traffic is moved.
func TestARouteChangesWithTheColourAndChangesBack(t *testing.T) {
	t.Parallel()
	p := newProject(t, routed)
	p.with("TAG=v1").ok("up")
	before := p.containers()
	visitors := p.load(load.Options{URL: p.url()})
	p.write("compose.blue-green.yml", rerouted())
	r := p.with("TAG=v2").ok("up")
	assert.Check(t, strings.Contains(r.stderr, "reload lb"), "%s", r)
	p.untouched(before, "lb", "web-blue", "cart-blue")
	p.routes("v1", "/cart/", "/basket/", "/help/")

	says(t, p.ok("switch"), "green takes all traffic", "help hello:v2")
	p.routes("v2", "/basket/", "/cart/")
	p.routes("v2", "/help/")
	// The way back brings the former routes along.
	p.ok("rollback")
	p.routes("v1", "/cart/", "/basket/", "/help/")
	p.active(compose.Blue, "v1")
	p.ok("switch")
	p.routes("v2", "/basket/", "/cart/")
	// A later release may drop a pair, too.
	p.write("compose.blue-green.yml", routed)
	p.with("TAG=v3").ok("deploy")
	p.routes("v3", "/cart/", "/basket/", "/help/")
	p.nobodyLost(visitors)
}

// routes asserts which version answers at a path and at all else, and that
// other paths lead nowhere in particular.
func (p *project) routes(version, path string, gone ...string) {
	p.t.Helper()
	assert.Equal(p.t, p.get(path).Version, version)
	assert.Equal(p.t, p.get("/").Version, version)
	for _, other := range gone {
		_, code := p.fetch(p.url()+other, "")
		assert.Equal(p.t, code, http.StatusNotFound, other)
	}
}
