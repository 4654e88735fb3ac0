package proxytest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/images"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// addReplicas starts n replicas of a colour and returns their ids.
func (w *world) addReplicas(t testing.TB, c compose.Colour, n int, environment ...string) []string {
	t.Helper()
	version := map[compose.Colour]string{compose.Blue: "v1", compose.Green: "v2"}[c]
	image, err := images.Hello(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{
		"--network", w.project, "--network-alias", "web-" + string(c), "--network-alias", "raw-" + string(c),
		"--env", "COLOUR=" + string(c), "--env", fmt.Sprintf("TCP_PORT=%d", replicaRaw),
	}
	for _, e := range environment {
		args = append(args, "--env", e)
	}
	var ids []string
	for range n {
		ids = append(ids, w.create(t, "web-"+string(c), append(slices.Clone(args), image)...))
	}
	t.Cleanup(func() { _, _ = docker(context.Background(), append([]string{"rm", "--force"}, ids...)...) })
	w.docker(t, append([]string{"start"}, ids...)...)
	return ids
}

// populate starts two replicas of each colour, and makes blue active.
func (w *world) populate(t testing.TB) {
	t.Helper()
	w.addReplicas(t, compose.Blue, 2)
	w.addReplicas(t, compose.Green, 2)
	w.makeActive(t, compose.Blue)
}

func (w *world) removeReplicas(t testing.TB, ids []string) {
	t.Helper()
	w.docker(t, append([]string{"rm", "--force"}, ids...)...)
}

// awaitUp returns when n replicas of each pair are up, and no others known.
func (w *world) awaitUp(t testing.TB, control switcher.Control, c compose.Colour, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d replicas of %s are up", n, c), func() error {
		servers := w.servers(t, control, w.model, c)
		up := 0
		for _, s := range servers {
			if s.Up {
				up++
			}
		}
		if up != n*len(w.model.Pairs) || len(servers) != up {
			return fmt.Errorf("%+v", servers)
		}
		return nil
	})
}

// side is a colour of a model as the engine shows it. A replica of the world
// serves both pairs, so it stands for a container of each.
func (w *world) side(t testing.TB, m compose.Model, c compose.Colour) switcher.Side {
	t.Helper()
	observed, err := w.engine.Observe(t.Context())
	ok(t, err)
	side := switcher.Side{Model: m, Colour: c}
	for _, replica := range observed {
		if replica.Service == "web-"+string(c) {
			raw := replica
			raw.Service = "raw-" + string(c)
			side.Containers = append(side.Containers, replica, raw)
		}
	}
	return side
}

// servers lists what the proxy knows of a colour, whose replicas are enrolled.
func (w *world) servers(t testing.TB, control switcher.Control, m compose.Model, c compose.Colour) []switcher.Server {
	t.Helper()
	side := w.side(t, m, c)
	ok(t, control.Enrol(t.Context(), side))
	known, err := control.Servers(t.Context(), side)
	ok(t, err)
	return known[c]
}
