package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// moment is the begin or the end of a step, as a command's progress tells it.
type moment struct {
	Step    string
	Subject string
	Status  compose.Status
}

func (m moment) String() string { return m.Step + " " + m.Subject + " " + string(m.Status) }

// moments picks the begins and ends of a plan's steps, which follow one
// another, out of a command's progress, and leaves out what goes on before and
// within them.
type moments struct{ last moment }

// take tells whether a line of progress is a moment.
func (s *moments) take(line []byte) (moment, bool) {
	var e compose.Event
	if json.Unmarshal(line, &e) != nil || contains([]string{"", "load", "resolve", "output"}, e.Step) {
		return moment{}, false
	}
	m := moment{e.Step, e.Subject, e.Status}
	within := s.last.Status == compose.Working
	begins := !within && m.Status == compose.Working
	ends := within && m == moment{s.last.Step, s.last.Subject, compose.Done}
	if begins || ends {
		s.last = m
	}
	return m, begins || ends
}

// blow is how a command is struck, by its process id.
type blow func(pid int) error

// kill ends the process alone, killAll with it what it has started.
func kill(pid int) error    { return syscall.Kill(pid, syscall.SIGKILL) }
func killAll(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }

// interrupt is Ctrl-C for the process alone, interruptAll as a terminal sends
// it.
func interrupt(pid int) error    { return syscall.Kill(pid, syscall.SIGINT) }
func interruptAll(pid int) error { return syscall.Kill(-pid, syscall.SIGINT) }

// strike runs a command, and strikes it at the n-th moment of its progress.
// The moment is nil when the command ended before it came.
func (p *project) strike(n int, how blow, name string, args ...string) (*moment, result) {
	p.t.Helper()
	return p.strikeWhen(func(count int, _ moment) bool { return count == n }, how, name, args...)
}

// strikeStep strikes a command when a step begins.
func (p *project) strikeStep(step string, how blow, name string, args ...string) (*moment, result) {
	p.t.Helper()
	return p.strikeWhen(func(_ int, m moment) bool { return m.Step == step }, how, name, args...)
}

// strikeWhen strikes a command once, at a moment that is chosen by its number
// or by what it is.
func (p *project) strikeWhen(
	chosen func(count int, m moment) bool, how blow, name string, args ...string,
) (struck *moment, r result) {
	p.t.Helper()
	var seen moments
	count := 0
	r = p.watched(name, args, func(pid int, line []byte) {
		m, is := seen.take(line)
		if !is {
			return
		}
		if count++; struck == nil && chosen(count, m) {
			struck = &m
			assert.Check(p.t, how(pid))
		}
	})
	return struck, r
}

// watched runs a command and hands on each line of its stderr as it comes.
func (p *project) watched(name string, args []string, see func(pid int, line []byte)) result {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), commandLimit)
	defer cancel()
	cmd := p.command(ctx, name, append(args, "--progress", "json")...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var stdout, stderr bytes.Buffer
	cmd.Stdout = &stdout
	pipe, err := cmd.StderrPipe()
	assert.NilError(p.t, err)
	began := time.Now()
	assert.NilError(p.t, cmd.Start())
	lines := bufio.NewScanner(io.TeeReader(pipe, &stderr))
	for lines.Scan() {
		see(cmd.Process.Pid, lines.Bytes())
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("%s %v: %v", name, args, err)
	}
	return result{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), took: time.Since(began)}
}

// plugin is the plugin's own program, which a signal reaches directly.
func plugin() string {
	return filepath.Join(os.Getenv("DOCKER_CONFIG"), "cli-plugins", "docker-bluegreen")
}

// killedOn runs the plugin and kills it when the engine tells an event of
// the project's helper.
func (p *project) killedOn(event string, args ...string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), commandLimit)
	defer cancel()
	events := p.command(ctx, "docker", "events", "--since", strconv.FormatInt(time.Now().Unix(), 10),
		"--filter", "label="+compose.HelperLabel+"="+p.name, "--filter", "event="+event, "--format", "{{.Status}}")
	told, err := events.StdoutPipe()
	assert.NilError(p.t, err)
	assert.NilError(p.t, events.Start())
	client := p.command(ctx, plugin(), args...)
	assert.NilError(p.t, client.Start())
	_, err = bufio.NewReader(told).ReadString('\n')
	assert.NilError(p.t, err)
	assert.NilError(p.t, client.Process.Kill())
	assert.ErrorContains(p.t, client.Wait(), "killed")
	cancel()
	assert.Check(p.t, events.Wait() != nil)
}
