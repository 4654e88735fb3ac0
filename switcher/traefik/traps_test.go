package traefik_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/switcher/proxytest"
)

// The traps of Traefik's file provider. Each test first walks into the trap,
// with the guard taken out, and shows what visitors lose; then the adapter
// does the same and they lose nothing.
func TestTraps(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*testing.T, proxytest.Scene){
		"a change is held back by the throttle":       throttle,
		"a router to an unknown service is not there": unknownService,
		"a change makes the sick fit again":           healthReset,
		"nobody checks what has no router":            noRouter,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, proxytest.NewScene(t, ownSetup(t)))
		})
	}
}

const (
	watched = "/etc/traefik/dynamic"
	routes  = watched + "/bluegreen.yml"
)

// edited replaces the routes as somebody would who knows nothing of the traps:
// edited by sed, by way of a file on the same volume that Traefik does not read.
func edited(sed string) string {
	return fmt.Sprintf("sed '%s' %s >%s/bluegreen/new && mv %s/bluegreen/new %s", sed, routes, watched, watched, routes)
}

// Within 2 s after a change Traefik makes no other. Who does not wait until it
// has been made says "done" while the former colour answers.
func throttle(t *testing.T, s proxytest.Scene) {
	s.Shell(t, edited("s/priority: 1$/priority: 2/"))
	toGreen := edited("/^  *bluegreen-web:/,/service:/s/service: bluegreen-web-blue/service: bluegreen-web-green/")
	s.Shell(t, toGreen)
	if _, version := s.Visit(t); version != "v1" {
		t.Errorf("without a wait %s answers: the throttle holds nothing back any more", version)
	}
	control := s.Enter(t)
	for _, c := range []compose.Colour{compose.Green, compose.Blue, compose.Green} {
		if err := control.Commit(t.Context(), s.Routing(c)); err != nil {
			t.Fatal(err)
		}
		want := map[compose.Colour]string{compose.Blue: "v1", compose.Green: "v2"}[c]
		for range 5 {
			if status, version := s.Visit(t); status != http.StatusOK || version != want {
				t.Errorf("after the commit of %s: %d by %s", c, status, version)
			}
		}
	}
}

// A router whose service is unknown is taken out, for Traefik no reason to
// refuse the file: visitors get 404.
func unknownService(t *testing.T, s proxytest.Scene) {
	s.Shell(t, edited("/^  *bluegreen-web:/,/service:/s/service: bluegreen-web-blue/service: nobody/"))
	s.Eventually(t, "visitors get 404", func() error {
		if status, _ := s.Visit(t); status != http.StatusNotFound {
			return fmt.Errorf("they get %d", status)
		}
		return nil
	})
	control := s.Enter(t)
	if live, err := control.Live(t.Context()); err == nil {
		t.Errorf("it is said to serve %q", live)
	}
	if err := control.Commit(t.Context(), s.Routing(compose.Blue)); err != nil {
		t.Fatal(err)
	}
	if status, version := s.Visit(t); status != http.StatusOK || version != "v1" {
		t.Errorf("after the commit: %d by %s", status, version)
	}

	// What Traefik cannot do is taken back, and said.
	broken := s.Model()
	broken.Pairs = append([]compose.Pair{}, broken.Pairs...)
	routes := map[compose.Colour]compose.Route{}
	for c, r := range broken.Pairs[1].Routes {
		r.Listen = 9999
		routes[c] = r
	}
	broken.Pairs[1].Routes = routes
	var invalid *compose.InvalidError
	if err := control.Configure(t.Context(), broken); !errors.As(err, &invalid) || !strings.Contains(err.Error(), "port_9999") {
		t.Errorf("an entry point that is not there: %v", err)
	}
	s.Eventually(t, "visitors get answers", func() error {
		if status, _ := s.Visit(t); status != http.StatusOK {
			return fmt.Errorf("they get %d", status)
		}
		return nil
	})
}

// With each change Traefik takes for fit what it had found unfit, until it has
// checked it again.
func healthReset(t *testing.T, s proxytest.Scene) {
	hung := s.Side(t, compose.Blue).Containers[0]
	s.Docker(t, "kill", "--signal", "STOP", hung.ID)
	defer s.Docker(t, "kill", "--signal", "CONT", hung.ID)
	found := func() error {
		for _, server := range s.Servers(t, compose.Blue) {
			if server.Slot == hung.Name && server.Why == "DOWN" {
				return nil
			}
		}
		return errors.New("it is held fit")
	}
	s.Eventually(t, "the hung replica is found unfit", found)
	if lost := visits(t, s); lost != 0 {
		t.Errorf("%d visitors are lost although it is found unfit", lost)
	}
	s.Shell(t, edited("s/priority: 1$/priority: 2/"))
	s.Eventually(t, "visitors are lost to it again", func() error {
		if visits(t, s) == 0 {
			return errors.New("none is")
		}
		return nil
	})
	s.Eventually(t, "the hung replica is found unfit again", found)
	control := s.Enter(t)
	for range 3 {
		if err := control.Commit(t.Context(), s.Routing(compose.Blue)); err != nil {
			t.Fatal(err)
		}
		if err := control.Hold(t.Context(), "web-green"); err != nil {
			t.Fatal(err)
		}
		if lost := visits(t, s); lost != 0 {
			t.Errorf("%d visitors are lost after a change by the adapter", lost)
		}
	}
}

// visits counts the lost ones of six visitors.
func visits(t *testing.T, s proxytest.Scene) (lost int) {
	t.Helper()
	for range 6 {
		if status, _ := s.Visit(t); status != http.StatusOK {
			lost++
		}
	}
	return lost
}

// A service that no router uses is never checked: its replicas are fit for
// Traefik whatever they are.
func noRouter(t *testing.T, s proxytest.Scene) {
	sick := s.Name(t, s.AddReplica(t, compose.Green, "FAIL_HEALTH=1"))
	word := func() (word string) {
		for _, server := range s.Servers(t, compose.Green) {
			if server.Slot == sick {
				if server.Up {
					t.Error("the sick replica is up")
				}
				word = server.Why
			}
		}
		return word
	}
	s.Eventually(t, "Traefik finds the sick replica unfit", func() error {
		if said := word(); said != "DOWN" {
			return errors.New(said)
		}
		return nil
	})
	s.Shell(t, edited("/^ *bluegreen_check-web-green:/,/service:/d"))
	s.Eventually(t, "Traefik knows nothing of the sick replica", func() error {
		if said := word(); said == "DOWN" {
			return errors.New(said)
		}
		return nil
	})
	// Nor does the gate trust it then: it asks the replica itself.
	if said := word(); !strings.Contains(said, "answered 500") {
		t.Errorf("the gate says %q", said)
	}
}

// A mounted single file is another file after a rename, and Traefik reads the
// former one for ever. The rules of the Compose file refuse it.
func TestASingleFileMountNeverSeesARename(t *testing.T) {
	t.Parallel()
	s := proxytest.NewScene(t, ownSetup(t))
	dir := t.TempDir()
	file := filepath.Join(dir, "single.yml")
	write := func(path, answer string) {
		text := "http: {routers: {r: {rule: \"PathPrefix(`/`)\", service: noop@internal, middlewares: [m]}}, " +
			"middlewares: {m: {headers: {customResponseHeaders: {X-Version: " + answer + "}}}}}\n"
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "old")
	image, err := images.Traefik(t.Context(), images.Debian)
	if err != nil {
		t.Fatal(err)
	}
	id := strings.TrimSpace(s.Docker(t, "run", "--detach", "--volume", file+":/single.yml", "--publish", "127.0.0.1::80", image,
		"--entrypoints.web.address=:80", "--providers.file.filename=/single.yml"))
	defer s.Docker(t, "rm", "--force", "--volumes", id)
	address, _, _ := strings.Cut(s.Docker(t, "port", id, "80"), "\n")
	serves := func(want string) func() error {
		return func() error {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, nil)
			if err != nil {
				return err
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			if got := response.Header.Get("X-Version"); got != want {
				return fmt.Errorf("it serves %q", got)
			}
			return nil
		}
	}
	s.Eventually(t, "the first content is served", serves("old"))
	write(file+".tmp", "new")
	if err := os.Rename(file+".tmp", file); err != nil {
		t.Fatal(err)
	}
	// No event will come, so what is to be shown is that the container has
	// the former file still, while the host has the new one.
	if inside := s.Docker(t, "exec", id, "cat", "/single.yml"); !strings.Contains(inside, "old") {
		t.Errorf("the container sees %s", inside)
	}
	if err := serves("old")(); err != nil {
		t.Error(err)
	}
}
