package e2e

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// How a project is found and put together is Compose's own business, so each
// way that Compose knows must lead to the same release.
func TestAProjectOfManyFilesIsReleased(t *testing.T) {
	long(t)
	t.Parallel()
	p := newProject(t, "name: NAME\ninclude: [edge.yaml]\nservices:\n"+
		"  web-blue: {extends: {file: web.yaml, service: web}, profiles: [blue]}\n"+
		"  web-green: {extends: {file: web.yaml, service: web}, profiles: [green]}\n")
	p.write("web.yaml", "services:\n"+
		"  web:\n    image: hello:${TAG:?say which version}\n    environment: {GREETING: \"${GREETING}\"}\n"+
		"    healthcheck: {test: [CMD, /hello, health], interval: 1s}\n    x-bluegreen: {port: 8080, health: /healthz}\n")
	p.write("edge.yaml", "services:\n"+
		"  lb:\n    image: ${HAPROXY_IMAGE}\n    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg\n"+
		"    ports: [\"127.0.0.1:${PORT}:80\"]\n    volumes: [\"bluegreen:/var/lib/haproxy\"]\nvolumes: {bluegreen: {}}\n")
	p.write("more.yaml", "services:\n  web-blue: {labels: {extra: \"yes\"}}\n  web-green: {labels: {extra: \"yes\"}}\n")
	p.write(".env", "TAG=v1\nGREETING=hi\n")
	p.write("second.env", "TAG=v2\nGREETING=servus\n")

	files := []string{"-f", "compose.blue-green.yml", "-f", "more.yaml"}
	p.ok(append(files, "up")...)
	p.active(compose.Blue, "v1")
	p.carries("web-blue", "hi")
	p.ok(append(files, "--env-file", "second.env", "deploy")...)
	p.active(compose.Green, "v2")
	p.carries("web-green", "servus")

	p.with("COMPOSE_FILE=compose.blue-green.yml:more.yaml", "TAG=v3")
	says(t, p.ok("up"), "blue is up", "hello:v3")
	p.carries("web-blue", "hi")
	p.ok("switch")
	p.active(compose.Blue, "v3")
}

// carries asserts what a service's container got from all of the files.
func (p *project) carries(service, greeting string) {
	p.t.Helper()
	got := p.docker("inspect", "--format", `{{index .Config.Labels "extra"}} {{.Config.Env}}`, p.replica(service, 1))
	assert.Check(p.t, strings.HasPrefix(got, "yes ") && strings.Contains(got, "GREETING="+greeting), "%s", got)
}

// A broken rule is one sentence with file, service and fix, and nothing of
// the project is made.
func TestABrokenFileTouchesNothing(t *testing.T) {
	once(t)
	t.Parallel()
	const green = "  web-green: {<<: *web, profiles: [green]}"
	unkept := "single file" // what is wrong with it
	if behind.kind == compose.Traefik {
		unkept = "watches no directory"
	}
	for name, broken := range map[string]struct {
		old, new string
		said     []string
	}{
		"a colour without its twin":     {green, "", []string{`:31: service "web-blue": has no twin in green`, "add web-green"}},
		"twins that differ in port":     {green, "  web-green: {<<: *web, profiles: [green], x-bluegreen: {port: 9090}}", []string{`service "web-green"`, "9090", "8080"}},
		"no proxy":                      {"${HAPROXY_IMAGE:-haproxy:3.2}", "nginx", []string{"has no proxy", "add a service with an haproxy or traefik image"}},
		"container_name on a colour":    {green, "  web-green: {<<: *web, profiles: [green], container_name: shop}", []string{`service "web-green"`, "container_name"}},
		"ports on a colour":             {green, "  web-green: {<<: *web, profiles: [green], ports: ['81:80']}", []string{`service "web-green"`, "ports"}},
		"shared depends on a colour":    {green, green + "\n  worker: {image: \"hello:v1\", depends_on: [web-green]}", []string{`service "worker"`, "web-green"}},
		"an unknown key":                {"health: /healthz", "heath: /healthz", []string{"x-bluegreen.heath is not a known key", `did you mean "health"`}},
		"a single file keeps the state": {`["bluegreen:/var/lib/haproxy"]`, `["./compose.blue-green.yml:/var/lib/haproxy/haproxy.cfg"]`, []string{`service "lb"`, unkept}},
		"not YAML":                      {"name: NAME", "name: [", []string{"not valid YAML"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, strings.Replace(single(t), broken.old, broken.new, 1))
			for _, verb := range []string{"up", "config"} {
				r := p.fails(8, "compose.blue-green.yml", verb)
				for _, text := range append(broken.said, "hint: ") {
					assert.Check(t, strings.Contains(r.stderr, text), "want %q: %s", text, r)
				}
			}
			p.madeNothing()
		})
	}
}

// madeNothing asserts that the engine has nothing of the project.
func (p *project) madeNothing() {
	p.t.Helper()
	for _, list := range [][]string{{"ps", "--all"}, {"network", "ls"}, {"volume", "ls"}} {
		words := append(list, "--quiet", "--filter", "label=com.docker.compose.project="+p.name)
		assert.Check(p.t, p.docker(words...) == "", "docker %v", list)
	}
}

func TestAMissingFileSaysWhereToLook(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, single(t))
	p.fails(8, "absent.yaml", "-f", "absent.yaml", "up")
	p.fails(8, "absent.env", "--env-file", "absent.env", "up")
	p.madeNothing()
}
