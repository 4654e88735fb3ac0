package local_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
)

func TestResolveSaysWhatTheFileWants(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	image, err := s.cli.Client().ImageInspect(t.Context(), "hello:local")
	s.ok(err)
	specs, err := s.Resolve(t.Context(), []string{"web-green", "db"}, compose.ImagePolicy{})
	s.ok(err)
	if len(specs) != 2 || specs[0].Service != "web-green" || specs[1].Service != "db" {
		t.Fatalf("%+v", specs)
	}
	if got := specs[0]; got.Image != "hello:local" || got.ImageID != image.ID || got.Replicas != 2 || got.ConfigHash == "" {
		t.Errorf("%+v", got)
	}
}

func TestResolveTellsAMissingImage(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{over: "  db: {image: \"bluegreen.invalid/nothing:here\"}"})
	looked, err := s.Resolve(t.Context(), []string{"db"}, compose.ImagePolicy{LookOnly: true})
	s.ok(err)
	if looked[0].ImageID != "" || looked[0].ConfigHash == "" {
		t.Errorf("%+v", looked[0])
	}
	for policy, hint := range map[compose.Pull]string{
		compose.PullNever:   "--pull missing",
		compose.PullMissing: "docker pull bluegreen.invalid/nothing:here",
	} {
		_, err := s.Resolve(t.Context(), []string{"db"}, compose.ImagePolicy{Pull: policy})
		var missing *local.ImageError
		if !errors.As(err, &missing) || missing.Service != "db" {
			t.Fatalf("pull %s: %v", policy, err)
		}
		if !strings.Contains(missing.Hint(), hint) {
			t.Errorf("pull %s: hint %q", policy, missing.Hint())
		}
	}
}

func TestResolveBuilds(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	image := "hello:" + s.name
	s.load(parts{web: "build: .\n  image: " + image})
	t.Cleanup(func() { s.ok(removeImage(s.cli, image)) })
	resolve := func(policy compose.ImagePolicy) string {
		t.Helper()
		specs, err := s.Resolve(t.Context(), []string{"web-blue"}, policy)
		s.ok(err)
		return specs[0].ImageID
	}
	if id := resolve(compose.ImagePolicy{LookOnly: true, Build: true}); id != "" {
		t.Errorf("a look has built %s", id)
	}
	first := resolve(compose.ImagePolicy{}) // it is missing
	s.write("Dockerfile", "FROM hello:local\nENV SECOND=1\n")
	if again := resolve(compose.ImagePolicy{}); again != first {
		t.Errorf("built again, unasked: %s", again)
	}
	if second := resolve(compose.ImagePolicy{Build: true}); second == first || second == "" {
		t.Errorf("not built: %s", second)
	}
	s.write("Dockerfile", "FROM hello:local\nCOPY nothing /\n")
	_, err := s.Resolve(t.Context(), []string{"web-blue"}, compose.ImagePolicy{Build: true})
	if err == nil || !strings.HasPrefix(err.Error(), "build web-blue: ") {
		t.Errorf("%v", err)
	}
	s.sawBuild()
}

// sawBuild checks that the builder's own words were reported.
func (s *stage) sawBuild() {
	s.t.Helper()
	for _, e := range s.events.all() {
		if e.Subject == "build" && strings.Contains(e.Text, "FROM hello:local") {
			return
		}
	}
	s.t.Errorf("no output of the build in %+v", s.events.all())
}

func TestResolveNeedsAFile(t *testing.T) {
	t.Parallel()
	_, err := local.New(newCLI(t), "nobody", nil, nil).Resolve(t.Context(), []string{"web-blue"}, compose.ImagePolicy{})
	if err == nil || !strings.Contains(err.Error(), "no Compose file is loaded") {
		t.Errorf("%v", err)
	}
}
