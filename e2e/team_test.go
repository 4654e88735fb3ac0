package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// team is a git repository with the example of a team's release in it.
type team struct{ *project }

// newTeam copies examples/release, and beside it the service that it builds.
func newTeam(t *testing.T) team {
	t.Helper()
	tm := team{newProject(t, "")}
	tm.with("COMPOSE_PROJECT_NAME="+tm.name, "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=ann", "GIT_AUTHOR_EMAIL=ann@shop.test", "GIT_COMMITTER_NAME=ann", "GIT_COMMITTER_EMAIL=ann@shop.test")
	tm.copies("release", "hello")
	tm.change("services:", "services:") // which puts it behind the proxy under test
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(tm.dir, "examples", "hello", "hello"), "../examples/hello")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	out, err := build.CombinedOutput()
	assert.NilError(t, err, "%s", out)
	t.Cleanup(tm.removeImages)
	tm.git("init", "--quiet")
	return tm
}

func (tm team) copies(examples ...string) {
	tm.t.Helper()
	assert.NilError(tm.t, os.Remove(filepath.Join(tm.dir, "compose.blue-green.yml")))
	for _, example := range examples {
		from := filepath.Join("..", "examples", example)
		assert.NilError(tm.t, os.CopyFS(filepath.Join(tm.dir, from[len("../"):]), os.DirFS(from)))
	}
}

// removeImages takes away what the releases built; what runs on them goes
// first.
func (tm team) removeImages() {
	tm.remove()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tm.t.Context()), commandLimit)
	defer cancel()
	for _, tag := range []string{"v1", "v2", "v3"} {
		_ = exec.CommandContext(ctx, "docker", "image", "rm", "--force", tm.image(tag)).Run() // not all were built
	}
}

// tag is a git tag that no other team uses on this engine; image is what
// release.sh makes of it.
func (tm team) tag(version string) string   { return version + "-" + tm.name }
func (tm team) image(version string) string { return "shop:" + tm.tag(version) }

func (tm team) git(args ...string) {
	tm.t.Helper()
	r := tm.typed("git", args...)
	assert.Assert(tm.t, r.code == 0, "git %v: %s", args, r)
}

// commits records a change under a tag.
func (tm team) commits(version string) {
	tm.git("add", "--force", ".")
	tm.git("commit", "--quiet", "--allow-empty", "--message", version)
	tm.git("tag", tm.tag(version))
}

// change edits the team's Compose file.
func (tm team) change(oldText, newText string) {
	tm.t.Helper()
	file := filepath.Join("examples", "release", "compose.yaml")
	text, err := os.ReadFile(filepath.Join(tm.dir, file))
	assert.NilError(tm.t, err)
	assert.Assert(tm.t, strings.Contains(string(text), oldText), "the file has no %q", oldText)
	tm.write(file, strings.Replace(string(text), oldText, newText, 1))
}

// releases runs the team's script, which must end with a code and say what it
// means.
func (tm team) releases(code int, said string, args ...string) result {
	tm.t.Helper()
	r := tm.typed("sh", append([]string{"examples/release/release.sh"}, args...)...)
	assert.Assert(tm.t, r.code == code, "want %d: %s", code, r)
	assert.Assert(tm.t, strings.Contains(r.stderr, said), "want %q: %s", said, r)
	return r
}

// serves asserts what visitors get and what the engine runs.
func (tm team) serves(version string, c compose.Colour) {
	tm.t.Helper()
	assert.Equal(tm.t, tm.get("/").Version, tm.tag(version))
	assert.Equal(tm.t, tm.containers()[tm.replica("web-"+string(c), 1)].Image, tm.image(version))
}

func TestATeamReleasesWhatGitNames(t *testing.T) {
	once(t)
	t.Parallel()
	tm := newTeam(t)
	tm.commits("v1")
	tm.releases(0, "release "+tm.tag("v1")+": serves", "--wait-timeout", "3m")
	tm.serves("v1", compose.Blue)
	tm.commits("v2")
	tm.releases(0, "release "+tm.tag("v2")+": serves", "--wait-timeout", "3m")
	tm.serves("v2", compose.Green)

	tm.change("  restart: always", "  environment: {FAIL_HEALTH: \"1\"}\n  restart: always")
	tm.commits("v3")
	tm.releases(3, "release "+tm.tag("v3")+": it did not become healthy; visitors still get the version before")
	tm.serves("v2", compose.Green)

	tm.change("health: /healthz", "heath: /healthz")
	r := tm.releases(8, "the Compose file is invalid; nothing was touched")
	assert.Check(t, strings.Contains(r.stderr, "-dirty"), "%s", r)
	tm.change("heath: /healthz", "health: /healthz")

	tm.change(`FAIL_HEALTH: "1"`, "HEALTH_DELAY: 10m")
	finish := tm.with("TAG="+tm.tag("v2")).underway("-f", "examples/release/compose.yaml", "up", "--wait-timeout", "10m")
	tm.releases(6, "another release is still running; try again when it has ended", "--lock-wait", "1s")
	finish()
	tm.serves("v2", compose.Green)
}

// job is the part of a CI job that runs on any machine.
type job struct {
	Env   map[string]string
	Steps []struct {
		Run string
		Dir string `yaml:"working-directory"`
	}
}

// The commands of the CI job work as they are written, through the Docker
// context that the job names.
func TestTheCommandsOfTheTeamsCIWork(t *testing.T) {
	long(t)
	t.Parallel()
	tm := newTeam(t)
	tm.ownConfig()
	text, err := os.ReadFile(filepath.Join("..", "examples", "release", "ci.yml"))
	assert.NilError(t, err)
	var ci struct{ Jobs map[string]job }
	assert.NilError(t, yaml.Unmarshal(text, &ci))
	release := ci.Jobs["release"]
	context := release.Env["DOCKER_CONTEXT"]
	tm.docker("context", "create", context, "--docker", "host=unix://"+engineSocket(t))
	tm.with("DOCKER_CONTEXT=" + context)

	tm.commits("v1")
	ran := 0
	for _, step := range release.Steps {
		if step.Run == "" {
			continue
		}
		ran++
		r := tm.typed("sh", "-ec", "cd "+step.Dir+"\n"+step.Run)
		assert.Assert(t, r.code == 0, "%s: %s", step.Run, r)
	}
	assert.Equal(t, ran, 3)
	tm.serves("v1", compose.Blue)
}
