package local_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
)

func TestStartIsParallel(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.ok(s.project.SetReplicas("web", 3))
	s.create("web-blue")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	var statuses []string
	for _, e := range s.events.all() {
		if e.Step == "start" {
			statuses = append(statuses, string(e.Status))
		}
	}
	want := "working working working done done done"
	if got := strings.Join(statuses, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestStartLeavesRunningOnesAlone(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.up("web-blue", "web-green")
	before := s.ages("web-blue", "web-green")
	s.ok(s.Start(t.Context(), []string{"web-blue"}))
	if after := s.ages("web-blue", "web-green"); !maps.Equal(before, after) {
		t.Errorf("before %v, after %v", before, after)
	}
}

// A rollback starts the former containers, with no file at hand.
func TestStartNeedsNoFile(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.up("web-blue")
	before := s.containers("web-blue")
	s.ok(s.Stop(t.Context(), []string{before[0].ID, before[1].ID}))
	for _, c := range s.containers("web-blue") {
		if c.Running() {
			t.Errorf("%s runs", c.Name)
		}
	}
	fileless := local.New(s.cli, s.name, nil, nil)
	s.ok(fileless.Start(t.Context(), []string{"web-blue"}))
	s.ok(fileless.Await(t.Context(), []string{"web-blue"}))
	for i, c := range s.containers("web-blue") {
		if c.ID != before[i].ID || !c.Ready() {
			t.Errorf("%+v", c)
		}
	}
}

func TestStartResumesPausedOnes(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{})
	s.up("db")
	_, err := s.cli.Client().ContainerPause(t.Context(), s.containers("db")[0].ID, client.ContainerPauseOptions{})
	s.ok(err)
	s.ok(s.Start(t.Context(), []string{"db"}))
	if c := s.containers("db")[0]; !c.Running() {
		t.Errorf("%+v", c)
	}
}

func TestStartCopiesInlineConfigsIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{
		web: "configs: [{source: inline, target: /inline}]",
		top: "configs: {inline: {content: text}}",
	})
	s.up("web-blue")
	for _, c := range s.containers("web-blue") {
		_, err := s.cli.Client().ContainerStatPath(t.Context(), c.ID, client.ContainerStatPathOptions{Path: "/inline"})
		s.ok(err)
	}
}

func TestStartRunsHooks(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "post_start: [{command: [/hello, migrate]}]"})
	s.up("web-blue")
	failing := newStage(t, parts{web: "post_start: [{command: [/hello, unknown]}]"})
	failing.create("web-blue")
	if err := failing.Start(t.Context(), []string{"web-blue"}); err == nil || !strings.Contains(err.Error(), "web-blue") {
		t.Errorf("a failing hook: %v", err)
	}
}

// The runners of pre_start hooks are made for one start each.
func TestStartRunsPreStartHooksEachTime(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: `
  hooked: {image: "hello:local", stop_grace_period: 1s, pre_start: [{command: [migrate], environment: {MIGRATE_EXIT: "0"}}]}`})
	s.up("hooked")
	c := s.containers("hooked")[0]
	s.ok(s.Stop(t.Context(), []string{c.ID}))
	s.up("hooked")
	if again := s.containers("hooked"); len(again) != 1 || again[0].ID != c.ID || !again[0].Running() {
		t.Errorf("%+v", again)
	}
}

func TestStartNamesWhatCannotBeStarted(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{web: "entrypoint: [/missing]"})
	s.create("web-blue")
	err := s.Start(t.Context(), []string{"web-blue"})
	if err == nil || !strings.Contains(err.Error(), "web-blue-1: ") || !strings.Contains(err.Error(), "/missing") {
		t.Errorf("%v", err)
	}
	failed := 0
	for _, e := range s.events.all() {
		if e.Step == "start" && e.Status == compose.Failed {
			failed++
		}
	}
	if failed != 2 {
		t.Errorf("%d of 2 failures were reported", failed)
	}
}

// A container cannot start in the network of one that does not run, whoever
// is first in the alphabet, and with no file at hand.
func TestStartFollowsDependencies(t *testing.T) {
	t.Parallel()
	s := newStage(t, parts{services: `
  a-guest: {image: "hello:local", network_mode: "service:m-guest", stop_grace_period: 1s}
  m-guest: {image: "hello:local", pid: "service:db", stop_grace_period: 1s}`})
	s.create("db")
	s.create("m-guest")
	s.create("a-guest")
	s.ok(local.New(s.cli, s.name, nil, s.events.take).Start(t.Context(), []string{"a-guest", "db", "m-guest"}))
	var started []string
	for _, e := range s.events.all() {
		if e.Step == "start" && e.Status == compose.Done {
			started = append(started, strings.TrimPrefix(e.Subject, s.name+"-"))
		}
	}
	if got := strings.Join(started, " "); got != "db-1 m-guest-1 a-guest-1" {
		t.Errorf("started %s", got)
	}
}
