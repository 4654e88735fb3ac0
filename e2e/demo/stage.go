package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// built is the plugin as `make build` leaves it.
const built = "bin/docker-bluegreen"

// stage is where the demo plays.
type stage struct {
	example  example
	image    string // the proxy's
	visitors *load.Run
	last     load.Report // what had been counted when the last scene ended
}

// scene is one command of the demo and why it is typed.
type scene struct {
	why  string
	tag  string
	args []string
}

// scenes are what the demo shows, after the first colour is up.
var scenes = []scene{
	{"Bring up v2 in the idle colour, beside v1.", "v2", []string{"up"}},
	{"Send all traffic to it, in one step.", "v2", []string{"switch"}},
	{"Back again: v2 was not so good after all.", "v2", []string{"rollback"}},
	{"What serves now, and what a rollback would do.", "v2", []string{"status"}},
}

// play starts the first colour, then lets visitors in for the other scenes.
func (s *stage) play(ctx context.Context) error {
	if err := s.act(ctx, scene{"Start the proxy and the first colour with v1.", "v1", []string{"up"}}); err != nil {
		return err
	}
	visitors, err := load.Start(ctx, load.Options{URL: s.url(), Hold: 3 * time.Second})
	if err != nil {
		return err
	}
	fmt.Printf("\nVisitors come: keep-alive, new connections, POST, slow answers, streams and websockets at %s\n", s.url())
	s.visitors, s.last = visitors, visitors.Snapshot()
	for _, next := range scenes {
		if err = s.act(ctx, next); err != nil {
			break
		}
		now := visitors.Snapshot()
		fmt.Printf("   %s\n", now.Sub(s.last))
		s.last = now
	}
	report := visitors.Stop()
	fmt.Printf("\nIn all: %s\n", report)
	if err == nil && !report.OK() {
		err = fmt.Errorf("requests were lost:\n%s", report.Details())
	}
	return err
}

// act plays one scene.
func (s *stage) act(ctx context.Context, next scene) error {
	fmt.Printf("\n── %s\n   $ TAG=%s docker bluegreen %s\n", next.why, next.tag, strings.Join(next.args, " "))
	return s.bluegreen(ctx, next.tag, next.args...)
}

// bluegreen types a command of the plugin.
func (s *stage) bluegreen(ctx context.Context, tag string, args ...string) error {
	return s.command(ctx, tag, "docker", append([]string{"bluegreen", "--file", s.example.file}, args...)...)
}

// command runs a program on the example.
func (s *stage) command(ctx context.Context, tag, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "TAG="+tag, s.example.variable+"="+s.image)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

// url is where the example listens.
func (s *stage) url() string { return "http://127.0.0.1:" + cmp.Or(os.Getenv("PORT"), s.example.port) }

// farewell says what is left running and what to type next.
func (s *stage) farewell() error {
	fmt.Printf(`
The stack runs at %s. Type next:

   curl %s
   docker bluegreen -f %s status
   docker bluegreen -f %s switch
   make demo-clean           # remove all that the demo made
`, s.url(), s.url(), s.example.file, s.example.file)
	return nil
}
