package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// shop is a project like many: a pair that needs a database and a migration,
// and takes settings from files. Its checks are quick, and the environment
// says what the next release is like.
const shop = `
name: NAME
x-hello: &hello
  image: hello:${TAG:-v1}
  restart: ${RESTART:-always}
  env_file: [web.env]
  configs: [greeting]
  secrets: [token]
  environment: &settings
    FAIL_START: "${FAIL_START:-}"
    FAIL_HEALTH: "${FAIL_HEALTH:-}"
    HEALTH_DELAY: "${HEALTH_DELAY:-}"
    START_DELAY: "${START_DELAY:-}"
` + healthcheck + `  x-bluegreen: {port: 8080, health: /healthz}
x-migrate: &migrate
  image: hello:${TAG:-v1}
  command: [migrate]
  environment: {MIGRATE_EXIT: "${MIGRATE_EXIT:-0}"}
services:
  lb:
    image: ${HAPROXY_IMAGE}
    command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg
    ports: ["127.0.0.1:${PORT}:80"]
    volumes: ["bluegreen:/var/lib/haproxy"]
    restart: always
  db:
    image: hello:${DB_TAG:-v1}
    environment: {HEALTH_DELAY: "${DB_DELAY:-}"}
    healthcheck: {test: [CMD, /hello, health], interval: 5s, timeout: 30s, retries: 40}
    restart: always
  migrate-blue: {<<: *migrate, profiles: [blue]}
  migrate-green: {<<: *migrate, profiles: [green]}
  web-blue:
    <<: *hello
    profiles: [blue]
    depends_on: {db: {condition: service_healthy}, migrate-blue: {condition: service_completed_successfully}}
  web-green:
    <<: *hello
    profiles: [green]
    depends_on: {db: {condition: service_healthy}, migrate-green: {condition: service_completed_successfully}}
configs:
  greeting: {file: greeting.txt}
secrets:
  token: {file: token.txt}
volumes:
  bluegreen: {}
`

// healthcheck is that of the shop's pair.
const healthcheck = `  healthcheck:
    {test: [CMD, /hello, health], interval: 3s, timeout: 30s, retries: 4, start_period: "${START_PERIOD:-0s}"}
`

// newShop makes a project of the shop's file and the files that it names.
func newShop(t *testing.T) *project {
	t.Helper()
	p := newProject(t, shop)
	p.write("web.env", "GREETING=hello\n")
	p.write("greeting.txt", "hello\n")
	p.write("token.txt", "secret\n")
	return p
}

// edit changes the project's file; what is to be replaced must be there.
func (p *project) edit(oldText, newText string) {
	p.t.Helper()
	oldText, newText = behind.lines.Replace(oldText), behind.lines.Replace(newText)
	const name = "compose.blue-green.yml"
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	assert.NilError(p.t, err)
	assert.Assert(p.t, strings.Contains(string(text), oldText), "the file has no %q", oldText)
	p.write(name, strings.ReplaceAll(string(text), oldText, newText))
}
