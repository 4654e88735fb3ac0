package e2e

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// withAdmin has one more pair, with a port of the proxy to itself. The proxy
// publishes that port, or not.
func withAdmin(file string, publishes bool) string {
	file = strings.NewReplacer(
		"services:\n  lb:", "x-admin: &admin {<<: *web, x-bluegreen: {port: 8080, health: /healthz, listen: 8081}}\nservices:\n  lb:",
		"  web-blue:", "  admin-blue: {<<: *admin, profiles: [blue]}\n  admin-green: {<<: *admin, profiles: [green]}\n  web-blue:",
	).Replace(file)
	if publishes {
		return publishing(file)
	}
	return file
}

// publishing has the proxy publish a second port.
func publishing(file string) string {
	return strings.NewReplacer(
		`"127.0.0.1:${PORT:-8080}:80"]`, `"127.0.0.1:${PORT:-8080}:80", "127.0.0.1:${TCP_PORT}:8081"]`,
		"health: /healthz}\n", "health: /healthz, listen: 80}\n",
	).Replace(file)
}

// Traefik opens ports only when it starts: a release that wants a new one is
// refused with the command that replaces the proxy, which says its gap before.
// Whether the proxy's container differs from the file as well is no matter.
func TestANewPortIsOpenedByAnUpgradeOfTheProxy(t *testing.T) {
	only(t, compose.Traefik, "HAProxy opens ports in a reload")
	t.Parallel()
	for _, c := range []struct {
		name, before, after, cause string
	}{
		{
			"published before", publishing(single(t)), withAdmin(single(t), true),
			"the file wants port 8081, which it opens only when it starts",
		},
		{"published now", single(t), withAdmin(single(t), true), "its container differs from the file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, c.before)
			p.with("TAG=v1").ok("up")
			p.with("TAG=v2").ok("deploy")
			p.write("compose.blue-green.yml", c.after)
			before := p.containers()
			for _, verb := range []string{"up", "deploy"} {
				r := p.with("TAG=v1").fails(8, `has traffic arrive at port 8081, which it opens only when it starts`, verb)
				assert.Check(t, strings.Contains(r.stderr, "docker bluegreen proxy upgrade"), "%s", r)
			}
			p.fails(2, "replacing it leaves visitors without an answer", "proxy", "upgrade")
			says(t, p.ok("proxy", "upgrade", "--dry-run"), "add-proxy lb: "+c.cause, "visitors get no answer")
			p.untouched(before)

			says(t, p.ok("proxy", "upgrade", "--yes"), "green takes all traffic; visitors got no answer for ")
			assert.Equal(t, len(p.proxies()), 1)
			p.active(compose.Green, "v2")
			says(t, p.ok("proxy", "upgrade"), "nothing to do")
			p.ok("up")
			p.active(compose.Green, "v2")
			p.ok("switch")
			p.active(compose.Blue, "v1")
			body, code := p.fetch(fmt.Sprintf("http://127.0.0.1:%d/", p.tcpPort), "")
			assert.Check(t, code == 200 && strings.Contains(body, "v1"), "%d %s", code, body)
			// The way back, and a port that is wanted no more, need no gap.
			p.ok("rollback")
			p.active(compose.Green, "v2")
			p.write("compose.blue-green.yml", publishing(single(t)))
			assert.Check(t, !strings.Contains(p.ok("proxy", "upgrade").stdout, "visitors got no answer"))
			p.with("TAG=v3").ok("deploy")
			p.active(compose.Blue, "v3")
			p.sane()
		})
	}
}

// Where an upgrade for a port alone is killed, the same typed again opens it:
// settings that it has written are not those that the running proxy was started
// with, and in the gap none runs. At other steps it is as every upgrade.
func TestAnUpgradeForAPortThatIsKilledIsFinishedByTheNext(t *testing.T) {
	long(t)
	only(t, compose.Traefik, "HAProxy opens ports in a reload")
	t.Parallel()
	p := newProject(t, publishing(single(t)))
	p.with("TAG=v1").ok("up")
	p.write("compose.blue-green.yml", strings.Replace(withAdmin(single(t), true), "listen: 8081", `listen: "${ADMIN}"`, 1))
	for n, step := range []string{"add-proxy", "succeed"} {
		p.with(fmt.Sprintf("ADMIN=%d", 9000+n)).fails(8, "which it opens only when it starts", "up")
		at, r := p.strikeStep(step, kill, plugin(), "proxy", "upgrade", "--yes")
		assert.Assert(t, at != nil, "it has no step %s: %s", step, r)
		p.ok("proxy", "upgrade", "--yes")
		p.active(compose.Blue, "v1")
		assert.Equal(t, len(p.proxies()), 1)
		p.ok("up", "--dry-run")
	}
	p.sane()
}
