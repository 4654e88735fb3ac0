package main

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
	"time"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// configVariable names the Docker configuration folder with the plugins to
// measure: this one and the real Docker Compose.
const configVariable = "BLUEGREEN_E2E_CONFIG"

// file is the project that is measured; the number of replicas is a variable.
const file = `
name: %s
x-web: &web
  image: hello:${TAG:-v1}
  deploy: {replicas: "${REPLICAS:-3}"}
  healthcheck: {test: [CMD, /hello, health], interval: 1s}
  x-bluegreen: {port: 8080, health: /healthz}
services:
  lb:
    image: %s
    command: %s
    ports: ["127.0.0.1:${PORT}:80"]
    volumes: ["bluegreen:%s"]
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
volumes: {bluegreen: {}}
`

// project is a running project in a folder of its own.
type project struct {
	dir, name, url string
	env            []string
	tcp, secure    string // host:port of raw TCP and of TLS, where there is any
	called         string // whom visitors call inside the network
}

// newProject starts the project with v1 in blue. The caller removes it.
func newProject(ctx context.Context, behind proxy) (*project, error) {
	image, err := behind.prepared(ctx)
	if err != nil {
		return nil, err
	}
	p, err := newFolder(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.write("compose.yaml", fmt.Sprintf(file, p.name, image, behind.command, behind.volume)); err != nil {
		return nil, err
	}
	if _, err := p.time(ctx, "docker", "bluegreen", "up"); err != nil {
		return nil, errors.Join(err, p.remove(ctx))
	}
	return p, nil
}

// prepared makes the images of two releases and of the proxy, whose it returns.
func (b proxy) prepared(ctx context.Context) (image string, err error) {
	for _, version := range []string{"v1", "v2"} {
		if _, err := images.Hello(ctx, version); err != nil {
			return "", err
		}
	}
	return b.image(ctx, images.Debian)
}

// newFolder is a project of which nothing is written or started yet.
func newFolder(ctx context.Context) (*project, error) {
	dir, err := os.MkdirTemp("", "bluegreen-bench-")
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	return &project{
		dir: dir, name: "bg-bench-" + strings.ToLower(rand.Text()[:8]), url: fmt.Sprintf("http://127.0.0.1:%d", port),
		env: append(os.Environ(), fmt.Sprintf("PORT=%d", port)),
	}, nil
}

// write puts a file into the folder, for the proxy's user to read.
func (p *project) write(file, text string) error {
	path := filepath.Join(p.dir, file)
	return errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, 0o644))
}

// remove takes the project off the engine and the folder off the disk.
func (p *project) remove(ctx context.Context) error {
	_, err := p.time(context.WithoutCancel(ctx), "docker", "bluegreen", "down", "--volumes")
	return errors.Join(err, os.RemoveAll(p.dir))
}

// time runs a command in the project's folder and tells how long it took.
func (p *project) time(ctx context.Context, name string, args ...string) (time.Duration, error) {
	began := time.Now()
	_, err := p.run(ctx, name, args...)
	return time.Since(began), err
}

// run runs a command in the project's folder and returns what it prints.
func (p *project) run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String(), nil
}

// with sets variables for later commands.
func (p *project) with(variables ...string) { p.env = append(p.env, variables...) }

// visitors start load on the project.
func (p *project) visitors(ctx context.Context, rate int, mix map[load.Kind]int) (*load.Run, error) {
	return load.Start(ctx, load.Options{URL: p.url, Rate: rate, Mix: mix, Hold: 5 * time.Second})
}

// freePort finds a port on loopback that nobody listens on.
func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}
