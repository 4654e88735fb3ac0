package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// A pipeline types the same command each time, the first time too.
func TestADeployIsUpAndSwitchInOne(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	says(t, p.with("TAG=v1").ok("deploy"), "blue takes all traffic", "web hello:v1")
	p.active(compose.Blue, "v1")

	visitors, err := load.Start(t.Context(), load.Options{URL: p.url(), Rate: 200, Mix: load.Short()})
	assert.NilError(t, err)
	says(t, p.with("TAG=v2").ok("deploy", "--stop-old"), "green takes all traffic", "web hello:v2", "blue is drained")
	p.active(compose.Green, "v2")
	assert.Check(t, !p.containers("web-blue")[p.replica("web-blue", 1)].Running)
	says(t, p.ok("deploy", "--image", "web=hello:v3", "--scale", "web=2"), "blue takes all traffic", "web hello:v3")
	p.active(compose.Blue, "v3")
	assert.Equal(t, len(p.containers("web-blue")), 2)
	p.nobodyLost(visitors)
}

// state is all that a dry run must leave alone: containers, and the files
// on the proxy's volume.
func (p *project) state() string {
	p.t.Helper()
	var b strings.Builder
	for _, kind := range [][]string{
		{"ps", "--all", "--no-trunc", "--filter", "label=com.docker.compose.oneoff=False", "--format", "{{.ID}} {{.Names}} {{.State}} {{.CreatedAt}}"},
		{"network", "ls", "--no-trunc", "--format", "{{.ID}}"},
		{"volume", "ls", "--format", "{{.Name}}"},
	} {
		b.WriteString(p.docker(append(kind, "--filter", "label=com.docker.compose.project="+p.name)...) + "\n")
	}
	if proxy := p.replica("lb", 1); p.containers("lb")[proxy].Running {
		b.WriteString(p.docker("exec", proxy, "sh", "-c", "cat "+behind.settings+" "+behind.record+" "+behind.volume+"/bluegreen/*.json*"))
	}
	return b.String()
}

// foresees asserts that a dry run says what would be done, and changes
// nothing.
func (p *project) foresees(steps string, args ...string) {
	p.t.Helper()
	before := p.state()
	r := p.ok(append(args, "--dry-run")...)
	var actions []string
	for line := range strings.Lines(r.stdout) {
		if _, step, numbered := strings.Cut(line, ". "); numbered {
			action, _, _ := strings.Cut(step, " ")
			actions = append(actions, strings.TrimSuffix(action, ":"))
		}
	}
	assert.Check(p.t, strings.Join(actions, " ") == steps, "want %s: %s", steps, r)
	assert.Check(p.t, strings.Contains(r.stderr, "dry run: nothing was changed"), "%s", r)
	assert.Equal(p.t, p.state(), before)
}

func TestADryRunPrintsThePlanAndChangesNothing(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t)).with("TAG=v1")
	p.foresees("create-proxy save preview configure start-proxy keep create start ready commit", "up")
	p.foresees("create-proxy save preview configure start-proxy keep create start ready commit", "deploy")
	p.madeNothing()

	p.ok("up")
	p.with("TAG=v2")
	p.foresees("keep create start ready", "up")
	p.foresees("keep create start ready probe commit drain tally note", "deploy")
	p.foresees("keep create start ready probe commit drain tally stop note", "deploy", "--stop-old")
	p.foresees("save note hold create start await readmit note ready", "scale", "web=2", "--colour", "blue")
	p.ok("deploy")
	p.foresees("probe commit drain tally note", "switch")
	p.foresees("commit drain note", "switch", "--no-probe")
	p.foresees("probe commit drain tally note", "rollback")
	p.foresees("probe commit drain tally note", "switch", "--stop-old", "after", "10m")
	p.foresees("drain stop", "stop")
	p.with("TAG=v3")
	p.foresees("drain keep remove create start ready", "up")
	p.active(compose.Green, "v2")
}
