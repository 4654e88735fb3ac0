package compose

import (
	"maps"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/cli/cli/command"
	"github.com/docker/compose/v5/pkg/api"
	sdk "github.com/docker/compose/v5/pkg/compose"
)

// Every way in which a value can reach a service is in this project, for each
// could reach the config hash in another form than Compose's.
var hashed = map[string]string{
	"compose.yml": `
name: shop
x-web: &web
  build: {context: ., args: {A: $FROM_DOTENV}}
  image: web:${FROM_DOTENV}
  env_file: [web.env]
  label_file: [web.labels]
  environment: {OWN: "1", FROM_DOTENV: }
  labels: {team: shop}
  deploy: {replicas: 2}
  depends_on: {db: {condition: service_healthy}}
  configs: [{source: motd, target: /etc/motd}]
  networks: [inside, default]
  volumes: ["./data:/data", "state:/state"]
  pre_start: [{command: [warm], environment: {FROM_DOTENV: }}]
  x-bluegreen: {port: 8080}
include: [db/db.yml]
services:
  lb:
    image: haproxy:3.2
    ports: ["8080:80"]
    networks: [inside]
    env_file: [{path: absent.env, required: false}]
    volumes: ["state:/var/lib/haproxy"]
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green, blue-too]}
  api-blue:
    extends: {file: base/api.yml, service: api}
    profiles: [blue]
  api-green:
    extends: {file: base/api.yml, service: api}
    profiles: [green]
  tools: {image: tools, env_file: [web.env], profiles: [tools]}
networks: {inside: {}, unused: {}}
volumes: {state: {}, unused: {}}
configs: {motd: {content: "hello ${FROM_DOTENV}"}}
`,
	"db/db.yml": `
services:
  db:
    image: db:${FROM_DOTENV}
    env_file: [db.env]
    healthcheck: {test: [CMD, ok]}
`,
	"base/api.yml": `
services:
  api:
    image: api
    env_file: [api.env]
    networks: [inside]
    scale: 3
    x-bluegreen: {port: 80, path: /api}
`,
	".env":         "FROM_DOTENV=one\n",
	"web.env":      "A=1\nB=${FROM_DOTENV}\nOWN=2\n",
	"web.labels":   "from=file\n",
	"db/db.env":    "DB=1\n",
	"base/api.env": "API=1\n",
}

func TestHashesAreComposes(t *testing.T) {
	enter(t, hashed)
	t.Setenv("COMPOSE_PROFILES", "tools")
	ours := mustLoad(t, Options{}).Source
	theirs := sdkLoad(t, "tools", string(Blue), string(Green))

	if got, want := names(ours.AllServices()), names(theirs.AllServices()); !slices.Equal(got, want) {
		t.Fatalf("services: got %v, want %v", got, want)
	}
	for name, service := range theirs.Services {
		got := ours.AllServices()[name]
		equal(t, name+"'s hash", serviceHash(t, got), serviceHash(t, service))
		if !maps.Equal(got.CustomLabels, service.CustomLabels) {
			t.Errorf("%s's labels: got %v, want %v", name, got.CustomLabels, service.CustomLabels)
		}
	}
	equal(t, "networks", ours.NetworkNames(), theirs.NetworkNames())
	for name, network := range theirs.Networks {
		equal(t, name+"'s hash", networkHash(t, ours.Networks[name]), networkHash(t, network))
	}
	equal(t, "volumes", ours.Volumes, theirs.Volumes)
	equal(t, "configs", ours.Configs, theirs.Configs)
	equal(t, "environment", ours.Environment, theirs.Environment)
	equal(t, "directory", ours.WorkingDir, theirs.WorkingDir)
}

// A person who starts one colour with plain Compose gets the same containers.
func TestOneColourHasTheSameHash(t *testing.T) {
	enter(t, hashed)
	ours := mustLoad(t, Options{}).Source
	for _, colour := range Colours() {
		theirs := sdkLoad(t, string(colour))
		for name, service := range theirs.Services {
			equal(t, name+"'s hash", serviceHash(t, ours.AllServices()[name]), serviceHash(t, service))
		}
	}
}

// sdkLoad loads the project as docker compose up does.
func sdkLoad(t *testing.T, profiles ...string) *types.Project {
	t.Helper()
	docker, err := command.NewDockerCli()
	if err != nil {
		t.Fatal(err)
	}
	service, err := sdk.NewComposeService(docker)
	if err != nil {
		t.Fatal(err)
	}
	project, err := service.LoadProject(t.Context(), api.ProjectLoadOptions{
		Profiles:          profiles,
		ProjectOptionsFns: []cli.ProjectOptionsFn{cli.WithoutEnvironmentResolution},
	})
	if err != nil {
		t.Fatal(err)
	}
	project, err = project.WithServicesEnvironmentResolved(true)
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func serviceHash(t *testing.T, s types.ServiceConfig) string {
	t.Helper()
	hash, err := sdk.ServiceHash(s)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func networkHash(t *testing.T, n types.NetworkConfig) string {
	t.Helper()
	hash, err := sdk.NetworkHash(&n)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func names(services types.Services) []string {
	return slices.Sorted(maps.Keys(services))
}
