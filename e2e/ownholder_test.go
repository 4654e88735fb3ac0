package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// ownFlags are a user's own flags of Traefik, with room for more of them.
const ownFlags = "--entrypoints.web.address=:80 --entrypoints.raw.address=:5432 --entrypoints.bluegreen.address=127.0.0.1:61919" +
	" --providers.file.directory=/etc/traefik/dynamic ${MORE:---api=true}"

// withOwnFlags is the project with a holder, whose proxy has them.
func withOwnFlags() string {
	return strings.NewReplacer(
		withHolder[strings.Index(withHolder, "${LB_COMMAND:-"):strings.Index(withHolder, "\n    network_mode:")], ownFlags,
		`"bluegreen:/var/lib/haproxy"`, `"bluegreen:/etc/traefik/dynamic"`,
	).Replace(withHolder)
}

// Two Traefiks with a user's own settings cannot listen side by side, so that
// one in a holder's network is replaced with a gap: it is said before, and what
// would not start is found before, or gives way to the former one.
func TestATraefikWithOwnSettingsInAHolderIsReplacedWithAGap(t *testing.T) {
	only(t, compose.Traefik, "HAProxy with own settings takes sockets over")
	t.Parallel()
	p := newProject(t, withOwnFlags())
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
	before := p.containers("lb", "entrance", "web-green")
	p.with("GENERATION=2")
	r := p.fails(2, "proxy lb has settings of your own, with which no second Traefik can listen beside it", "proxy", "upgrade")
	assert.Check(t, strings.Contains(r.stderr, "hint: agree to it: docker bluegreen proxy upgrade --yes; or have the proxy's settings generated"), "%s", r)
	says(t, p.ok("proxy", "upgrade", "--dry-run"), "stop-proxy "+p.replica("lb", 1), "visitors get no answer")
	r = p.with("TAG=v1").ok("up", "--shared")
	assert.Check(t, strings.Contains(r.stderr, "differs from the file and is left as it is"), "%s", r)

	well := p.env
	p.with("MORE=--api=true --nonsense=1").fails(8, "Traefik rejects its static settings: failed to decode configuration from flags: field not found, node: nonsense", "proxy", "upgrade", "--yes")
	p.with("MORE=--log.level=DEBUG").fails(8, "--api=true", "proxy", "upgrade", "--yes")
	p.untouched(before, "lb", "entrance", "web-green")
	r = p.with("MORE=--api=true --entrypoints.again.address=:80").fails(9, p.replica("lb", 1)+" goes on", "proxy", "upgrade", "--yes", "--wait-timeout", "20s")
	assert.Check(t, strings.Contains(r.stderr, "address already in use"), "its log is not shown: %s", r)
	p.env = well
	p.active(compose.Green, "v2")
	assert.DeepEqual(t, p.proxies(), []string{p.replica("lb", 1)})

	says(t, p.ok("proxy", "upgrade", "--yes"), "is as the file says; green takes all traffic; visitors got no answer for ")
	assert.Equal(t, p.generation(), "2")
	assert.Equal(t, len(p.proxies()), 1)
	p.active(compose.Green, "v2")
	made := p.containers()
	p.compose("up", "--detach")
	p.sameContainers(made)
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	p.consistent()
}
