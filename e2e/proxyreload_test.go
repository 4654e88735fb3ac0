package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// Generated settings that somebody has changed are made again and taken over,
// and nobody notices.
func TestAReloadTakesGeneratedSettings(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.fails(1, "docker bluegreen up", "proxy", "reload")
	p.with("TAG=v1").ok("up")
	before := p.containers()
	visitors := p.load(load.Options{URL: p.url()})
	settings := p.docker("exec", p.proxy(), "cat", behind.reloaded)
	if behind.kind == compose.HAProxy {
		assert.Equal(t, settings, strings.TrimSpace(p.ok("config", "--proxy").stdout))
	}
	p.docker("exec", p.proxy(), "sh", "-c", "echo nonsense >> "+behind.reloaded)
	for range 3 {
		says(t, p.ok("proxy", "reload"), p.replica("lb", 1)+" has taken its settings; blue takes all traffic")
		assert.Equal(t, p.docker("exec", p.proxy(), "cat", behind.reloaded), settings)
	}
	says(t, p.ok("proxy", "reload", "--dry-run"), "configure lb", "reload lb")
	p.untouched(before)
	p.nobodyLost(visitors)
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
	assert.Equal(t, p.history()[1].Action, "proxy reload")
	p.sane()
}

// A user's own settings are taken as they are; broken ones are refused, and the
// proxy goes on with those that it has.
func TestAReloadTakesAUsersOwnSettings(t *testing.T) {
	only(t, compose.HAProxy, "the settings are HAProxy's; Traefik's are TestAUsersOwnTraefikNeedsOnlyThePrintedLines")
	t.Parallel()
	p := newProject(t, strings.Replace(withOwnSettings(t), "./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro", "./etc:/usr/local/etc/haproxy:ro", 1))
	assert.NilError(t, os.Mkdir(filepath.Join(p.dir, "etc"), 0o755))
	lines := p.ok("config", "--proxy").stdout
	p.settings("etc/haproxy.cfg", pasted(ownSettings, lines))
	p.with("TAG=v1").ok("up")
	visitors := p.load(load.Options{URL: p.url()})
	p.settings("etc/haproxy.cfg", pasted(strings.Replace(ownSettings, `"mine"`, `"changed"`, 1), lines))
	p.ok("proxy", "reload")
	body, _ := p.fetch(p.url()+"/mine", "")
	assert.Equal(t, body, "changed")

	p.settings("etc/haproxy.cfg", pasted(ownSettings, lines)+"\nnonsense\n")
	r := p.fails(8, "HAProxy rejects your settings", "proxy", "reload")
	assert.Check(t, strings.Contains(r.stderr, "nonsense"), "%s", r)
	body, _ = p.fetch(p.url()+"/mine", "")
	assert.Equal(t, body, "changed")
	p.nobodyLost(visitors)
	p.active(compose.Blue, "v1")
}
