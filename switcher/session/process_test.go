package session

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// process is a stream to a process of this machine.
type process struct {
	io.WriteCloser
	stdout io.ReadCloser
	stderr *tail
	cmd    *exec.Cmd
}

func (p *process) Stdout() io.Reader { return p.stdout }
func (p *process) Stderr() string    { return p.stderr.String() }
func (p *process) Close() error {
	_, _ = p.WriteCloser.Close(), p.stdout.Close()
	return nil
}

// kill ends the process as a crash of the engine would.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(b)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// toolbox is a PATH that has some of this machine's programs alone.
func toolbox(t *testing.T, tools ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, tool := range tools {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("this machine has no %s", tool)
		}
		if err := os.Symlink(path, filepath.Join(dir, tool)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The tool sets of images, as far as this machine can stand for them. The
// contract suite of proxytest runs in the images themselves.
var toolSets = map[string][]string{
	"perl": {"sh", "perl", "sleep"},
	"bash": {"sh", "bash", "flock", "mv", "rm", "mkdir", "dd", "sed", "tail", "wc", "sync", "timeout", "sleep"},
}

func dialer(t *testing.T, tools ...string) Dial {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("agents run in Linux containers")
	}
	return dialIn(toolbox(t, tools...))
}

func dialIn(path string) Dial {
	return func(_ context.Context, command []string) (compose.Stream, error) {
		return start(path, command)
	}
}

// slowly is a dialer for a machine on which one of the tools takes a second.
func slowly(t *testing.T, tool string, tools ...string) Dial {
	t.Helper()
	path := toolbox(t, tools...)
	inPath := filepath.Join(path, tool)
	target, err := os.Readlink(inPath)
	if err == nil {
		err = os.Remove(inPath)
	}
	if err == nil {
		err = os.WriteFile(inPath, []byte("#!/bin/sh\nsleep 1\nexec "+target+` "$@"`+"\n"), 0o700) //nolint:gosec // a program
	}
	if err != nil {
		t.Fatal(err)
	}
	return dialIn(path)
}

func start(path string, command []string) (*process, error) {
	cmd := exec.CommandContext(context.Background(), filepath.Join(path, command[0]), command[1:]...) // it ends with its stdin
	cmd.Env = []string{"PATH=" + path}
	p := &process{cmd: cmd, stderr: &tail{}}
	cmd.Stderr = p.stderr
	var err error
	if p.WriteCloser, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, said := io.Pipe()
	p.stdout, cmd.Stdout = stdout, said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait()   // how it ended is not asked
		_ = said.Close() // as an engine's, its output ends when all that it said is there
	}()
	return p, nil
}

// eachToolSet runs a test with a session of every kind of agent.
func eachToolSet(t *testing.T, test func(t *testing.T, open func() *Session)) {
	t.Helper()
	for name, tools := range toolSets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dial, dir := dialer(t, tools...), filepath.Join(t.TempDir(), "state")
			test(t, func() *Session {
				t.Helper()
				s, err := Open(t.Context(), dial, Place{Default: dir})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = s.Close() })
				if s.Tools() != name {
					t.Fatalf("the agent runs on %s, want %s", s.Tools(), name)
				}
				return s
			})
		})
	}
}
