package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// pluginName is the program's name, in the plugin folder and on its own.
const pluginName = "docker-bluegreen"

// pluginPath is the program that docker finds as its plugin.
func pluginPath() string {
	return filepath.Join(os.Getenv("DOCKER_CONFIG"), "cli-plugins", pluginName)
}

// alone types `docker-bluegreen ARGS`, without docker before it.
func (p *project) alone(args ...string) result {
	p.t.Helper()
	return p.typed(pluginPath(), args...)
}

// says asserts that a command succeeds and prints all of the texts.
func says(t *testing.T, r result, texts ...string) {
	t.Helper()
	assert.Assert(t, r.code == 0, "%s", r)
	for _, text := range texts {
		assert.Check(t, strings.Contains(r.stdout, text), "want %q: %s", text, r)
	}
}

func TestDockerListsThePluginInItsHelp(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	help := p.docker("--help")
	assert.Check(t, regexp.MustCompile(`(?m)^\s*bluegreen\*\s+Blue/green releases of Compose projects`).MatchString(help), "%s", help)
}

func TestTheBareCommandHelpsWithAndWithoutDocker(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	for _, r := range []result{p.run(), p.alone(), p.run("--help"), p.alone("--help")} {
		says(t, r, "Usage:", "Examples:", "docker bluegreen rollback", "Exit codes:", "--project-name")
	}
}

// Whoever has forgotten a flag needs an example more than a list.
func TestEveryVerbHelpsWithAnExample(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	for _, verb := range []string{
		"up", "switch", "rollback", "deploy", "scale", "status", "history", "config", "stop", "down", "logs", "ps", "version",
	} {
		says(t, p.alone(verb, "--help"), "Usage:", "Examples:", "docker bluegreen "+verb)
	}
}

func TestTheVersionNamesTheCommit(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	head, err := exec.CommandContext(t.Context(), "git", "rev-parse", "--short=12", "HEAD").Output()
	assert.NilError(t, err)
	want := "commit " + strings.TrimSpace(string(head))
	for _, r := range []result{p.run("--version"), p.run("version"), p.alone("--version"), p.alone("version")} {
		says(t, r, "docker-bluegreen ", want)
	}
}

func TestTheShellCompletesColoursPairsAndServices(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	for _, line := range []struct{ typed, offered string }{
		{"switch ", "blue green"},
		{"up ", "blue green"},
		{"stop ", "blue green"},
		{"ps --colour ", "blue green active idle"},
		{"scale ", "web="},
		{"deploy --image ", "web="},
		{"up --scale ", "web="},
		{"logs ", "lb web-blue web-green"},
		{"ps lb ", "web-blue web-green"},
		{"up --progress ", "auto tty plain json quiet"},
	} {
		words := append([]string{"__complete"}, strings.Split(line.typed, " ")...)
		assert.Check(t, offers(p.alone(words...)) == line.offered, "docker-bluegreen %s", line.typed)
		words = append([]string{"__complete", "bluegreen"}, words[1:]...)
		assert.Check(t, offers(p.typed("docker", words...)) == line.offered, "docker bluegreen %s", line.typed)
	}
	assert.Equal(t, offers(p.typed("docker", "__complete", "bluegr")), "bluegreen")
}

// offers lists what a completion offers; after it stands a line for the shell.
func offers(r result) string {
	var words []string
	for line := range strings.Lines(r.stdout) {
		if strings.HasPrefix(line, ":") {
			break
		}
		word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestWrongUsageSaysWhatToTypeInstead(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.fails(2, "did you mean: docker bluegreen switch", "swich")
	p.fails(2, "it is blue or green", "switch", "red")
	p.fails(125, "unknown flag: --colur", "scale", "--colur", "blue")
	r := p.alone("scale", "--colur", "blue")
	assert.Equal(t, r.code, 2, "%s", r)
	assert.Check(t, len(p.containers()) == 0)
}
