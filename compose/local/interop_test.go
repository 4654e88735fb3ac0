package local_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"
	sdk "github.com/docker/compose/v5/pkg/compose"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// rich uses what is apt to change a config hash between loaders.
var rich = parts{
	web: `env_file: [web.env, {path: none.env, required: false}]
  environment: {FROM_SHELL: null, PLAIN: x}
  configs: [{source: written, target: /etc/written}, {source: inline, target: /etc/inline}]
  secrets: [token]
  depends_on: {db: {condition: service_started}}
  build: {context: ., args: {A: b}}
  volumes: ["data:/data", "./web.env:/web.env:ro"]
  networks: {front: {aliases: [web]}, default: {}}
  ulimits: {nofile: 1024}`,
	services: `
  base: {image: "hello:local", environment: {BASE: 1}, stop_grace_period: 1s}
  extended: {extends: base, command: [serve]}
  sidecar: {image: "hello:local", network_mode: "service:db", volumes_from: ["db:ro"], stop_grace_period: 1s}`,
	top: `  data: {labels: {keep: "1"}}
networks: {front: {internal: true}}
configs: {written: {file: ./web.env}, inline: {content: "text"}}
secrets: {token: {file: ./web.env}}`,
}

func richStage(t *testing.T) *stage {
	s := newStage(t, parts{})
	s.write("web.env", "FROM_FILE=${PLAIN}\n")
	s.load(rich)
	return s
}

func TestSpecsAreThoseOfTheContainers(t *testing.T) {
	t.Parallel()
	s := richStage(t)
	for _, services := range [][]string{{"db"}, {"web-blue", "web-green"}, {"sidecar", "extended", "base", "lb"}} {
		specs := s.create(services...)
		for i, spec := range specs {
			if spec.Service != services[i] {
				t.Errorf("spec %d is of %s, asked for %s", i, spec.Service, services[i])
			}
			found := s.containers(spec.Service)
			if len(found) != spec.Replicas {
				t.Errorf("%s: %d containers for %d replicas", spec.Service, len(found), spec.Replicas)
			}
			for _, c := range found {
				if !spec.UpToDate(c) || spec.Image != c.Image {
					t.Errorf("spec %+v\ncontainer %+v", spec, c)
				}
			}
		}
	}
}

// Compose itself, with the file and both profiles, must find nothing to do.
func TestComposeRecreatesNothing(t *testing.T) {
	t.Parallel()
	s := richStage(t)
	all := []string{"db", "sidecar", "base", "extended", "lb", "web-blue", "web-green"}
	s.create("db")
	s.create(all...)
	s.ok(s.Start(t.Context(), all))
	before := s.ages(all...)

	p := s.byCompose(s.name, string(compose.Blue), string(compose.Green))
	s.converge(p)
	if after := s.ages(all...); !maps.Equal(before, after) {
		t.Errorf("before %v\nafter %v", before, after)
	}
}

// Containers differ from Compose's own in nothing but their names.
func TestLabelsAreThoseOfCompose(t *testing.T) {
	t.Parallel()
	s := richStage(t)
	s.create("db")
	s.create("web-blue")
	ours := s.containers("web-blue")[0].Labels

	s.ok(s.Remove(t.Context(), []string{s.containers("web-blue")[0].ID, s.containers("web-blue")[1].ID}))
	s.converge(s.byCompose(s.name, string(compose.Blue)))
	if theirs := s.containers("web-blue")[0].Labels; !maps.Equal(ours, theirs) {
		t.Errorf("ours %v\ntheirs %v", ours, theirs)
	}
}

// byCompose loads the file as Compose's command line does.
func (s *stage) byCompose(name string, profiles ...string) *types.Project {
	s.t.Helper()
	service, err := sdk.NewComposeService(s.cli)
	s.ok(err)
	files := []string{filepath.Join(s.dir, "compose.yaml"), filepath.Join(s.dir, "override.yaml")}
	p, err := service.LoadProject(s.t.Context(), api.ProjectLoadOptions{
		ProjectName: name, ConfigPaths: files, Profiles: profiles,
		ProjectOptionsFns: []cli.ProjectOptionsFn{cli.WithoutEnvironmentResolution},
	})
	s.ok(err)
	p, err = p.WithServicesEnvironmentResolved(true)
	s.ok(err)
	return p
}

// converge does what `docker compose up --no-start` does, one container after
// the other, for the SDK has a race of its own (see concurrency).
func (s *stage) converge(p *types.Project) {
	s.t.Helper()
	service, err := sdk.NewComposeService(s.cli, sdk.WithStreams(s.cli.Out(), s.cli.Err(), strings.NewReader("")), sdk.WithMaxConcurrency(1))
	s.ok(err)
	s.ok(service.Create(s.t.Context(), p, api.CreateOptions{
		Build:    &api.BuildOptions{},
		Recreate: api.RecreateDiverged, RecreateDependencies: api.RecreateDiverged, Inherit: true,
	}))
}
