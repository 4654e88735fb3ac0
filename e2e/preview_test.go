package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// The next version can be looked at through the proxy before it is released,
// by whoever has the token, while visitors notice nothing.
func TestTheNextVersionIsSeenByItsTokenAlone(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t))
	p.with("TAG=v1").ok("up")
	token := p.status().Preview.Token
	says(t, p.ok("status"), "preview    curl -H 'X-Bluegreen: "+token+"' http://localhost:")
	p.noCandidate(token)
	p.seenBy("another", "v1")

	visitors := p.load(load.Options{URL: p.url()})
	p.with("TAG=v2").ok("up")
	p.seenBy(token, "v2")
	p.active(compose.Blue, "v1")
	p.ok("switch")
	p.seenBy(token, "v1")
	p.ok("rollback")
	p.ok("scale", "web=3")
	p.seenBy(token, "v2")
	p.docker("restart", p.replica("web-green", 1)) // of no interest to visitors
	p.nobodyLost(visitors)

	p.ok("stop")
	p.noCandidate(token)
	assert.Equal(t, p.status().Preview.Token, token, "the token is made once")
	p.keepsSecret(token)
}

// keepsSecret fails the test when a token is told where others read.
func (p *project) keepsSecret(token string) {
	p.t.Helper()
	lb, directory := p.replica("lb", 1), behind.volume+"/bluegreen/"
	for _, said := range []string{
		p.ok("history", "--format", "json").stdout, p.ok("up", "--progress", "json").String(),
		p.docker("logs", lb), p.docker("exec", lb, "cat", directory+"project.json"),
	} {
		assert.Check(p.t, !strings.Contains(said, token), "the token is told:\n%s", said)
	}
	for _, file := range []string{directory + "preview.token", behind.record} {
		mode := p.docker("exec", lb, "sh", "-c", `! grep -q "$0" "$1" || stat -c %a "$1"`, token, file)
		assert.Check(p.t, mode == "" || mode == "600", "%s tells the token, with mode %s", file, mode)
	}
}

// What the file says of the preview is taken with the next `up`, without a
// change of the colours.
func TestTheFileSaysWhoSeesTheNextVersion(t *testing.T) {
	t.Parallel()
	p := newProject(t, single(t)+"secrets: {next: {file: ./token.txt}}\n")
	p.write("token.txt", "the-token-of-the-team\n")
	const settings = "x-bluegreen: {wait_timeout: 150s"
	p.edit(settings, settings+", preview: {secret: next}")
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	p.seenBy("the-token-of-the-team", "v2")
	p.write("token.txt", "the-next-token-of-the-team\n")
	says(t, p.ok("up", "--dry-run"), "preview lb")
	p.ok("up")
	p.seenBy("the-next-token-of-the-team", "v2")
	p.seenBy("the-token-of-the-team", "v1")
	p.write("token.txt", "short\n")
	p.fails(8, `the secret "next" is no token for the preview`, "up")

	p.edit("{secret: next}", "{mode: open, host: next.example.com}")
	visitors := p.load(load.Options{URL: p.url()})
	p.ok("up")
	p.seenBy("idle", "v2")
	p.seenBy("the-next-token-of-the-team", "v1")
	body, _ := p.fetch(p.url(), "next.example.com")
	assert.Check(t, strings.Contains(body, `"version":"v2"`), "%s", body)
	p.edit("{mode: open, host: next.example.com}", "off")
	p.ok("up")
	p.seenBy("idle", "v1")
	body, _ = p.fetch(p.url(), "next.example.com")
	assert.Check(t, strings.Contains(body, `"version":"v1"`), "%s", body)
	assert.Check(t, p.status().Preview == nil)
	p.nobodyLost(visitors)
}

// seenBy fails the test unless a version answers requests with a token.
func (p *project) seenBy(token, version string) {
	p.t.Helper()
	for _, header := range []string{compose.PreviewHeader, "Cookie"} {
		body, code := p.preview(header, token)
		assert.Check(p.t, code == http.StatusOK && strings.Contains(body, `"version":"`+version+`"`), "by %s: %d %s, want %s", header, code, body, version)
	}
}

// noCandidate fails the test unless a preview is told that there is none. The
// proxy needs a moment to forget replicas that have just been stopped.
func (p *project) noCandidate(token string) {
	p.t.Helper()
	p.eventually("a preview is told that there is no candidate", func() bool {
		body, code := p.preview(compose.PreviewHeader, token)
		assert.Assert(p.t, code >= http.StatusInternalServerError, "%d %s", code, body)
		said := strings.Contains(body, "no candidate") || strings.Contains(body, "no available server")
		return said && code == http.StatusServiceUnavailable
	})
}

// preview asks the proxy for a page with a token in a header.
func (p *project) preview(header, token string) (body string, code int) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url(), nil)
	assert.NilError(p.t, err)
	if req.Close = true; header == "Cookie" {
		token = compose.PreviewHeader + "=" + token
	}
	req.Header.Set(header, token)
	resp, err := http.DefaultClient.Do(req)
	assert.NilError(p.t, err)
	defer func() { assert.Check(p.t, resp.Body.Close() == nil) }()
	text, err := io.ReadAll(resp.Body)
	assert.NilError(p.t, err)
	return string(text), resp.StatusCode
}
