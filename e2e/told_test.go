package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// What happened, what is configured, what runs and what it prints: each can
// be asked for, for both colours or one of them.
func TestAProjectTellsItsHistoryItsContainersAndItsLogs(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("deploy")
	p.ok("rollback")
	p.fails(3, "green is not ready", p.stoppedGreen()...)

	records := p.told()
	var actions []string
	for _, r := range records {
		actions = append(actions, r.Action+" "+string(r.From)+">"+string(r.To)+" "+r.Images["web"])
		assert.Check(t, r.Result == "done" && strings.Contains(r.Who, "@") && !r.Time.IsZero() && r.Release != "", "%+v", r)
	}
	assert.DeepEqual(t, actions, []string{"rollback green>blue hello:v1", "deploy blue>green hello:v2", "up >blue hello:v1"})
	says(t, p.ok("history", "-n", "1"), "TIME", "rollback", "green", "blue", "web=hello:v1", "done")
	assert.Check(t, !strings.Contains(p.ok("history", "-n", "1").stdout, "deploy"))

	says(t, p.ok("ps"), p.replica("lb", 1), p.replica("web-blue", 1), p.replica("web-green", 1), "Exited")
	for role, service := range map[string]string{"active": "web-blue", "idle": "web-green", "blue": "web-blue", "green": "web-green"} {
		listed := p.ok("ps", "--colour", role, "--format", "{{.Service}} {{.Colour}}").stdout
		assert.Equal(t, listed, service+" "+strings.TrimPrefix(service, "web-")+"\n", role)
		logs := p.ok("logs", "--colour", role)
		says(t, logs, service+"-1 | hello: ", "listens on")
		assert.Check(t, strings.Count(logs.stdout, "\n") == strings.Count(logs.stdout, service), "%s", logs)
	}
	says(t, p.ok("logs", "--tail", "1", "lb"), "lb-1 | ")
}

// stoppedGreen stops the idle colour behind the tool's back and gives the
// command that must not switch to it.
func (p *project) stoppedGreen() []string {
	p.docker("stop", p.replica("web-green", 1))
	return []string{"switch", "green"}
}

// told is the history as programs get it, the newest first.
func (p *project) told() []switcher.Record {
	p.t.Helper()
	var records []switcher.Record
	for line := range strings.Lines(p.ok("history", "--format", "json").stdout) {
		var r switcher.Record
		assert.NilError(p.t, json.Unmarshal([]byte(line), &r), line)
		records = append(records, r)
	}
	return records
}

// The configuration is shown without an engine, and the settings are the
// very text that the proxy runs with.
func TestTheConfigurationIsWhatRuns(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	says(t, p.with(misdirected).ok("config"), "project  "+p.name, "lb ("+string(behind.kind)+")", "web-blue", "web-green", "port 8080", "GET /healthz")
	var model compose.Model
	r := p.ok("config", "--format", "json")
	assert.NilError(t, json.Unmarshal([]byte(r.stdout), &model), "%s", r)
	assert.Equal(t, model.Pairs[0].Routes[compose.Blue].Listen, 80)
	settings := p.ok("config", "--proxy").stdout

	p.with("DOCKER_HOST=", "TAG=v1").ok("up")
	written := p.docker("exec", p.replica("lb", 1), "cat", behind.settings)
	if behind.kind == compose.HAProxy { // the routes of Traefik change with the replicas
		assert.Equal(t, written, strings.TrimSpace(settings))
	}
	assert.Check(t, strings.Contains(settings, written), "%s\nis not in\n%s", written, settings)
}
