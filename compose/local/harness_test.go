package local_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/cli/cli/command"
	"github.com/docker/cli/cli/flags"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

var (
	_ switcher.Engine = (*local.Engine)(nil)
	_ compose.Dialer  = (*local.Engine)(nil)
)

// stage is one project of its own on the real engine.
type stage struct {
	t    *testing.T
	cli  command.Cli
	name string
	dir  string
	*local.Engine
	project *compose.Project
	events  *recorder
}

// file is the Compose file of most tests: web in both colours, a shared
// database, a proxy that is never started, and what a test adds to the
// services and at the top level.
const file = `
name: %s
x-web: &web
  image: hello:local
  restart: always
  stop_grace_period: 1s
  healthcheck: {test: [CMD, /hello, health], interval: 200ms, timeout: 3s, retries: 3}
  x-bluegreen: {port: 8080, health: /healthz}
  deploy: {replicas: 2}
services:
  lb:
    image: haproxy:local
    build: .
    volumes: ["state:/var/lib/haproxy"]
    ports: ["127.0.0.1::80"]
  db: {image: hello:local, stop_grace_period: 1s}
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
%s
volumes:
  state: {}
%s
`

// override changes the pair in both colours, and other services.
const override = `
x-web: &web
  labels: {}
  %s
services:
  web-blue: *web
  web-green: *web
%s
`

// parts are what a test adds to the files: to the pair, to the services, and
// at the top level; over changes services that there are.
type parts struct{ web, services, top, over string }

// proxyImage is what the file's proxy is built as, which all stages share.
const proxyImage = "haproxy:local"

// removeImage takes an image off the engine, where it has it. It works on a
// context of its own, for that of a test has ended when the test cleans up.
func removeImage(cli command.Cli, ref string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := cli.Client().ImageRemove(ctx, ref, client.ImageRemoveOptions{PruneChildren: true})
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// stages counts them, for names of their own.
var stages atomic.Int64

// newStage loads the file and removes, at the end, all that was made of it.
func newStage(t *testing.T, p parts) *stage {
	t.Helper()
	name := fmt.Sprintf("local-%d-%d", os.Getpid(), stages.Add(1))
	s := &stage{t: t, cli: newCLI(t), name: name, dir: t.TempDir(), events: &recorder{}}
	hello(t)
	s.write("Dockerfile", "FROM hello:local\n")
	s.load(p)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		labelled := local.New(s.cli, s.name, nil, nil)
		if err := labelled.Down(ctx, compose.DownOptions{Volumes: true}); err != nil {
			t.Errorf("clean up: %v", err)
		}
	})
	return s
}

// load reads the file as it is now, for an engine that replaces the former.
func (s *stage) load(p parts) {
	s.t.Helper()
	files := []string{s.write("compose.yaml", fmt.Sprintf(file, s.name, p.services, p.top))}
	files = append(files, s.write("override.yaml", fmt.Sprintf(override, p.web, p.over)))
	source, err := compose.Load(s.t.Context(), compose.Options{Files: files})
	if err != nil {
		s.t.Fatal(err)
	}
	s.project = source
	s.Engine = local.New(s.cli, s.name, source, s.events.take)
}

func (s *stage) write(name, content string) (path string) {
	s.t.Helper()
	path = filepath.Join(s.dir, name)
	s.ok(os.WriteFile(path, []byte(content), 0o600))
	return path
}

// up brings services up, and fails the test when they do not become ready.
func (s *stage) up(services ...string) {
	s.t.Helper()
	s.create(services...)
	s.ok(s.Start(s.t.Context(), services))
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	s.ok(s.Await(ctx, services))
}

func (s *stage) create(services ...string) []compose.Spec {
	s.t.Helper()
	specs, err := s.Resolve(s.t.Context(), services, compose.ImagePolicy{})
	s.ok(err)
	s.ok(s.Create(s.t.Context(), services))
	return specs
}

// inspect looks at one container in all detail.
func (s *stage) inspect(id string) container.InspectResponse {
	s.t.Helper()
	found, err := s.cli.Client().ContainerInspect(s.t.Context(), id, client.ContainerInspectOptions{})
	s.ok(err)
	return found.Container
}

// ages maps each of the services' containers to the time of its start.
func (s *stage) ages(services ...string) map[string]string {
	s.t.Helper()
	ages := map[string]string{}
	for _, service := range services {
		for _, c := range s.containers(service) {
			ages[c.ID] = s.inspect(c.ID).State.StartedAt
		}
	}
	return ages
}

func (s *stage) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// containers observes the containers of one service.
func (s *stage) containers(service string) []compose.Container {
	s.t.Helper()
	all, err := s.Observe(s.t.Context())
	s.ok(err)
	var found []compose.Container
	for _, c := range all {
		if c.Service == service {
			found = append(found, c)
		}
	}
	return found
}

func newCLI(t *testing.T) command.Cli {
	t.Helper()
	cli, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cli.Client().Close() })
	return cli
}

func connect() (command.Cli, error) {
	cli, err := command.NewDockerCli(command.WithCombinedStreams(io.Discard))
	if err != nil {
		return nil, err
	}
	return cli, cli.Initialize(flags.NewClientOptions())
}

func hello(t *testing.T) {
	t.Helper()
	if _, err := images.Hello(t.Context(), "local"); err != nil {
		t.Fatal(err)
	}
}
