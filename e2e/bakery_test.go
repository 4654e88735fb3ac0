package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// bakery is a project whose next release can be bad in many ways, and healthy
// all the same.
func newBakery(t *testing.T) *project {
	t.Helper()
	const settings = "  x-bluegreen: {port:"
	return newProject(t, strings.Replace(single(t), settings,
		`  environment: {FAIL_SHARE: "${FAIL_SHARE:-0}", ANSWER_DELAY: "${ANSWER_DELAY:-}", CRASH_AFTER: "${CRASH_AFTER:-}"}
`+settings, 1))
}

// regulars ask for pages, many of them at once, until they are told to stop.
type regulars struct {
	stop   chan struct{}
	active sync.WaitGroup
	mu     sync.Mutex
	asked  int
	failed int // 5xx
	lost   int // no answer at all
}

// eachGuest is the pause of a guest between two requests.
const eachGuest = 20 * time.Millisecond

// invite starts regulars, each of whom asks some fifty times a second.
func (p *project) invite(n int) *regulars {
	p.t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: n}}
	return p.host(n, eachGuest, func() *http.Client { return client })
}

// inviteBrowsers starts regulars who keep their cookies, each of whom asks some
// five times a second.
func (p *project) inviteBrowsers(n int) *regulars {
	p.t.Helper()
	connections := &http.Transport{MaxIdleConnsPerHost: n}
	return p.host(n, 10*eachGuest, func() *http.Client {
		jar, err := cookiejar.New(nil)
		assert.NilError(p.t, err)
		return &http.Client{Timeout: 10 * time.Second, Transport: connections, Jar: jar}
	})
}

// host starts regulars, each with a client.
func (p *project) host(n int, pause time.Duration, client func() *http.Client) *regulars {
	p.t.Helper()
	g := &regulars{stop: make(chan struct{})}
	for range n {
		through := client()
		g.active.Go(func() { g.visit(p, through, pause) })
	}
	p.t.Cleanup(func() { g.leave() })
	return g
}

func (g *regulars) visit(p *project, client *http.Client, pause time.Duration) {
	for {
		select {
		case <-g.stop:
			return
		case <-time.After(pause):
		}
		req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url()+"/", nil)
		if err != nil {
			return // the test is over
		}
		status := 0
		if resp, err := client.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			status = resp.StatusCode
		}
		g.mu.Lock()
		g.asked++
		switch {
		case status == 0:
			g.lost++
		case status >= http.StatusInternalServerError:
			g.failed++
		}
		g.mu.Unlock()
	}
}

// leave ends the visits and tells what they were like.
func (g *regulars) leave() (asked, failed, lost int) {
	g.mu.Lock()
	select {
	case <-g.stop:
	default:
		close(g.stop)
	}
	g.mu.Unlock()
	g.active.Wait()
	return g.asked, g.failed, g.lost
}

// lastRecord is the newest line of the history.
func (p *project) lastRecord() switcher.Record {
	p.t.Helper()
	records := p.history()
	assert.Assert(p.t, len(records) > 0)
	return records[len(records)-1]
}

// jsonError is the error of a command with --progress json.
func jsonError(t *testing.T, r result) (e struct {
	Code int
	Bake *switcher.Baked
},
) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	assert.NilError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &e), "%s", r)
	return e
}
