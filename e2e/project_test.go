package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// commandLimit bounds one command: a hung one fails its test, not the run.
const commandLimit = 3 * time.Minute

// project is a Compose project of one test, in a folder of its own.
type project struct {
	t    *testing.T
	dir  string
	name string
	// port is the proxy's on loopback, tcpPort a second one for tcp routes.
	port, tcpPort int
	env           []string
}

// newProject writes a Compose file and sees to it that nothing of the
// project outlives the test. In the file, NAME stands for the project's name.
func newProject(t *testing.T, file string) *project {
	t.Helper()
	p := &project{
		t: t, dir: t.TempDir(), name: "bg-e2e-" + strings.ToLower(rand.Text()[:8]),
		port: freePort(t), tcpPort: freePort(t),
	}
	p.env = append(os.Environ(), behind.variable+"="+behind.value, "HOLDER_IMAGE="+behind.holder,
		fmt.Sprintf("PORT=%d", p.port), fmt.Sprintf("TCP_PORT=%d", p.tcpPort))
	p.write("compose.blue-green.yml", file)
	t.Cleanup(p.remove)
	return p
}

// write puts a file into the project's folder.
func (p *project) write(name, content string) {
	p.t.Helper()
	content = behind.lines.Replace(strings.ReplaceAll(content, "NAME", p.name))
	assert.NilError(p.t, os.WriteFile(filepath.Join(p.dir, name), []byte(content), 0o600))
}

// remove takes everything that carries the project's label off the engine,
// by the engine's own command line, so that a broken plugin leaves nothing.
func (p *project) remove() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), commandLimit)
	defer cancel()
	if ids := p.labelled(ctx, "ps", "--all"); len(ids) > 0 {
		out, err := exec.CommandContext(ctx, "docker", append([]string{"rm", "--force", "--volumes"}, ids...)...).CombinedOutput()
		assert.Check(p.t, err == nil, "remove containers: %s", out)
	}
	for _, id := range p.labelled(ctx, "network", "ls") {
		p.removeNetwork(ctx, id)
	}
	if ids := p.labelled(ctx, "volume", "ls"); len(ids) > 0 {
		out, err := exec.CommandContext(ctx, "docker", append([]string{"volume", "rm"}, ids...)...).CombinedOutput()
		assert.Check(p.t, err == nil, "remove volumes: %s", out)
	}
	if names := p.keptNames(ctx); len(names) > 0 {
		out, err := exec.CommandContext(ctx, "docker", append([]string{"image", "rm"}, names...)...).CombinedOutput()
		assert.Check(p.t, err == nil, "remove the names of kept images: %s", out)
	}
}

// keptNames lists the names by which the images of releases are kept.
func (p *project) keptNames(ctx context.Context) []string {
	out, err := exec.CommandContext(ctx, "docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}",
		"--filter", "reference="+compose.KeptPrefix(p.name)+"*").Output()
	assert.Check(p.t, err == nil, "docker image ls: %v", err)
	return strings.Fields(string(out))
}

// labelled lists all of one kind that carries the project's label.
func (p *project) labelled(ctx context.Context, list ...string) []string {
	list = append(list, "--quiet", "--filter", "label=com.docker.compose.project="+p.name)
	out, err := exec.CommandContext(ctx, "docker", list...).Output()
	assert.Check(p.t, err == nil, "docker %v: %v", list, err)
	return strings.Fields(string(out))
}

// removeNetwork removes a network. An engine before 28 counts a network's
// endpoints, and where many come and go at once its count may stay above zero
// with no container left (moby issue 42119): such a network goes with the next
// start of the engine, and is no fault of the project. Whatever has a container
// is one.
func (p *project) removeNetwork(ctx context.Context, id string) {
	out, err := exec.CommandContext(ctx, "docker", "network", "rm", id).CombinedOutput()
	if err == nil {
		return
	}
	attached, unseen := exec.CommandContext(ctx, "docker", "network", "inspect", "--format", "{{range .Containers}}{{.Name}} {{end}}", id).Output()
	miscounted := unseen == nil && strings.TrimSpace(string(attached)) == "" && strings.Contains(string(out), "has active endpoints")
	assert.Check(p.t, miscounted, "remove network: %s, attached are: %s", out, attached)
	p.t.Logf("the engine miscounts the endpoints of network %s", id)
}

// result is what a command came to.
type result struct {
	code           int
	stdout, stderr string
	took           time.Duration
}

// String shows a command's whole output when an assertion fails.
func (r result) String() string {
	return fmt.Sprintf("exit %d\n--- stdout\n%s--- stderr\n%s", r.code, r.stdout, r.stderr)
}

// run types `docker bluegreen ARGS` in the project's folder.
func (p *project) run(args ...string) result {
	return p.typed("docker", append([]string{"bluegreen"}, args...)...)
}

// typed runs any command in the project's folder and environment.
func (p *project) typed(name string, args ...string) result {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), commandLimit)
	defer cancel()
	cmd := p.command(ctx, name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("%s %v: %v", name, args, err)
	}
	return result{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), took: time.Since(began)}
}

// command prepares a command in the project's folder and environment.
func (p *project) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return cmd
}

// ok runs a command that must succeed.
func (p *project) ok(args ...string) result {
	p.t.Helper()
	r := p.run(args...)
	assert.Assert(p.t, r.code == 0, "docker bluegreen %v: %s", args, r)
	return r
}

// fails runs a command that must end with a code and say something.
func (p *project) fails(code int, said string, args ...string) result {
	p.t.Helper()
	r := p.run(args...)
	assert.Assert(p.t, r.code == code, "docker bluegreen %v: want exit %d: %s", args, code, r)
	assert.Assert(p.t, strings.Contains(r.stderr, said), "docker bluegreen %v: want %q: %s", args, said, r)
	return r
}

// compose runs the real Docker Compose on the same folder.
func (p *project) compose(args ...string) result {
	p.t.Helper()
	r := p.typed("docker", append([]string{"compose", "-f", "compose.blue-green.yml"}, args...)...)
	assert.Assert(p.t, r.code == 0, "docker compose %v: %s", args, r)
	return r
}

// docker runs the engine's command line, which must succeed.
func (p *project) docker(args ...string) string {
	p.t.Helper()
	r := p.typed("docker", args...)
	assert.Assert(p.t, r.code == 0, "docker %v: %s", args, r)
	return strings.TrimSpace(r.stdout)
}

// with sets variables for later commands.
func (p *project) with(variables ...string) *project {
	p.env = append(p.env, variables...)
	return p
}

// url is where visitors reach the project.
func (p *project) url() string { return fmt.Sprintf("http://127.0.0.1:%d", p.port) }

// freePort finds a port on loopback that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	assert.NilError(t, err)
	defer func() { assert.NilError(t, listener.Close()) }()
	return listener.Addr().(*net.TCPAddr).Port
}
