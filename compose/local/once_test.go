package local_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

func TestOnceRunsAServiceToItsEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: jobs})
	var out bytes.Buffer
	s.ok(s.Once(t.Context(), s.project, "migrate", []string{"UNUSED=1"}, &out))
	if out.String() != "migrated\n" {
		t.Errorf("said %q", out.String())
	}
	err := s.Once(t.Context(), s.project, "migrate", []string{"MIGRATE_EXIT=3"}, io.Discard)
	if err == nil || err.Error() != "exited with code 3" {
		t.Errorf("%v", err)
	}
	s.nothingRan()
}

// Its time is over: it is killed, and nothing of it stays.
func TestOnceIsKilledWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: jobs})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Once(ctx, s.project, "endless", nil, io.Discard) }()
	for len(s.anything("running")) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("it ended by itself: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it is not killed")
	}
	s.nothingRan()
}

// nothingRan fails the test when a container of the project is left, whatever it
// is.
func (s *stage) nothingRan() {
	s.t.Helper()
	for _, c := range s.anything("") {
		s.t.Errorf("%s is left, %s", strings.Join(c.Names, " "), c.Status)
	}
}

// anything lists the project's containers of every kind, in a state or in any.
func (s *stage) anything(state string) []container.Summary {
	s.t.Helper()
	filters := client.Filters{}.Add("label", "com.docker.compose.project="+s.name)
	if state != "" {
		filters.Add("status", state)
	}
	found, err := s.cli.Client().ContainerList(context.Background(), client.ContainerListOptions{All: true, Filters: filters})
	s.ok(err)
	return found.Items
}
