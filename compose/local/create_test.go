package local_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
)

func TestCreateLeavesAllElseAlone(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.up("db", "web-green")
	s.create("lb")
	before := s.ages("db", "web-green", "lb")

	s.load(parts{
		web:  "environment: {RELEASE: \"2\"}",
		over: "  lb: {environment: {CHANGED: 1}}\n  db: {environment: {CHANGED: 1}}",
	})
	s.up("web-blue")
	if after := s.ages("db", "web-green", "lb"); !maps.Equal(before, after) {
		t.Errorf("before %v\nafter %v", before, after)
	}
	if n := len(s.containers("web-blue")); n != 2 {
		t.Errorf("%d containers of web-blue", n)
	}
}

func TestCreateMakesWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.create("web-blue")
	first := s.ages("web-blue")
	s.create("web-blue")
	if again := s.ages("web-blue"); !maps.Equal(first, again) {
		t.Errorf("made again: %v, %v", first, again)
	}

	s.ok(s.project.SetReplicas("web", 3))
	s.create("web-blue")
	third := s.containers("web-blue")
	if len(third) != 3 || third[2].Number != 3 || third[2].Name != s.name+"-web-blue-3" {
		t.Errorf("%+v", third)
	}

	s.ok(s.project.SetReplicas("web", 1))
	s.ok(s.project.SetImage("web", "hello:other")) // not even looked at
	s.ok(s.Create(t.Context(), []string{"web-blue"}))
	if n := len(s.containers("web-blue")); n != 3 {
		t.Errorf("%d containers are left of 3", n)
	}
}

func TestCreateMarksTheProxy(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	spec := s.create("lb")[0]
	lb := s.containers("lb")[0]
	if lb.Labels[compose.ProxyLabel] != "haproxy" || lb.Labels[compose.VolumeLabel] != "/var/lib/haproxy" {
		t.Errorf("labels %v", lb.Labels)
	}
	if !spec.UpToDate(lb) {
		t.Errorf("the labels count in the hash: %+v, %+v", spec, lb)
	}
}

func TestCreateKeepsDependenciesForCompose(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "depends_on: {db: {condition: service_started, restart: true}}"})
	s.create("web-blue")
	c := s.containers("web-blue")[0]
	if got := c.Labels[api.DependenciesLabel]; got != "db:service_started:true" {
		t.Errorf("depends_on label %q", got)
	}
	if len(s.containers("db")) != 0 {
		t.Error("the dependency was made too")
	}
}

func TestCreateRefusesAChangedNetwork(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.up("web-green")
	before := s.ages("web-green")
	s.load(parts{top: "networks: {default: {labels: {changed: \"1\"}}}"})
	drifted(t, s.Create(t.Context(), []string{"web-blue"}), "network", s.name+"_default")
	drifted(t, s.Converge(t.Context(), []string{"db"}), "network", s.name+"_default")
	if after := s.ages("web-green", "web-blue", "db"); !maps.Equal(before, after) {
		t.Errorf("before %v, after %v", before, after)
	}
}

func TestCreateRefusesAChangedVolume(t *testing.T) {
	t.Parallel()
	const cache = "volumes: [\"cache:/cache\"]"
	s := newStage(t, parts{web: cache, top: "  cache: {}"})
	s.create("web-green")
	volume := s.name + "_cache"
	made := s.volume(volume)
	s.load(parts{web: cache, top: "  cache: {labels: {changed: \"1\"}}"})
	drifted(t, s.Create(t.Context(), []string{"web-blue"}), "volume", volume)
	if now := s.volume(volume); now != made {
		t.Errorf("made anew: %s, %s", made, now)
	}
	if n := len(s.containers("web-blue")); n != 0 {
		t.Errorf("%d containers were made", n)
	}
}

// volume tells when a volume was made.
func (s *stage) volume(name string) string {
	s.t.Helper()
	found, err := s.cli.Client().VolumeInspect(s.t.Context(), name, client.VolumeInspectOptions{})
	s.ok(err)
	return found.Volume.CreatedAt
}

func drifted(t *testing.T, err error, kind, name string) {
	t.Helper()
	var drift *local.DriftError
	if !errors.As(err, &drift) || drift.Kind != kind || drift.Name != name {
		t.Fatalf("want a DriftError of %s %s, got %v", kind, name, err)
	}
	if !strings.Contains(drift.Hint(), "docker bluegreen down") {
		t.Errorf("hint %q", drift.Hint())
	}
}

func TestCreateNeedsAFile(t *testing.T) {
	t.Parallel()
	e := local.New(newCLI(t), "nobody", nil, nil)
	if err := e.Create(t.Context(), []string{"web-blue"}); err == nil || !strings.Contains(err.Error(), "no Compose file") {
		t.Errorf("%v", err)
	}
}

func TestCreateNamesAnUnknownService(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	err := s.Create(t.Context(), []string{"web-red"})
	if err == nil || !strings.Contains(err.Error(), `"web-red"`) {
		t.Errorf("%v", err)
	}
}
