package e2e

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// ownTraefik is a project behind a Traefik whose settings are a user's own,
// HERE says where.
const ownTraefik = `name: NAME
x-bluegreen: {wait_timeout: 150s}
x-web: &web
  image: hello:${TAG:-v1}
  healthcheck: {test: [CMD, /hello, health], interval: 5s, timeout: 20s, retries: 20}
  x-bluegreen: {port: 8080, health: /healthz, listen: 80}
x-safe: &safe {<<: *web, x-bluegreen: {port: 8080, health: /healthz, listen: 443, host: shop.example}}
services:
  lb:
    image: ${TRAEFIK_IMAGE}
    ports: ["127.0.0.1:${PORT}:80", "127.0.0.1:${TCP_PORT}:443"]
    restart: always
HERE
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
  safe-blue: {<<: *safe, profiles: [blue]}
  safe-green: {<<: *safe, profiles: [green]}
volumes: {bluegreen: {}}
`

// theirs are settings from before there were two colours, with a resolver of
// certificates that reaches nobody.
const theirs = `entryPoints:
  web: {address: ":80"}
  websecure: {address: ":443", http: {tls: {certResolver: le}}}
certificatesResolvers:
  le: {acme: {email: ann@example.com, storage: /etc/traefik/dynamic/acme.json, caServer: "http://127.0.0.1:9/directory", tlsChallenge: {}}}
`

// needed are the lines that releases need.
const needed = `
api: {}
providers: {file: {directory: /etc/traefik/dynamic}}
`

// withTheirs is the project whose settings are in a file.
func withTheirs() string {
	return strings.Replace(ownTraefik, "HERE", `    environment: {GENERATION: "${GENERATION:-1}"}
    volumes: ["./traefik.yml:/etc/traefik/traefik.yml:ro", "bluegreen:/etc/traefik/dynamic"]`, 1)
}

// A user's own Traefik stays theirs, its resolver of certificates included: the
// tool says which lines it needs, does nothing before they are there, and
// releases once they are.
func TestAUsersOwnTraefikNeedsOnlyThePrintedLines(t *testing.T) {
	only(t, compose.Traefik, "the settings are Traefik's")
	t.Parallel()
	p := newProject(t, withTheirs())
	p.settings("traefik.yml", theirs+needed)
	says(t, p.ok("config"), "settings your own, in /etc/traefik/traefik.yml", "must have these lines", `bluegreen: {address: "127.0.0.1:61919"}`)
	p.with("TAG=v1").fails(8, `bluegreen: {address: "127.0.0.1:61919"}`, "up")
	assert.Check(t, len(p.containers()) == 0, "something was made")

	p.settings("traefik.yml", strings.Replace(theirs, "  web:", "  bluegreen: {address: \"127.0.0.1:61919\"}\n  web:", 1)+needed)
	p.ok("up")
	p.active(compose.Blue, "v1")
	p.resolves("le")
	visitors := p.load(load.Options{URL: p.url()})
	p.with("TAG=v2").ok("deploy")
	p.active(compose.Green, "v2")
	p.resolves("le")
	p.ok("rollback")
	p.active(compose.Blue, "v1")
	says(t, p.ok("proxy", "reload"), "has taken its settings; blue takes all traffic")
	p.nobodyLost(visitors)

	// What is read at the start alone is not reloaded. What Traefik cannot read
	// is refused before it is stopped, and so is what lacks a line.
	settings := strings.Replace(theirs, "  web:", "  bluegreen: {address: \"127.0.0.1:61919\"}\n  web:", 1) + needed
	p.settings("traefik.yml", strings.Replace(settings, "  web:", "  more: {address: \":81\"}\n  web:", 1))
	p.fails(8, `the entry point more at ":81", and Traefik reads those only when it starts`, "proxy", "reload")
	before := p.containers()
	p.with("GENERATION=2")
	p.settings("traefik.yml", settings+"log: [\n")
	p.fails(8, "mend the file", "proxy", "upgrade", "--yes")
	p.settings("traefik.yml", settings+"log: {level: [1], nonsense: 1}\n")
	p.fails(8, "Traefik rejects its static settings: ", "proxy", "upgrade", "--yes")
	p.settings("traefik.yml", strings.Replace(settings, "api: {}", "", 1))
	p.fails(8, "lack lines that blue/green releases need", "proxy", "upgrade", "--yes")
	p.untouched(before)
	p.active(compose.Blue, "v1")

	p.settings("traefik.yml", settings)
	p.ok("proxy", "upgrade", "--yes")
	assert.Equal(t, p.generation(), "2")
	p.active(compose.Blue, "v1")
	p.resolves("le")

	// Nothing of the container tells that a file in it has changed.
	p.settings("traefik.yml", strings.Replace(settings, "  web:", "  more: {address: \":81\"}\n  web:", 1))
	says(t, p.ok("proxy", "upgrade"), "nothing to do: lb runs as the file says")
	p.fails(8, "docker bluegreen proxy upgrade --force", "proxy", "reload")
	p.ok("proxy", "upgrade", "--force", "--yes")
	p.ok("proxy", "reload")
	p.active(compose.Blue, "v1")
	p.resolves("le")
}

// resolves asserts by Traefik's own API that the tool's router on the port with
// TLS has the resolver of the user's entry point, and that nothing else has.
func (p *project) resolves(resolver string) {
	p.t.Helper()
	p.eventually("the router is there", func() bool {
		safe, web := p.router("bluegreen-safe@file"), p.router("bluegreen-web@file")
		return strings.Contains(safe, fmt.Sprintf(`"certResolver":%q`, resolver)) &&
			strings.Contains(web, `"status":"enabled"`) && !strings.Contains(web, "certResolver")
	})
}

// router is what Traefik's API says of a router, asked from within.
func (p *project) router(name string) string {
	p.t.Helper()
	return p.docker("exec", p.proxy(), "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/61919 && "+
		`printf 'GET /api/http/routers/`+name+` HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 && cat <&3`)
}

// Variables and TOML are as good as flags and YAML.
func TestAUsersOwnTraefikInVariablesOrTOML(t *testing.T) {
	only(t, compose.Traefik, "the settings are Traefik's")
	for name, here := range map[string]string{
		"variables": `    environment:
      TRAEFIK_API: "true"
      TRAEFIK_ENTRYPOINTS_WEB_ADDRESS: ":80"
      TRAEFIK_ENTRYPOINTS_SAFE_ADDRESS: ":443"
      TRAEFIK_ENTRYPOINTS_BLUEGREEN_ADDRESS: "127.0.0.1:61919"
      TRAEFIK_PROVIDERS_FILE_DIRECTORY: /etc/traefik/dynamic
      GENERATION: "${GENERATION:-1}"
    volumes: ["bluegreen:/etc/traefik/dynamic"]`,
		"TOML": `    environment: {GENERATION: "${GENERATION:-1}"}
    volumes: ["./traefik.toml:/etc/traefik/traefik.toml:ro", "bluegreen:/etc/traefik/dynamic"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, strings.Replace(ownTraefik, "HERE", here, 1))
			p.settings("traefik.toml", `[api]
[entryPoints]
  web = {address = ":80"}
  safe = {address = ":443"}
  bluegreen = {address = "127.0.0.1:61919"}
[providers.file]
  directory = "/etc/traefik/dynamic"
`)
			p.with("TAG=v1").ok("up")
			p.with("TAG=v2").ok("deploy")
			p.active(compose.Green, "v2")
			p.with("GENERATION=2").ok("proxy", "upgrade", "--yes")
			assert.Equal(t, p.generation(), "2")
			p.active(compose.Green, "v2")
			p.ok("rollback")
			p.active(compose.Blue, "v1")
		})
	}
}
