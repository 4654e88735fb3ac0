package swarm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// commandLimit bounds one command: a hung one fails its test, not the run. The
// slowest wait for a swarm to hold a node for lost.
const commandLimit = 4 * time.Minute

// file is the project of most tests. In it NAME stands for its name, PORT for
// the port that each node publishes.
const file = `name: NAME
x-bluegreen: {engine: swarm}
x-web: &web
  image: hello:${TAG:-v1}
  pull_policy: never
  deploy: {replicas: 3}
  healthcheck: {test: [CMD, /hello, health], interval: 3s}
  x-bluegreen: {port: 8080, health: /healthz}
services:
  lb:
    image: ${PROXY:-bluegreen-test/haproxy:debian}
    pull_policy: never
    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
    ports: ["PORT:80"]
    volumes: ["bluegreen:/var/lib/haproxy"]
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
volumes: {bluegreen: {}}
`

// project is a project of one test on a swarm, in a folder of its own.
type project struct {
	t    *testing.T
	c    *cluster.Cluster
	dir  string
	name string
	port int
	// through is the manager that gets the commands.
	through *cluster.Node
	env     []string
}

// ports are those of projects, in turn.
var ports atomic.Int32

// newProject writes a file, and sees to it that nothing of the project outlives
// the test.
func newProject(t *testing.T, c *cluster.Cluster, name, file string) *project {
	t.Helper()
	const first = 8100
	p := prepareProject(t, c, name, first+int(ports.Add(1)), file)
	t.Cleanup(p.remove)
	return p
}

func prepareProject(t *testing.T, c *cluster.Cluster, name string, port int, file string) *project {
	t.Helper()
	p := &project{t: t, c: c, dir: t.TempDir(), name: name, port: port, through: c.Nodes[0], env: os.Environ()}
	p.write(file)
	return p
}

// write puts the file into the project's folder.
func (p *project) write(file string) {
	p.t.Helper()
	file = strings.NewReplacer("NAME", p.name, "PORT", fmt.Sprint(p.port)).Replace(file)
	assert.NilError(p.t, os.WriteFile(filepath.Join(p.dir, "compose.blue-green.yml"), []byte(file), 0o600))
}

// with sets variables for later commands.
func (p *project) with(variables ...string) *project {
	p.env = append(p.env, variables...)
	return p
}

// at is the same project, by another manager.
func (p *project) at(manager *cluster.Node) *project {
	other := *p
	other.through = manager
	return &other
}

// result is what a command came to.
type result struct {
	code           int
	stdout, stderr string
	took           time.Duration
}

// String shows a command's whole output when an assertion fails.
func (r result) String() string {
	return fmt.Sprintf("exit %d after %v\n--- stdout\n%s--- stderr\n%s", r.code, r.took.Round(time.Millisecond), r.stdout, r.stderr)
}

// run types `docker bluegreen ARGS` in the project's folder.
func (p *project) run(args ...string) result {
	p.t.Helper()
	return p.watched(func(int, moment) {}, "docker", append([]string{"bluegreen"}, args...)...)
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

// moment is an event of a command's progress, where the command was asked for
// JSON.
type moment struct {
	Time    time.Time
	Step    string
	Subject string
	Status  compose.Status
	Text    string
	Figures map[string]int64
}

func (m moment) String() string { return fmt.Sprintf("%s %s %s", m.Step, m.Subject, m.Status) }

// begins tells of the moment at which a step begins.
func (m moment) begins(step string) bool { return m.Step == step && m.Status == compose.Working }

// moments reads a command's progress.
func (r result) moments() []moment {
	var all []moment
	for line := range strings.Lines(r.stderr) {
		if m, is := parseMoment([]byte(line)); is {
			all = append(all, m)
		}
	}
	return all
}

func parseMoment(line []byte) (m moment, is bool) {
	err := json.Unmarshal(line, &m)
	return m, err == nil && m.Step != ""
}

// watched runs a program in the project's folder against its manager, and hands
// on each moment of its progress as it comes.
func (p *project) watched(see func(pid int, m moment), name string, args ...string) result {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), commandLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = p.dir, append(slices.Clone(p.env), "DOCKER_HOST="+p.through.Host)
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout = &stdout
	pipe, err := cmd.StderrPipe()
	assert.NilError(p.t, err)
	began := time.Now()
	assert.NilError(p.t, cmd.Start())
	lines := bufio.NewScanner(io.TeeReader(pipe, &stderr))
	for lines.Scan() {
		if m, is := parseMoment(lines.Bytes()); is {
			see(cmd.Process.Pid, m)
		}
	}
	var exit *exec.ExitError
	err = cmd.Wait()
	took := time.Since(began)
	assert.Assert(p.t, ctx.Err() == nil, "%s %v did not end in %v: %s", name, args, commandLimit, stderr.String())
	assert.Assert(p.t, err == nil || errors.As(err, &exit), "%s %v: %v", name, args, err)
	return result{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), took: took}
}

// strike runs the plugin itself, which a signal reaches directly, and strikes
// it once, at the first moment that is chosen. The moment is nil when the
// command ended before it came.
func (p *project) strike(chosen func(moment) bool, blow func(pid int), args ...string) (struck *moment, r result) {
	p.t.Helper()
	plugin := filepath.Join(os.Getenv("DOCKER_CONFIG"), "cli-plugins", "docker-bluegreen")
	r = p.watched(func(pid int, m moment) {
		if struck == nil && chosen(m) {
			struck = &m
			blow(pid)
		}
	}, plugin, append(args, "--progress", "json")...)
	return struck, r
}

// signals sends a signal.
func (p *project) signals(signal syscall.Signal) func(pid int) {
	return func(pid int) { assert.Check(p.t, syscall.Kill(pid, signal)) }
}

// docker runs the engine's command line on the project's manager.
func (p *project) docker(args ...string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), commandLimit)
	defer cancel()
	out, err := p.through.Docker(ctx, args...)
	assert.NilError(p.t, err)
	return out
}

// remove takes all that carries the project's label off the swarm, by the
// engine's own command line, so that a broken plugin leaves nothing.
func (p *project) remove() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), outageLimit)
	defer cancel()
	assert.Check(p.t, p.c.AwaitReady(ctx))
	for _, kind := range []string{"service", "network", "config", "secret"} {
		eventually(ctx, p.t, p.name+" has no "+kind, func(ctx context.Context) error {
			found, err := p.through.Docker(ctx, kind, "ls", "--quiet", "--filter", "label=com.docker.stack.namespace="+p.name)
			if err != nil || found == "" {
				return err
			}
			if _, err := p.through.Docker(ctx, append([]string{kind, "rm"}, strings.Fields(found)...)...); err != nil {
				return err
			}
			return errors.New("it had until now")
		})
	}
}

// says asserts that a command has said some things.
func says(t *testing.T, r result, said ...string) {
	t.Helper()
	for _, s := range said {
		assert.Check(t, strings.Contains(r.stdout+r.stderr, s), "want %q: %s", s, r)
	}
}
