package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// ownSettings are a user's, from before there were two colours.
const ownSettings = `global
    log stdout format raw local0
    maxconn 2000

defaults
    mode http
    option idle-close-on-response
    timeout connect 3s
    timeout client 1m
    timeout server 1m
    timeout tunnel 1h

frontend www
    bind :80
    http-request return status 200 content-type text/plain string "mine" if { path /mine }
`

// withOwnSettings mounts the user's file, and a volume for the state alone.
func withOwnSettings(t *testing.T) string {
	t.Helper()
	return strings.NewReplacer(
		"    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg\n", "",
		`volumes: ["bluegreen:/var/lib/haproxy"]`,
		`volumes: ["./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro", "bluegreen:/var/lib/haproxy"]`,
	).Replace(single(t))
}

// A user's own settings stay theirs: the tool says which lines it needs, does
// nothing before they are there, and releases once they are.
func TestAUsersOwnSettingsNeedOnlyThePrintedLines(t *testing.T) {
	only(t, compose.HAProxy, "the settings are HAProxy's")
	t.Parallel()
	p := newProject(t, withOwnSettings(t))
	p.settings("haproxy.cfg", ownSettings)
	says(t, p.ok("config"), "settings your own, in /usr/local/etc/haproxy/haproxy.cfg", "must have these lines", "backend web_green")
	lines := p.ok("config", "--proxy").stdout

	r := p.with("TAG=v1").fails(8, "lack lines that blue/green releases need", "up")
	for _, line := range []string{"stats socket /var/lib/haproxy/bluegreen/admin.sock", "use_backend web_%", "backend web_green"} {
		assert.Check(t, strings.Contains(lines, line), "%q is not printed:\n%s", line, lines)
		assert.Check(t, strings.Contains(r.stderr, line), "%q is not named: %s", line, r)
	}
	assert.Check(t, len(p.containers()) == 0, "something was made")

	p.settings("haproxy.cfg", pasted(ownSettings, lines))
	p.ok("up")
	p.active(compose.Blue, "v1")
	visitors := p.load(load.Options{URL: p.url()})
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	p.nobodyLost(visitors)
	body, _ := p.fetch(p.url()+"/mine", "")
	assert.Equal(t, body, "mine")

	// Lines that are lost later are missed before anything is touched, too.
	settings, _, _ := strings.Cut(pasted(ownSettings, lines), "backend web_green")
	p.settings("haproxy.cfg", settings)
	p.docker("restart", p.replica("lb", 1))
	before := p.containers()
	p.with("TAG=v3").fails(8, "backend web_green", "up")
	p.untouched(before)
	p.active(compose.Blue, "v1")
}

// settings writes the user's settings, for the proxy's user to read.
func (p *project) settings(file, text string) {
	p.t.Helper()
	p.write(file, text)
	assert.NilError(p.t, os.Chmod(filepath.Join(p.dir, file), 0o644))
}

// pasted puts printed lines where they say: into the sections that are there
// already, the frontend of port 80 among them, or behind all.
func pasted(settings, lines string) string {
	var behind strings.Builder
	into := map[string]string{}
	section := ""
	for line := range strings.Lines(lines) {
		switch {
		case strings.HasPrefix(line, " "):
			if section != "" {
				into[section] += line
				continue
			}
		case strings.HasPrefix(line, "global"):
			section = "global\n"
			continue
		case strings.HasPrefix(line, "frontend port_80"):
			section = "    bind :80\n"
			continue
		default:
			section = ""
		}
		behind.WriteString(line)
	}
	for header, text := range into {
		settings = strings.Replace(settings, header, header+text, 1)
	}
	return settings + "\n" + behind.String()
}

// A user may leave the preview's lines out, and is told so.
func TestAUsersOwnSettingsMayDoWithoutThePreview(t *testing.T) {
	only(t, compose.HAProxy, "the settings are HAProxy's")
	t.Parallel()
	p := newProject(t, withOwnSettings(t)).with("TAG=v1")
	lines := p.ok("config", "--proxy").stdout
	begin, end := strings.Index(lines, "    # The preview"), strings.Index(lines, "if bluegreen:preview\n    use_backend")
	assert.Assert(t, 0 < begin && begin < end, "the preview's lines are not where they were:\n%s", lines)
	without := lines[:begin] + strings.TrimPrefix(lines[end:], "if bluegreen:preview\n")
	p.settings("haproxy.cfg", pasted(ownSettings, without))
	p.ok("up")
	says(t, p.ok("status"), "preview    none: your settings of the proxy lack its lines: docker bluegreen config")
	p.seenBy("idle", "v1")

	p.settings("haproxy.cfg", pasted(ownSettings, lines))
	p.docker("restart", p.replica("lb", 1))
	p.with("TAG=v2").ok("up")
	p.seenBy(p.status().Preview.Token, "v2")
	p.active(compose.Blue, "v1")
}
