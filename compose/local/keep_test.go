package local_test

import (
	"context"
	"slices"
	"testing"

	"github.com/containerd/errdefs"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// keeps gives the image of the tests a name by which it is kept.
func (s *stage) keeps(unit, release string) (name, id string) {
	s.t.Helper()
	found, err := s.cli.Client().ImageInspect(s.t.Context(), "hello:local")
	if err != nil {
		s.t.Fatal(err)
	}
	name = compose.KeptRef(s.name, unit, release)
	if err := s.Keep(s.t.Context(), "hello:local", found.ID, name); err != nil {
		s.t.Fatal(err)
	}
	return name, found.ID
}

func TestAKeptNameIsForgottenAndNoOther(t *testing.T) {
	s := newStage(t, parts{})
	ctx := t.Context()
	name, id := s.keeps("web", "r1")
	second, _ := s.keeps("Web", "r1") // a name that an image cannot have
	kept, err := s.Kept(ctx)
	if err != nil || len(kept) != 2 || !slices.Contains(kept, name) || !slices.Contains(kept, second) {
		t.Fatalf("%v, %v", kept, err)
	}
	if err := s.Keep(ctx, "hello:local", "sha256:0000000000000000000000000000000000000000000000000000000000000000", name); err == nil {
		t.Error("another image was kept than the one that was meant")
	}
	if err := s.Forget(ctx, []string{"hello:local"}); err == nil {
		t.Error("a name of the user's was taken")
	}
	spare, last, err := s.Spare(ctx)
	if err != nil || len(spare) != 2 || len(last) != 0 {
		t.Errorf("%v, %v, %v", spare, last, err)
	}
	if err := s.Forget(ctx, kept); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(ctx, kept); err != nil {
		t.Errorf("twice: %v", err)
	}
	if kept, err := s.Kept(ctx); err != nil || len(kept) > 0 {
		t.Errorf("%v, %v", kept, err)
	}
	if found, err := s.cli.Client().ImageInspect(ctx, "hello:local"); err != nil || found.ID != id {
		t.Errorf("the user's own name: %v", err)
	}
}

// A pinned service is what it would be with the reference that the file has,
// whatever that stands for now.
func TestAPinnedServiceIsTheSameServiceWithAnotherImage(t *testing.T) {
	s := newStage(t, parts{})
	ctx := context.WithoutCancel(t.Context())
	const gone = "hello:gone-from-here"
	name, id := s.keeps("web", "r2")
	if _, err := s.cli.Client().ImageInspect(ctx, gone); !errdefs.IsNotFound(err) {
		t.Fatalf("%s is there: %v", gone, err)
	}
	if err := s.project.SetImage("web", gone); err != nil {
		t.Fatal(err)
	}
	before, err := s.Resolve(ctx, []string{"web-blue"}, compose.ImagePolicy{LookOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	s.project.Pin("web-blue", gone, name)
	specs, err := s.Resolve(ctx, []string{"web-blue"}, compose.ImagePolicy{Pull: compose.PullAlways})
	if err != nil || specs[0].Image != gone || specs[0].ImageID != id || specs[0].ConfigHash != before[0].ConfigHash {
		t.Fatalf("%+v, %v", specs, err)
	}
	if err := s.Create(ctx, []string{"web-blue"}); err != nil {
		t.Fatal(err)
	}
	containers, err := s.Observe(ctx)
	if err != nil || len(containers) != 2 {
		t.Fatalf("%v, %v", containers, err)
	}
	for _, c := range containers {
		if !specs[0].UpToDate(c) || c.Image != gone || c.Kept != name {
			t.Errorf("%+v is not what was wanted", c)
		}
	}
	if err := s.Forget(ctx, []string{name}); err != nil {
		t.Errorf("a name in use: %v", err)
	}
}

func TestDownTakesTheKeptNamesWithTheVolumesOnly(t *testing.T) {
	s := newStage(t, parts{})
	ctx := t.Context()
	name, _ := s.keeps("web", "r3")
	if err := s.Down(ctx, compose.DownOptions{}); err != nil {
		t.Fatal(err)
	}
	if kept, err := s.Kept(ctx); err != nil || !slices.Equal(kept, []string{name}) {
		t.Errorf("without the volumes: %v, %v", kept, err)
	}
	if err := s.Down(ctx, compose.DownOptions{Volumes: true}); err != nil {
		t.Fatal(err)
	}
	if kept, err := s.Kept(ctx); err != nil || len(kept) > 0 {
		t.Errorf("with them: %v, %v", kept, err)
	}
}
