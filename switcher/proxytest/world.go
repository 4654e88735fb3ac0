package proxytest

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/docker/cli/cli/command"
	"github.com/docker/cli/cli/flags"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The containers' ports of the world's proxy and replicas.
const (
	httpPort    = 80
	rawPort     = 5432
	replicaHTTP = 8080
	replicaRaw  = 9000
)

// world is a project of its own: a proxy, and replicas of the hello service,
// v1 in blue and v2 in green, which serve the pairs web (http) and raw (tcp).
type world struct {
	setup   Setup
	project string
	engine  *local.Engine
	doors   switcher.Doors
	model   compose.Model
	proxy   string // the proxy's container
}

func newWorld(t testing.TB, s Setup) *world {
	t.Helper()
	w := &world{setup: s, project: "proxytest-" + strings.ToLower(rand.Text()[:8])}
	w.engine = newEngine(t, w.project)
	w.doors = s.Doors(w.engine, w.project, s.Proxy)
	w.model = compose.Model{Name: w.project, Proxy: s.Proxy, Sticky: s.sticky, Pairs: []compose.Pair{
		newPair("raw", compose.Route{Port: replicaRaw, Mode: compose.TCP, Listen: rawPort}),
		newPair("web", compose.Route{Port: replicaHTTP, Health: "/healthz", Mode: compose.HTTP, Listen: httpPort}),
	}}
	t.Cleanup(w.remove)
	w.docker(t, "network", "create", "--label", w.label(), w.project)
	w.docker(t, "volume", "create", "--label", w.label(), w.project)
	w.proxy = w.create(t, s.Proxy.Service, append([]string{
		"--network", w.project, "--volume", w.project + ":" + s.Proxy.Volume,
		"--publish", fmt.Sprintf("127.0.0.1::%d", httpPort), "--publish", fmt.Sprintf("127.0.0.1::%d", rawPort),
		s.Image,
	}, s.Command...)...)
	if s.Settings != nil {
		file := filepath.Join(t.TempDir(), "settings")
		ok(t, os.WriteFile(file, []byte(s.Settings(w.model)), 0o644))
		w.docker(t, "cp", file, w.proxy+":"+s.Proxy.Settings)
	}
	return w
}

func newPair(name string, r compose.Route) compose.Pair {
	p := compose.Pair{
		Name:     name,
		Services: map[compose.Colour]string{},
		Replicas: map[compose.Colour]int{},
		Routes:   map[compose.Colour]compose.Route{},
	}
	for _, c := range compose.Colours() {
		p.Services[c], p.Replicas[c], p.Routes[c] = name+"-"+string(c), 2, r
	}
	return p
}

func newEngine(t testing.TB, project string) *local.Engine {
	t.Helper()
	engine, err := openEngine(project)
	ok(t, err)
	return engine
}

func openEngine(project string) (*local.Engine, error) {
	cli, err := command.NewDockerCli(command.WithCombinedStreams(io.Discard))
	if err != nil {
		return nil, err
	}
	if err := cli.Initialize(flags.NewClientOptions()); err != nil {
		return nil, err
	}
	return local.New(cli, project, nil, nil), nil
}

func (w *world) label() string { return images.Label + "=" + w.project }

// remove sweeps all that carries the world's label.
func (w *world) remove() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, kind := range [][]string{
		{"ps", "--all", "rm", "--force", "--volumes"}, {"volume", "ls", "volume", "rm"}, {"network", "ls", "network", "rm"},
	} {
		found, _ := docker(ctx, append(slices.Clone(kind[:2]), "--quiet", "--filter", "label="+w.label())...)
		if ids := strings.Fields(found); len(ids) > 0 {
			_, _ = docker(ctx, append(slices.Clone(kind[2:]), ids...)...) // what stays is seen by its label
		}
	}
}

// create makes a container that looks like Compose's and returns its id. It
// has a name of its own, for the engine's DNS knows no other.
func (w *world) create(t testing.TB, service string, args ...string) string {
	t.Helper()
	return strings.TrimSpace(w.docker(t, append([]string{
		"create", "--label", w.label(), "--label", "com.docker.compose.project=" + w.project,
		"--label", "com.docker.compose.service=" + service, "--label", "com.docker.compose.config-hash=none",
		"--label", "com.docker.compose.container-number=1", "--label", "com.docker.compose.oneoff=False",
		"--name", w.project + "-" + service + "-" + strings.ToLower(rand.Text()[:6]),
	}, args...)...))
}

// startProxy starts the proxy and returns when it answers.
func (w *world) startProxy(t testing.TB) {
	t.Helper()
	w.docker(t, "start", w.proxy)
	w.awaitProxy(t)
}

func (w *world) awaitProxy(t testing.TB) {
	t.Helper()
	eventually(t, "the proxy answers", func() error {
		control, err := w.tryEnter(t.Context())
		if err != nil {
			return fmt.Errorf("%w; it says: %s", err, w.docker(t, "logs", "--tail", "5", w.proxy))
		}
		defer control.Close()
		_, err = control.Live(t.Context())
		return err
	})
}

// makeActive waits for a colour's replicas and sends them the traffic.
func (w *world) makeActive(t testing.TB, c compose.Colour) {
	t.Helper()
	control := w.enter(t)
	w.awaitUp(t, control, c, 2)
	ok(t, control.Commit(t.Context(), switcher.Routing{Active: c}))
}

// enter opens a session in the running proxy for the length of the test.
func (w *world) enter(t testing.TB) switcher.Control {
	t.Helper()
	control, err := w.tryEnter(t.Context())
	ok(t, err)
	t.Cleanup(func() { _ = control.Close() })
	return control
}

func (w *world) tryEnter(ctx context.Context) (switcher.Control, error) {
	return w.doors.Enter(ctx, compose.Container{
		ID: w.proxy, Service: w.setup.Proxy.Service, Mounts: []string{w.setup.Proxy.Volume},
		Labels: map[string]string{"com.docker.compose.project": w.project},
	})
}

// published is the host's address of one of the proxy's ports.
func (w *world) published(t testing.TB, port int) string {
	t.Helper()
	containers, err := w.engine.Observe(t.Context())
	ok(t, err)
	for _, c := range containers {
		for _, p := range c.Ports {
			if c.ID == w.proxy && p.Container == port {
				return net.JoinHostPort(p.Host, strconv.Itoa(p.Public))
			}
		}
	}
	t.Fatalf("the proxy does not publish port %d", port)
	return ""
}

func (w *world) docker(t testing.TB, args ...string) string {
	t.Helper()
	said, err := docker(t.Context(), args...)
	ok(t, err)
	return said
}

func docker(ctx context.Context, args ...string) (string, error) {
	said, err := exec.CommandContext(ctx, "docker", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("docker %s: %w: %s", strings.Join(args, " "), err, said)
	}
	return string(said), nil
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits up to a minute until a condition holds.
func eventually(t testing.TB, what string, condition func() error) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		err := condition()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not in time: %s: %v", what, err)
		}
	}
}
