package e2e

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// contract is every key of the status that programs may rely on.
var contract = []string{
	"project", "engine", "active", "previous", "canary", "rollback", "urls", "operation",
	"proxy.service", "proxy.kind", "proxy.instances", "proxy.ready",
}

// contractOfColour is the same for a colour and for its services.
var contractOfColour = []string{"release", "state", "services"}

var contractOfService = []string{"pair", "service", "image", "digest", "replicas", "healthy", "inProxy", "sessions"}

// statusKeys asks for the status and asserts the contract's keys.
func (p *project) statusKeys() map[string]any {
	p.t.Helper()
	var status map[string]any
	r := p.ok("status", "--format", "json")
	assert.NilError(p.t, json.Unmarshal([]byte(r.stdout), &status), "%s", r)
	has(p.t, status, contract)
	colours := status["colours"].(map[string]any)
	assert.Equal(p.t, len(colours), 2)
	for _, colour := range colours {
		has(p.t, colour.(map[string]any), contractOfColour)
		for _, service := range colour.(map[string]any)["services"].([]any) {
			has(p.t, service.(map[string]any), contractOfService)
		}
	}
	return status
}

func has(t *testing.T, object map[string]any, keys []string) {
	t.Helper()
	for _, key := range keys {
		outer, inner, nested := strings.Cut(key, ".")
		value, found := object[outer]
		if nested && found {
			_, found = value.(map[string]any)[inner]
		}
		assert.Check(t, found, "%s is missing in %v", key, object)
	}
}

// The status is the same contract at every point of a project's life.
func TestTheStatusTellsEveryStateOfAProject(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	never := p.statusKeys()
	assert.Check(t, never["active"] == nil && never["operation"] == nil)
	says(t, p.ok("status"), "no colour takes traffic", "impossible: no colour is active yet")
	p.madeNothing()

	p.with("TAG=v1").ok("up")
	first := p.statusKeys()
	assert.Equal(t, first["active"], "blue")
	assert.Equal(t, first["engine"], "local")
	assert.Check(t, first["previous"] == nil)
	s := p.status()
	assert.DeepEqual(t, s.Proxy, switcher.ProxyStatus{Service: "lb", Kind: behind.kind, Instances: 1, Ready: 1})
	assert.Equal(t, s.Colours[compose.Green].State, "absent")
	assert.DeepEqual(t, s.URLs, []string{strings.Replace(p.url(), "127.0.0.1", "localhost", 1)})

	p.with("TAG=none").fails(1, "none", "up")
	failed := p.history()[1]
	assert.Check(t, failed.Result == "failed" && failed.Action == "up" && failed.To == compose.Green && failed.Error != "", "%+v", failed)

	p.with("TAG=v2").ok("deploy")
	s = p.status()
	assert.Check(t, *s.Active == compose.Green && *s.Previous == compose.Blue && s.Rollback == "hot")
	web := s.Colours[compose.Green].Services[0]
	image := p.docker("image", "inspect", "--format", "{{.Id}}", "hello:v2")
	assert.Check(t, web.Pair == "web" && web.Service == "web-green" && web.Image == "hello:v2" && web.Digest == image, "%+v", web)
	assert.Check(t, web.Replicas == 1 && web.Healthy == 1 && web.InProxy == 1, "%+v", web)
	says(t, p.ok("status"), "green takes all traffic", "▶ green", "  blue", "hello:v1", "hello:v2", "1/1", "rollback   hot", s.URLs[0])
	says(t, p.ok("status", "--format", "{{.active}} {{.colours.blue.state}}"), "green running\n")

	p.docker("stop", p.replica("lb", 1), p.replica("web-blue", 1), p.replica("web-green", 1))
	assert.Equal(t, p.history()[0].Action, "up", "a stopped project has a history")
	stopped := p.statusKeys()
	assert.Check(t, stopped["active"] == nil)
	assert.Equal(t, p.status().Colours[compose.Green].State, "stopped")
}

// slowly is the smallest project whose release takes as long as DELAY says.
func slowly(t *testing.T) string {
	t.Helper()
	return strings.Replace(single(t), "  restart: always # a crashed",
		"  environment: {HEALTH_DELAY: \"${DELAY:-}\"}\n  healthcheck: {test: [CMD, /hello, health], interval: 2s, timeout: 20s, retries: 1000}\n  restart: always # a crashed", 1)
}

// underway starts a command and returns when the status shows that it works;
// finish ends it without mercy.
func (p *project) underway(args ...string) (finish func()) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	cmd := p.command(ctx, pluginPath(), args...)
	assert.NilError(p.t, cmd.Start())
	finish = func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}
	p.t.Cleanup(finish)
	p.eventually("an operation", func() bool { return p.status().Operation != nil })
	return finish
}

func TestTheStatusShowsWhoIsReleasing(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, slowly(t))
	p.with("TAG=v1").ok("up")
	began := time.Now()
	finish := p.with("DELAY=10m").underway("deploy")
	p.eventually("green starts", func() bool { return p.status().Colours[compose.Green].State == "degraded" })
	s := p.status()
	assert.Equal(t, s.Operation.Command, "deploy")
	assert.Check(t, strings.Contains(s.Operation.Who, "@"), s.Operation.Who)
	assert.Check(t, s.Operation.PID > 0 && s.Operation.Since.After(began.Add(-time.Minute)))
	assert.Equal(t, *s.Active, compose.Blue)
	says(t, p.ok("status"), "running    deploy by "+s.Operation.Who, "0/1")
	p.statusKeys()
	p.fails(6, "is locked: "+s.Operation.Who+` runs "deploy" since `, "switch")
	finish()
	p.eventually("the lock is free", func() bool { return p.status().Operation == nil })
	p.active(compose.Blue, "v1")
}
