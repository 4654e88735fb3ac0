package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// While somebody works on the project visitors are told to come back later. What
// is in flight ends well, whoever has the token goes on to see the project, and
// releases go on as ever.
func TestVisitorsAreTurnedAwayForAWhile(t *testing.T) {
	t.Parallel()
	p := twoReleases(t)
	token := p.status().Preview.Token
	inFlight := p.ask("/slow?for=4s")
	p.eventually("a request is in flight", func() bool { return p.sessions() == 1 })
	says(t, p.ok("maintenance", "on", "--retry-after", "77"), "visitors of "+p.name+" get 503; previews get the project")
	p.closed(77)
	p.seenBy(token, "v2")
	body := inFlight.end()
	assert.Check(t, strings.Contains(body, `"version":"v1"`), "what was in flight got %s", body)
	says(t, p.ok("status"), "closed     for maintenance since ", "visitors get 503, Retry-After 77")
	assert.Equal(t, p.status().Maintenance.RetryAfter, 77)
	says(t, p.ok("maintenance", "on", "--retry-after", "77"), "there is maintenance already, since ")

	says(t, p.ok("switch"), "green takes all traffic", " sent, 0 lost, ")
	p.closed(77)
	p.seenBy(token, "v1")
	p.docker("restart", "--time", "1", p.proxy())
	p.eventually("visitors are turned away after a restart too", func() bool {
		resp, err := p.visit()
		return err == nil && resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "77"
	})
	p.ok("maintenance", "on", "--retry-after", "5")
	p.closed(5)

	says(t, p.ok("maintenance", "off"), "visitors of "+p.name+" get the project again")
	p.active(compose.Green, "v2")
	assert.Check(t, p.status().Maintenance == nil)
	says(t, p.ok("maintenance", "off"), "there is no maintenance")
	var did []string
	for _, r := range p.history() {
		did = append(did, r.Action)
	}
	assert.DeepEqual(t, did[len(did)-4:], []string{"maintenance on", "switch", "maintenance on", "maintenance off"})
	p.sane()
}

// closed fails the test unless visitors are told when to come back.
func (p *project) closed(retryAfter int) {
	p.t.Helper()
	for range 5 {
		resp, err := p.visit()
		assert.NilError(p.t, err)
		assert.Equal(p.t, resp.StatusCode, http.StatusServiceUnavailable)
		assert.Equal(p.t, resp.Header.Get("Retry-After"), fmt.Sprint(retryAfter))
	}
}

// Visitors before and after a maintenance lose nothing: they get the project or
// 503, and never a connection that breaks.
func TestAMaintenanceBreaksNoConnection(t *testing.T) {
	t.Parallel()
	p := twoReleases(t)
	visitors, err := load.Start(t.Context(), load.Options{URL: p.url(), Rate: 60, Mix: load.Short(), MayClose: true})
	assert.NilError(t, err)
	for range 5 {
		p.ok("maintenance", "on")
		p.ok("maintenance", "off")
	}
	report := visitors.Stop()
	t.Log(report)
	assert.Check(t, report.OK(), "%s\n%s", report, report.Details())
	assert.Check(t, report.Of("closed").Count > 0 && report.Of("v1").Count > 0, "%v", report.Answers)
	p.active(compose.Blue, "v1")
}

// A killed client leaves what the next command finishes.
func TestAKilledMaintenanceIsFinishedByTheNextCommand(t *testing.T) {
	long(t)
	t.Parallel()
	p := twoReleases(t)
	for _, how := range []blow{kill, killAll} {
		at, _ := p.strikeStep("maintain", how, plugin(), "maintenance", "on", "--retry-after", "9")
		assert.Assert(t, at != nil)
		p.ok("maintenance", "on", "--retry-after", "9")
		p.closed(9)
		at, _ = p.strikeStep("maintain", how, plugin(), "maintenance", "off")
		assert.Assert(t, at != nil)
		p.ok("maintenance", "off")
		p.active(compose.Blue, "v1")
	}
	p.sane()
}

// HAProxy answers with a page of the user's; Traefik has no means to, and says
// so before anything has changed.
func TestAPageForThoseWhoAreTurnedAway(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.write("sorry.html", "<h1>Back at noon</h1>\n")
	p.write("sorry.gif", "GIF")
	p.fails(2, "--page sorry.gif: its content type is not known", "maintenance", "on", "--page", "sorry.gif")
	p.fails(9, "docker bluegreen up", "maintenance", "on")
	p.with("TAG=v1").ok("up")
	if behind.kind == compose.Traefik {
		p.fails(8, "page", "maintenance", "on", "--page", "sorry.html")
		p.active(compose.Blue, "v1")
		return
	}
	p.ok("maintenance", "on", "--page", "sorry.html")
	resp, err := http.Get(p.url()) //nolint:noctx // a visitor
	assert.NilError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	assert.NilError(t, err)
	assert.Check(t, strings.Contains(string(text), "<h1>Back at noon</h1>"), "%s", text)
	assert.Equal(t, resp.Header.Get("Content-Type"), "text/html; charset=utf-8")
	p.ok("maintenance", "off")
	p.active(compose.Blue, "v1")
}
