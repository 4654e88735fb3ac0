package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// seen is one container as the engine's own command line shows it.
type seen struct {
	ID      string
	Name    string
	Started time.Time
	Running bool
	Image   string
}

// containers inspects the containers of services; of all when none is named.
// The tool's own helper, which the engine may still be removing, is none.
func (p *project) containers(services ...string) map[string]seen {
	p.t.Helper()
	found := map[string]seen{}
	ids := strings.Fields(p.docker("ps", "--all", "--quiet",
		"--filter", "label=com.docker.compose.project="+p.name, "--filter", "label=com.docker.compose.oneoff=False"))
	if len(ids) == 0 {
		return found
	}
	var inspected []struct {
		ID    string `json:"Id"`
		Name  string
		State struct {
			StartedAt time.Time
			Running   bool
		}
		Config struct {
			Image  string
			Labels map[string]string
		}
	}
	assert.NilError(p.t, json.Unmarshal([]byte(p.inspect(ids)), &inspected))
	for _, c := range inspected {
		service := c.Config.Labels["com.docker.compose.service"]
		if len(services) == 0 || contains(services, service) {
			name := strings.TrimPrefix(c.Name, "/")
			found[name] = seen{ID: c.ID, Name: name, Started: c.State.StartedAt, Running: c.State.Running, Image: c.Config.Image}
		}
	}
	return found
}

// inspect shows containers. One that the engine has removed since it was
// listed, as a killed command had it do, is left out: it is not there.
func (p *project) inspect(ids []string) string {
	p.t.Helper()
	r := p.typed("docker", append([]string{"container", "inspect"}, ids...)...)
	for line := range strings.Lines(r.stderr) {
		assert.Assert(p.t, strings.Contains(line, "No such container"), "%s", r)
	}
	return r.stdout
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// untouched asserts that containers are the same, started at the same time.
func (p *project) untouched(before map[string]seen, services ...string) {
	p.t.Helper()
	assert.DeepEqual(p.t, p.containers(services...), before)
}

// status asks for the status as JSON. What tests only look at they ask of the
// plugin itself: docker before it starts two more processes.
func (p *project) status() switcher.Status {
	p.t.Helper()
	var s switcher.Status
	r := p.alone("status", "--format", "json")
	assert.Assert(p.t, r.code == 0, "status: %s", r)
	assert.NilError(p.t, json.Unmarshal([]byte(r.stdout), &s), "%s", r)
	return s
}

// active asserts which colour takes the traffic: by the status, and by what
// a visitor gets, from every replica's answer to some requests in a row.
func (p *project) active(c compose.Colour, version string) {
	p.t.Helper()
	s := p.status()
	assert.Assert(p.t, s.Active != nil, "no colour is active")
	assert.Equal(p.t, *s.Active, c)
	for range 9 {
		assert.Equal(p.t, p.get("/").Version, version)
	}
}

// answer is what the hello service says of itself.
type answer struct {
	Version string
	Colour  string
	Host    string
}

// get asks the hello service through the proxy; each call is a connection of
// its own.
func (p *project) get(path string) answer {
	p.t.Helper()
	body, code := p.fetch(p.url()+path, "")
	assert.Equal(p.t, code, http.StatusOK, "%s", body)
	var a answer
	assert.NilError(p.t, json.Unmarshal([]byte(body), &a))
	return a
}

// fetch gets a URL on loopback, with a Host header where one is given.
func (p *project) fetch(url, host string) (body string, code int) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, url, nil)
	assert.NilError(p.t, err)
	req.Host, req.Close = host, true
	resp, err := http.DefaultClient.Do(req)
	assert.NilError(p.t, err)
	defer func() { assert.Check(p.t, resp.Body.Close() == nil) }()
	text, err := io.ReadAll(resp.Body)
	assert.NilError(p.t, err)
	return string(text), resp.StatusCode
}

// eventually waits until a state is reached that the engine reaches by
// itself, without an event that a test could wait for.
func (p *project) eventually(what string, reached func() bool) {
	p.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !reached() {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: not reached in 30 s", what)
		}
		time.Sleep(20 * time.Millisecond) // between two looks, not instead of one
	}
}

// replica is the name of a service's container.
func (p *project) replica(service string, n int) string {
	return fmt.Sprintf("%s-%s-%d", p.name, service, n)
}

// proxy is the name of the proxy's container that runs; "" when none does, and
// the last made when a command that was killed has left several.
func (p *project) proxy() string {
	p.t.Helper()
	var found seen
	for _, c := range p.containers("lb") {
		if c.Running && c.Started.After(found.Started) {
			found = c
		}
	}
	return found.Name
}
