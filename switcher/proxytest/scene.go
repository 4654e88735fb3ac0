package proxytest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Scene is a proxy with two replicas of each colour, blue active, for what an
// adapter has to test beside the contract.
type Scene struct{ *world }

// NewScene sets one up.
func NewScene(t testing.TB, s Setup) Scene {
	t.Helper()
	w := newWorld(t, s)
	w.prepare(t)
	w.startProxy(t)
	w.populate(t)
	w.awaitUp(t, w.enter(t), compose.Green, 2)
	return Scene{w}
}

// Enter opens a session in the running proxy for the length of the test.
func (s Scene) Enter(t testing.TB) switcher.Control { t.Helper(); return s.enter(t) }

// Model is the scene's project.
func (s Scene) Model() compose.Model { return s.model }

// Side is a colour as the engine shows it.
func (s Scene) Side(t testing.TB, c compose.Colour) switcher.Side {
	t.Helper()
	return s.side(t, s.model, c)
}

// Servers is the proxy's view of a colour's replicas of the pair web.
func (s Scene) Servers(t testing.TB, c compose.Colour) []switcher.Server {
	t.Helper()
	return s.webServers(t, s.enter(t), c)
}

// Shell runs a script in the proxy's container.
func (s Scene) Shell(t testing.TB, script string) string {
	t.Helper()
	return s.docker(t, "exec", s.proxy, "sh", "-c", script)
}

// Docker runs a command of the engine's.
func (s Scene) Docker(t testing.TB, args ...string) string { t.Helper(); return s.docker(t, args...) }

// AddReplica starts one more replica of a colour and returns its id.
func (s Scene) AddReplica(t testing.TB, c compose.Colour, environment ...string) string {
	t.Helper()
	return s.addReplicas(t, c, 1, environment...)[0]
}

// Visit asks the proxy for a page, with a visitor's patience of 2 s, and
// returns the status, 0 for no answer, and the version that answered.
func (s Scene) Visit(t testing.TB) (status int, version string) {
	t.Helper()
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.published(t, httpPort)+"/", nil)
	ok(t, err)
	response, err := client.Do(request)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	return response.StatusCode, response.Header.Get("X-Version")
}

// Routing is a routing to a colour.
func (s Scene) Routing(c compose.Colour) switcher.Routing { return routing(c) }

// Eventually waits up to a minute until a condition holds.
func (s Scene) Eventually(t testing.TB, what string, condition func() error) {
	t.Helper()
	eventually(t, what, condition)
}

// Name is the container's name of an id.
func (s Scene) Name(t testing.TB, id string) string {
	t.Helper()
	return strings.TrimPrefix(strings.TrimSpace(s.docker(t, "inspect", "--format", "{{.Name}}", id)), "/")
}
