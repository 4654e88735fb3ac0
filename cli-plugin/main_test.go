package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"docker-bluegreen": main})
}

// TestScripts runs testdata/script: what a user types and sees, with no
// engine.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":       exits,
			"interrupted": interrupted,
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

// setup gives each script a home of its own with the plugin in it, and an
// engine that nobody can reach.
func setup(env *testscript.Env) error {
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("DOCKER_CONFIG", filepath.Join(env.WorkDir, ".docker"))
	env.Setenv("DOCKER_HOST", "unix://"+filepath.Join(env.WorkDir, "none.sock"))
	env.Setenv("TERM", "dumb")
	plugins := filepath.Join(env.WorkDir, ".docker", "cli-plugins")
	if err := os.MkdirAll(plugins, 0o755); err != nil {
		return err
	}
	plugin, err := exec.LookPath("docker-bluegreen")
	if err != nil {
		return err
	}
	return os.Symlink(plugin, filepath.Join(plugins, "docker-bluegreen"))
}

// exits runs a program and asserts its exit code: `exits 2 docker-bluegreen
// nonsense`. Its output is left for stdout and stderr to look at.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program [args…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		ended, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// interrupted runs a program against an engine that never answers, sends it
// SIGINT once it has connected, and asserts exit code 130.
func interrupted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: interrupted program [args…]")
	}
	engine, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the script
	ts.Check(err)
	defer engine.Close()
	program, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.Command(program, args[1:]...) //nolint:noctx // it is interrupted below
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"HOME", "PATH", "DOCKER_CONFIG", "TERM"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Env = append(cmd.Env, "DOCKER_HOST=tcp://"+engine.Addr().String())
	out, err := os.Create(ts.MkAbs("interrupted.log"))
	ts.Check(err)
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	ts.Check(cmd.Start())
	for range 2 { // a ping, which it soon gives up, and then what it wants to know
		conn, err := engine.Accept()
		ts.Check(err)
		defer conn.Close()
	}
	ts.Check(cmd.Process.Signal(os.Interrupt))
	ended, ok := errors.AsType[*exec.ExitError](cmd.Wait())
	if !ok || ended.ExitCode() != 130 {
		ts.Fatalf("ended with %v, want exit code 130; it said:\n%s", cmd.ProcessState, ts.ReadFile("interrupted.log"))
	}
}
