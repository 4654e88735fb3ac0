package proxytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// addresses are the IP addresses of containers in the world's network.
func (w *world) addresses(t *testing.T, ids []string) []string {
	t.Helper()
	format := fmt.Sprintf("{{(index .NetworkSettings.Networks %q).IPAddress}}", w.project)
	return strings.Fields(w.docker(t, append([]string{"inspect", "--format", format}, ids...)...))
}

// webServers lists the servers of the pair web.
func (w *world) webServers(t testing.TB, control switcher.Control, c compose.Colour) []switcher.Server {
	t.Helper()
	return slices.DeleteFunc(w.servers(t, control, w.model, c), func(s switcher.Server) bool { return s.Pair != "web" })
}

// at finds the server of an address.
func at(servers []switcher.Server, address string) (switcher.Server, error) {
	i := slices.IndexFunc(servers, func(s switcher.Server) bool { return s.Address == address })
	if i < 0 {
		return switcher.Server{}, fmt.Errorf("no server has the address %s: %+v", address, servers)
	}
	return servers[i], nil
}

func gateSeesEveryReplica(t *testing.T, w *world) {
	control := w.enter(t)
	sick := w.addReplicas(t, compose.Green, 1, "FAIL_HEALTH=1")
	address := w.addresses(t, sick)[0]
	eventually(t, "the sick replica is known", func() error {
		_, err := at(w.webServers(t, control, compose.Green), address)
		return err
	})
	eventually(t, "the sick replica is found out", func() error {
		s, err := at(w.webServers(t, control, compose.Green), address)
		switch {
		case err != nil:
			return err
		case s.Up:
			t.Fatalf("a replica whose check fails is up: %+v", s)
		case !strings.Contains(s.Why, w.setup.Sick):
			return fmt.Errorf("%+v", s)
		}
		return nil
	})
	up := 0
	for _, s := range w.webServers(t, control, compose.Green) {
		if s.Service != "web-green" || s.Slot == "" || s.Address == "" {
			t.Errorf("a server without its names: %+v", s)
		}
		if s.Up {
			up++
		}
	}
	if up != 2 {
		t.Errorf("%d replicas are up, want 2", up)
	}
	w.removeReplicas(t, sick)
	w.awaitUp(t, control, compose.Green, 2)
}

// A replica that fell ill after its last check must not be believed.
func recheckBelievesNewChecks(t *testing.T, w *world) {
	control := w.enter(t)
	w.awaitUp(t, control, compose.Green, 2)
	ok(t, control.Recheck(t.Context(), w.side(t, w.model, compose.Green)))
	for _, s := range w.webServers(t, control, compose.Green) {
		t.Logf("just after: %+v", s)
	}
	w.awaitUp(t, control, compose.Green, 2)
}

func heldReplicaWaits(t *testing.T, w *world) {
	ctx, control := t.Context(), w.enter(t)
	ok(t, control.Hold(ctx, "web-blue"))
	added := w.addReplicas(t, compose.Blue, 1)
	address := w.addresses(t, added)[0]
	eventually(t, "the held replica passes its check", func() error {
		s, err := at(w.webServers(t, control, compose.Blue), address)
		if s.Up {
			t.Fatalf("a held replica is up: %+v", s)
		}
		if err == nil && !strings.HasSuffix(s.Why, "OK") {
			err = fmt.Errorf("%+v", s)
		}
		return err
	})
	ok(t, control.Readmit(ctx, "web-blue"))
	eventually(t, "the readmitted replica is up", func() error {
		s, err := at(w.webServers(t, control, compose.Blue), address)
		if err == nil && !s.Up {
			err = fmt.Errorf("%+v", s)
		}
		return err
	})
	run := w.loadOf(t, load.Short()) // a websocket would stay for as long as it likes
	blue := w.side(t, w.model, compose.Blue)
	for _, replica := range blue.Containers {
		if replica.ID == added[0] {
			ok(t, control.Retire(ctx, replica))
		}
	}
	eventually(t, "the retired replica has nothing to do", func() error {
		known, err := control.Servers(ctx, blue)
		for _, s := range known[compose.Blue] {
			if s.Address == address && s.Up {
				t.Fatalf("a retired replica is up: %+v", s)
			}
			if s.Address == address && s.Sessions > 0 {
				err = fmt.Errorf("%+v", s)
			}
		}
		return err
	})
	w.removeReplicas(t, added)
	lostNothing(t, run)
	ok(t, control.Readmit(ctx, "web-blue"))
	ok(t, control.Readmit(ctx, "raw-blue"))
	w.awaitUp(t, control, compose.Blue, 2)
}
