package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// visitors are some at a time, none of whom may be lost until the test ends.
func (p *project) visitors() {
	p.t.Helper()
	run, err := load.Start(p.t.Context(), load.Options{
		URL: p.url(), Rate: 30, Mix: map[load.Kind]int{load.KeepAlive: 2, load.NewConn: 2, load.Post: 1},
	})
	assert.NilError(p.t, err)
	p.t.Cleanup(func() {
		report := run.Stop()
		assert.Check(p.t, report.OK(), "%s\n%s", report, report.Details())
		p.t.Log(report)
	})
}

// oneVersion asserts that visitors get answers of one version, whichever
// replica and connection they get.
func (p *project) oneVersion() {
	p.t.Helper()
	version := p.get("/").Version
	for range 4 {
		assert.Equal(p.t, p.get("/").Version, version)
	}
}

// answersAgain waits until every request in a row is answered, after something
// that took replicas away: the proxy may hold them fit for a moment longer,
// and unfit for a moment after they are back. Whatever is answered meanwhile
// must be of one version.
func (p *project) answersAgain(version string) {
	p.t.Helper()
	p.eventually("all visitors get answers", func() bool {
		for range 9 {
			resp, err := p.visit()
			if err != nil || resp.StatusCode != http.StatusOK {
				return false
			}
			assert.Equal(p.t, resp.Header.Get("X-Version"), version)
		}
		return true
	})
}

// visit is one visitor's request, on a connection of its own.
func (p *project) visit() (*http.Response, error) {
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url(), nil)
	assert.NilError(p.t, err)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	return resp, resp.Body.Close()
}

// answering waits until visitors get answers again, after something that
// cuts them off.
func (p *project) answering() {
	p.t.Helper()
	p.eventually("visitors get answers", func() bool {
		resp, err := p.visit()
		return err == nil && resp.StatusCode == http.StatusOK
	})
}

// history asks for the history as JSON, and gives it oldest first.
func (p *project) history() []switcher.Record {
	p.t.Helper()
	var records []switcher.Record
	told := p.alone("history", "--format", "json")
	assert.Assert(p.t, told.code == 0, "history: %s", told)
	for line := range strings.Lines(told.stdout) {
		var r switcher.Record
		assert.NilError(p.t, json.Unmarshal([]byte(line), &r), "%s", line)
		records = append(records, r)
	}
	slices.Reverse(records)
	return records
}

// sane asserts that the history is a chain that ends with the active colour,
// and that no command has left anything of its own behind.
func (p *project) sane() {
	p.t.Helper()
	p.consistent()
	p.nothingLeft()
}

// consistent asserts that history and status tell the same story.
func (p *project) consistent() {
	p.t.Helper()
	var last switcher.Record
	var colour compose.Colour
	shared := false
	for _, r := range p.history() {
		assert.Check(p.t, !r.Time.Before(last.Time), "%+v stands after %+v", r, last)
		if last = r; r.Result != "done" || r.Action == switcher.Scale || strings.HasPrefix(r.Action, "maintenance ") || strings.HasPrefix(r.Action, "proxy ") {
			continue
		}
		if r.Action == switcher.Canary {
			shared = r.Canary > 0
			continue
		}
		if shared && r.Action == switcher.Rollback {
			shared = false // it took the visitors of a canary back
			continue
		}
		shared = false
		assert.Check(p.t, r.From == colour, "%+v does not follow on %s", r, colour)
		colour = r.To
	}
	s := p.status()
	assert.Assert(p.t, s.Active != nil)
	assert.Equal(p.t, colour, *s.Active, "the last record is not of what is active")
	assert.Check(p.t, s.Operation == nil, "%+v", s.Operation)
}

// nothingLeft asserts that there is no helper and no temporary file.
func (p *project) nothingLeft() {
	p.t.Helper()
	helpers := p.docker("ps", "--all", "--quiet", "--filter", "label="+compose.HelperLabel+"="+p.name)
	assert.Check(p.t, helpers == "", "helpers are left: %s", helpers)
	files := p.docker("exec", p.proxy(), "sh", "-c", "cd "+behind.volume+"/"+compose.StateDir+" && echo *")
	for _, temporary := range []string{".tmp", ".trial"} {
		assert.Check(p.t, !strings.Contains(files, temporary), "temporary files are left: %s", files)
	}
}

// ready waits for nothing: it asserts how many replicas of a service are
// ready for the engine and for the proxy.
func (p *project) ready(c compose.Colour, replicas int) {
	p.t.Helper()
	for _, service := range p.status().Colours[c].Services {
		assert.Equal(p.t, service.Replicas, replicas, "%+v", service)
		assert.Equal(p.t, service.Healthy, replicas, "%+v", service)
		assert.Equal(p.t, service.InProxy, replicas, "%+v", service)
	}
}
