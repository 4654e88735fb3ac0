package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// checks are a service's, below a path; the environment makes them fail.
const checks = `
    path: /shop
    checks:
      - {path: '${PAGE:-/}', retries: 2, interval: 100ms}
      - {path: /, text: version, json: {version: '${WANT:-v1}', colour: ''}, headers: {Authorization: 'Bearer the-password'}}
      - {path: /echo, body: a question, text: a question}
      - {exec: [/hello, '${PROBE:-health}']}
  environment: {PREFIX: '${PREFIX-/shop}'}
`

// newChecked makes a project with checks.
func newChecked(t *testing.T) *project {
	t.Helper()
	p := newProject(t, single(t))
	p.edit("x-bluegreen: {port: 8080, health: /healthz}\n", "x-bluegreen:\n    port: 8080\n    health: /healthz"+checks)
	return p
}

// A release that is healthy and yet wrong never gets the traffic, whatever is
// wrong with it, and visitors notice nothing.
func TestChecksKeepABadReleaseFromTheTraffic(t *testing.T) {
	t.Parallel()
	p := newChecked(t)
	p.with("TAG=v1").ok("up")
	visitors := p.load(load.Options{URL: p.url() + "/shop"})
	for _, bad := range []struct{ name, variables, said, answer string }{
		{"it does not serve its route", "PREFIX=", "GET / of web is answered 404, want 200 to 299", "404 page not found"},
		{"a page is broken", "PAGE=/slow?for=ever", "GET /slow?... of web is answered 400, want 200 to 299", "for: want a duration"},
		{"it is another version", "WANT=v3", `GET / of web (2) is answered with JSON that has "v2" in version, want "v3"`, `"version":"v2"`},
		{"a command fails", "PROBE=guess", "/hello in web exited with code 2", `unknown command "guess"`},
	} {
		former := p.env
		p.with("TAG=v2", "WANT=v2", bad.variables)
		r := p.fails(4, bad.said, "deploy")
		for _, said := range []string{bad.answer, p.name + "-web-green-1: running", "hint: no traffic was moved"} {
			assert.Check(t, strings.Contains(r.stderr, said), "%s: want %q: %s", bad.name, said, r)
		}
		assert.Check(t, !strings.Contains(r.String(), "the-password"), "%s", r)
		records := p.history()
		last := records[len(records)-1]
		assert.Check(t, last.Result == "failed" && strings.Contains(last.Error, bad.said), "%s: %+v", bad.name, last)
		assert.Equal(t, *p.status().Active, compose.Blue, bad.name)
		p.env = former
	}
	p.with("TAG=v2", "WANT=v2").ok("deploy")
	p.ok("rollback", "--progress", "plain") // to what the checks would refuse now
	p.nobodyLost(visitors)
	assert.Equal(t, *p.status().Active, compose.Blue)
	p.sane()
}

// Nothing is active while the very first release fails its checks.
func TestChecksKeepTheFirstReleaseFromTheTraffic(t *testing.T) {
	long(t)
	t.Parallel()
	p := newChecked(t)
	r := p.with("TAG=v1", "PREFIX=").fails(4, "GET / of web is answered 404", "up", "--progress", "json")
	var failed struct {
		Code       int
		Checks     []switcher.CheckResult
		Containers []struct{ Name string }
	}
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	assert.NilError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &failed), "%s", r)
	assert.Check(t, failed.Code == 4 && len(failed.Checks) == 3 && failed.Checks[0].Tries == 3 && len(failed.Containers) == 1, "%+v", failed)
	assert.Check(t, p.status().Active == nil)
	_, code := p.fetch(p.url()+"/shop/", "")
	assert.Equal(t, code, http.StatusServiceUnavailable)
	p.fails(4, "3 of 4 checks of blue failed", "check")
	p.with("PREFIX=/shop").ok("up")
	assert.Equal(t, *p.status().Active, compose.Blue)
	p.sane()
}

// `check` looks at a colour alone, beside whatever else goes on; a switch makes
// the same checks again.
func TestChecksAreMadeAloneAndBeforeASwitch(t *testing.T) {
	long(t)
	t.Parallel()
	p := newChecked(t)
	p.with("TAG=v1").ok("up")
	p.fails(3, "green is not ready", "check")
	says(t, p.ok("check", "blue"), "GET / of web", "POST /echo of web", "/hello in web", "blue: 4 of 4 checks passed")
	p.with("TAG=v2", "WANT=v2").ok("up")
	says(t, p.ok("check"), "green: 4 of 4 checks passed")
	var report switcher.CheckReport
	r := p.fails(4, `has "v1" in version, want "v2"`, "check", "blue", "--format", "json")
	assert.NilError(t, json.Unmarshal([]byte(r.stdout), &report), "%s", r)
	assert.Check(t, report.Colour == compose.Blue && !report.Passed && len(report.Checks) == 4 && report.Checks[1].Status == 200, "%+v", report)

	p.with("PAGE=/nothing")
	before := p.containers()
	says(t, p.ok("switch", "--dry-run"), "1. check green: GET /nothing of web, GET / of web, POST /echo of web, /hello in web\n")
	p.fails(4, "GET /nothing of web is answered 404", "switch")
	p.untouched(before)
	assert.Equal(t, *p.status().Active, compose.Blue)
	p.ok("switch", "--no-checks")
	assert.Equal(t, *p.status().Active, compose.Green)
	p.ok("rollback")
	assert.Equal(t, *p.status().Active, compose.Blue)
	p.sane()
}

// A one-shot service is a check like another: it runs for the colour that comes
// up, and nothing of it stays, also when it is killed in the middle.
func TestAOneShotServiceIsACheck(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.edit("health: /healthz}", "health: /healthz, checks: [{run: smoke, timeout: 20s}]}")
	p.edit("services:\n", "services:\n  smoke:\n    image: hello:${TAG}\n    profiles: [blue, green]\n    command: ['${SMOKE:-migrate}']\n    environment: {MIGRATE_EXIT: '${CODE:-0}'}\n")
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2", "CODE=7")
	r := p.fails(4, "smoke for web exited with code 7", "deploy")
	assert.Check(t, strings.Contains(r.stderr, "migrated"), "what it said is not shown: %s", r)
	p.active(compose.Blue, "v1")
	p.with("CODE=0").ok("deploy")
	p.active(compose.Green, "v2")
	says(t, p.ok("check", "blue"), "smoke for web", "blue: 1 of 1 checks passed")
	p.compose("up", "-d") // has nothing to do with it
	runs := p.docker("ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project="+p.name, "--filter", "label=com.docker.compose.service=smoke")
	assert.Check(t, runs == "", "containers of smoke are left: %s", runs)
	p.sane()
}

// Settings of a user's own without the preview's lines have no way for checks.
func TestChecksNeedThePreviewsLines(t *testing.T) {
	only(t, compose.HAProxy, "the settings are HAProxy's")
	t.Parallel()
	p := newProject(t, withOwnSettings(t)).with("TAG=v1")
	lines := p.ok("config", "--proxy").stdout
	begin, end := strings.Index(lines, "    # The preview"), strings.Index(lines, "if bluegreen:preview\n    use_backend")
	assert.Assert(t, 0 < begin && begin < end, "the preview's lines are not where they were:\n%s", lines)
	p.settings("haproxy.cfg", pasted(ownSettings, lines[:begin]+strings.TrimPrefix(lines[end:], "if bluegreen:preview\n")))
	p.edit("health: /healthz}", "health: /healthz, checks: [/]}")
	p.fails(8, "lack the preview's lines", "up")
	assert.Check(t, p.status().Active == nil)
	p.settings("haproxy.cfg", pasted(ownSettings, lines))
	p.docker("restart", p.replica("lb", 1))
	p.ok("up")
	p.active(compose.Blue, "v1")
	says(t, p.ok("check", "blue"), "blue: 1 of 1 checks passed")
	p.edit("checks: [/]", "checks: [/mine]")
	p.fails(4, "is answered 200, but not by blue", "check", "blue")
}
