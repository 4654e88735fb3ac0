package e2e

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// disasters are what happens to engines and containers. Each ends with
// everything started again, and none may change who serves.
func disasters() map[string]func(p *project) {
	everything := func(p *project) []string { return names(p.containers("lb", "db", "web-blue", "web-green")) }
	proxy := func(p *project) []string { return names(p.containers("lb")) }
	pair := func(p *project) []string { return names(p.containers("web-blue", "web-green")) }
	restart := func(which func(p *project) []string) func(p *project) {
		return func(p *project) { p.docker(append([]string{"restart"}, which(p)...)...) }
	}
	crash := func(which func(p *project) []string) func(p *project) {
		return func(p *project) {
			p.docker(append([]string{"kill", "--signal", "KILL"}, which(p)...)...)
			p.docker(append([]string{"start"}, which(p)...)...)
		}
	}
	both := []string{"--profile", "blue", "--profile", "green"}
	return map[string]func(p *project){
		"the proxy is restarted":       restart(proxy),
		"the proxy is killed":          crash(proxy),
		"the proxy ends by itself":     func(p *project) { p.docker("exec", p.replica("lb", 1), "bash", "-c", "kill -TERM 1") },
		"the replicas are restarted":   restart(pair),
		"the replicas are killed":      crash(pair),
		"everything is restarted":      restart(everything),
		"everything is killed":         crash(everything),
		"docker compose restart":       func(p *project) { p.compose("restart") },
		"docker compose restart, both": func(p *project) { p.compose(append(both, "restart")...) },
	}
}

func TestTheSameColourServesAfterADisaster(t *testing.T) {
	t.Parallel()
	p := newShop(t)
	p.with("TAG=v1").ok("up")
	p.with("TAG=v2").ok("up")
	for _, c := range []compose.Colour{compose.Blue, compose.Green} {
		p.eventually(string(c)+" is ready", func() bool { return p.run("switch", string(c)).code == 0 })
		for name, strikes := range disasters() {
			t.Logf("%s is active: %s", c, name)
			strikes(p)
			p.answersAgain(versionOf(c))
			assert.Equal(t, *p.status().Active, c)
		}
	}
	p.eventually("blue is ready again", func() bool { return p.run("switch", "blue").code == 0 })
	p.active(compose.Blue, "v1")
	p.sane()
}

// Compose itself knows nothing of an active colour, and need not.
func TestPlainComposeUpRecreatesNothing(t *testing.T) {
	t.Parallel()
	p := twoColours(t)
	for _, c := range []compose.Colour{compose.Blue, compose.Green} {
		p.ok("switch", string(c))
		all := p.containers()
		p.compose("up", "--detach")
		p.untouched(all)
		p.active(c, versionOf(c))
	}
}

// names lists containers' names.
func names(containers map[string]seen) []string {
	var list []string
	for name := range containers {
		list = append(list, name)
	}
	return list
}
