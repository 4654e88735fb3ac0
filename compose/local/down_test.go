package local_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
)

// left lists what carries the project's label.
func (s *stage) left() []string {
	s.t.Helper()
	label := client.Filters{}.Add("label", api.ProjectLabel+"="+s.name)
	containers, err := s.cli.Client().ContainerList(s.t.Context(), client.ContainerListOptions{All: true, Filters: label})
	s.ok(err)
	networks, err := s.cli.Client().NetworkList(s.t.Context(), client.NetworkListOptions{Filters: label})
	s.ok(err)
	volumes, err := s.cli.Client().VolumeList(s.t.Context(), client.VolumeListOptions{Filters: label})
	s.ok(err)
	var left []string
	for _, c := range containers.Items {
		left = append(left, c.Names[0])
	}
	for _, n := range networks.Items {
		left = append(left, n.Name)
	}
	for _, v := range volumes.Items {
		left = append(left, v.Name)
	}
	return left
}

// leaveHelper makes what a client leaves that is killed at the wrong moment.
func (s *stage) leaveHelper() {
	s.t.Helper()
	_, err := s.cli.Client().ContainerCreate(s.t.Context(), client.ContainerCreateOptions{
		Config: &container.Config{
			Image:  "hello:local",
			Labels: map[string]string{api.ProjectLabel: s.name, compose.HelperLabel: s.name},
		},
		HostConfig: &container.HostConfig{Binds: []string{s.name + "_state:/state"}},
	})
	s.ok(err)
}

func TestDown(t *testing.T) {
	t.Parallel()
	for name, withFile := range map[string]bool{"with the file": true, "by labels": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, parts{})
			s.create("db", "lb")
			s.up("web-blue", "web-green")
			s.leaveHelper()
			e := s.Engine
			if !withFile {
				e = local.New(s.cli, s.name, nil, nil)
			}
			s.ok(e.Down(t.Context(), compose.DownOptions{}))
			if left := s.left(); !slices.Equal(left, []string{s.name + "_state"}) {
				t.Errorf("left: %v", left)
			}
			s.ok(e.Down(t.Context(), compose.DownOptions{Volumes: true}))
			if left := s.left(); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

func TestProjectsIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.create("db")
	found, err := local.ProjectsIn(t.Context(), s.cli, s.dir)
	s.ok(err)
	if !slices.Equal(found, []string{s.name}) {
		t.Errorf("%v", found)
	}
	found, err = local.ProjectsIn(t.Context(), s.cli, t.TempDir())
	if len(found) != 0 || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: jobs})
	s.create("migrate", "broken")
	s.ok(s.Finish(t.Context(), []string{"migrate"}))
	var out, errs bytes.Buffer
	s.ok(s.Logs(t.Context(), compose.LogOptions{
		Services: []string{"migrate"},
		Paint:    func(container, text string) string { return strings.ToUpper(container) + text[len(container):] },
	}, &out, &errs))
	if out.String() != "MIGRATE-1 | migrated\n" || errs.Len() != 0 {
		t.Errorf("out %q, errs %q", out.String(), errs.String())
	}
}

func TestConverge(t *testing.T) {
	t.Parallel()
	const more = `
  app: {image: "hello:local", stop_grace_period: 1s, depends_on: {migrate: {condition: service_completed_successfully}, db: {condition: service_started}}}
  migrate: {image: "hello:local", command: [migrate], depends_on: [db]}`
	s := newStage(t, parts{services: more})
	s.up("web-blue")
	all := []string{"app", "db", "migrate"}
	s.ok(s.Converge(t.Context(), all))
	if app, migrate := s.containers("app")[0], s.containers("migrate")[0]; !app.Ready() || migrate.State != "exited" {
		t.Errorf("app %+v, migrate %+v", app, migrate)
	}
	blue, db := s.ages("web-blue"), s.ages("db")

	s.load(parts{services: more, over: "  app: {environment: {CHANGED: 1}}"})
	before := s.containers("app")[0].ID
	s.ok(s.Converge(t.Context(), all))
	if s.containers("app")[0].ID == before || !s.containers("app")[0].Ready() {
		t.Error("what changed was not replaced")
	}
	for id, started := range s.ages("web-blue", "db") {
		if blue[id] != started && db[id] != started {
			t.Errorf("%s was started again", id)
		}
	}
}
