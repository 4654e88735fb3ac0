package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/docker/cli/cli"
	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// sick is a colour of which two containers did not become healthy.
func sick() error {
	return &compose.UnhealthyError{Failures: []compose.Failure{
		{
			Container: "hello-web-green-1", Service: "web-green", Reason: "exited with code 1",
			Logs: []string{"reading the settings", "panic: no DATABASE_URL"},
		},
		{Container: "hello-web-green-2", Service: "web-green", Reason: "is unhealthy", Health: "connection refused\n"},
		{Container: "hello-web-green-3", Service: "web-green", Reason: "is unhealthy: answered 500", Health: "answered 500"},
	}}
}

func TestEveryErrorHasItsCodeAndAHint(t *testing.T) {
	refused := errors.New("connection refused")
	for _, c := range []struct {
		err  error
		code int
	}{
		{&usageError{problem: "no", fix: "yes"}, 2},
		{sick(), 3},
		{&switcher.NotReadyError{Colour: compose.Green, Why: []string{"1 of 3 is up"}}, 3},
		{&switcher.RolledBackError{To: compose.Blue}, 5},
		{&switcher.RolledBackError{To: compose.Blue, Left: context.Canceled}, 5},
		{&switcher.StrandedError{Err: &switcher.NotReadyError{Colour: compose.Blue}}, 3},
		{&switcher.UnwatchedError{Colour: compose.Green, Err: refused}, 1},
		{&switcher.LockedError{Project: "hello"}, 6},
		{&switcher.LostError{Doing: "switch", To: compose.Green, Probe: switcher.Probe{Sent: 9, Lost: 1}}, 7},
		{&compose.InvalidError{Problem: "no", Fix: "yes"}, 8},
		{&switcher.ProxyError{Proxy: "lb", Doing: "ask it", Err: refused}, 9},
		{&switcher.InterruptedError{Doing: "switch", State: "blue takes all traffic", Err: context.Canceled}, 130},
		{&switcher.ActiveColourError{Colour: compose.Green, Doing: "stop"}, 1},
		{&switcher.ActiveColourError{Colour: compose.Green, Doing: "up"}, 1},
		{&switcher.NeedError{Service: "db", Colour: compose.Green}, 1},
		{&switcher.NotStartedError{Project: "hello", Doing: "switch"}, 1},
		{&switcher.ImpossibleError{Why: "blue is the first release"}, 1},
		{&switcher.CanaryError{Colour: compose.Green, Share: 10, Doing: "up"}, 1},
		{&switcher.BusyError{Colour: compose.Blue}, 1},
		{&switcher.DriftError{Service: "web-green"}, 1},
		{&switcher.ProxyDownError{Project: "hello"}, 9},
		{&swarm.Error{Doing: "list the services", Err: errors.New("the swarm does not have a leader")}, 9},
		{&swarm.ControlError{Node: "node1", Why: "the Swarm has put none there"}, 9},
		{&swarm.Error{Doing: "list the services", Err: errors.New("this node is not a swarm manager")}, 1},
		{&switcher.HookError{Hook: "before_switch", Err: refused}, 1},
		{&switcher.HooksUnreadError{Doing: "switch", Err: &compose.FileError{Err: refused}}, 8},
		{&switcher.CheckError{Colour: compose.Green, Of: 1, Failed: []switcher.CheckResult{{Name: "GET / of web", Why: "is answered 500"}}}, 4},
		{&switcher.ChecksUnreadError{Doing: "switch", Err: &compose.FileError{Err: refused}}, 8},
		{&display.FormatError{Format: "{{", Err: refused}, 2},
	} {
		// Errors arrive wrapped by what was being done.
		got, ok := errors.AsType[cli.StatusError](status(fmt.Errorf("while releasing: %w", c.err)))
		if !ok || got.StatusCode != c.code {
			t.Errorf("%T: exit code %d, want %d", c.err, got.StatusCode, c.code)
		}
		if !strings.HasPrefix(got.Status, "while releasing: "+c.err.Error()) || !strings.Contains(got.Status, "\nhint: ") {
			t.Errorf("%T: says %q", c.err, got.Status)
		}
	}
}

func TestAnInterruptIsToldWhateverItBroke(t *testing.T) {
	broken := &switcher.ProxyError{Proxy: "lb", Doing: "ask it", Err: context.Canceled}
	if got := code(&switcher.InterruptedError{Doing: "up", Err: broken}); got != 130 {
		t.Errorf("exit code %d", got)
	}
	if got := code(broken); got != 130 {
		t.Errorf("exit code %d", got)
	}
}

func TestAnUnhealthyColourShowsWhatItsContainersSaid(t *testing.T) {
	golden.Assert(t, text(sick())+"\n", "unhealthy.golden")
}

func TestAnUnhealthyColourInJSON(t *testing.T) {
	golden.Assert(t, jsonText(fmt.Errorf("while releasing: %w", sick()))+"\n", "unhealthy-json.golden")
}

func TestSeveralErrorsKeepTheirHints(t *testing.T) {
	err := errors.Join(
		&compose.InvalidError{File: "compose.yml:3", Problem: "one", Fix: "mend one"},
		&compose.InvalidError{File: "compose.yml:9", Problem: "two", Fix: "mend two"},
	)
	const want = "compose.yml:3: one\nhint: mend one\ncompose.yml:9: two\nhint: mend two"
	if got := text(err); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := code(err); got != 8 {
		t.Errorf("exit code %d", got)
	}
}

func TestAFailedHookShowsItsLastLines(t *testing.T) {
	err := &switcher.HookError{Hook: "before_switch 2", Err: errors.New("exited with code 3"), Output: []string{"asking", "it is red"}}
	const said = "hook before_switch 2: exited with code 3\n  its last lines:\n      asking\n      it is red\nhint: "
	if got := text(err); !strings.HasPrefix(got, said) {
		t.Errorf("%s", got)
	}
	if got := jsonText(err); !strings.Contains(got, `"output":["asking","it is red"]`) {
		t.Errorf("%s", got)
	}
}

func TestAFailedCheckShowsWhatWasAskedAndAnswered(t *testing.T) {
	err := &switcher.CheckError{
		Colour: compose.Green, Of: 3, Failed: []switcher.CheckResult{
			{
				Name: "GET /orders of web", Pair: "web", Request: "GET http://localhost/orders", Status: 500, Why: "is answered 500, want 200 to 299",
				Answer: []string{"no such table"}, Tries: 2, Took: 12 * time.Millisecond,
			},
			{Name: "bin/smoke-test in web", Pair: "web", Why: "exited with code 3", Answer: []string{"it is red"}, Tries: 1, Took: time.Second},
		},
		Containers: []compose.Failure{{Container: "hello-web-green-1", Service: "web-green", Reason: "healthy", Logs: []string{"panic: no table"}}},
	}
	const said = `2 of 3 checks of green failed: GET /orders of web is answered 500, want 200 to 299; bin/smoke-test in web exited with code 3
  GET /orders of web: GET http://localhost/orders answered 500 after 12ms, the last of 2 tries
    answer:
      no such table
  bin/smoke-test in web: ended after 1s
    its last lines:
      it is red
  hello-web-green-1: healthy
    last log lines:
      panic: no table
hint: `
	if got := text(err); !strings.HasPrefix(got, said) {
		t.Errorf("%s", got)
	}
	for _, want := range []string{`"code":4`, `"checks":[{"name":"GET /orders of web","pair":"web",`, `"containers":[{"name":"hello-web-green-1",`} {
		if got := jsonText(err); !strings.Contains(got, want) {
			t.Errorf("%s has no %s", got, want)
		}
	}
}
