package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/docker/cli/cli"
	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
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
		{&switcher.LockedError{Project: "hello"}, 6},
		{&compose.InvalidError{Problem: "no", Fix: "yes"}, 8},
		{&switcher.ProxyError{Proxy: "lb", Doing: "ask it", Err: refused}, 9},
		{&switcher.InterruptedError{Doing: "switch", State: "blue takes all traffic", Err: context.Canceled}, 130},
		{&switcher.ActiveColourError{Colour: compose.Green, Doing: "stop"}, 1},
		{&switcher.ActiveColourError{Colour: compose.Green, Doing: "up"}, 1},
		{&switcher.NeedError{Service: "db", Colour: compose.Green}, 1},
		{&switcher.NotStartedError{Project: "hello", Doing: "switch"}, 1},
		{&switcher.ImpossibleError{Why: "blue is the first release"}, 1},
		{&switcher.BusyError{Colour: compose.Blue}, 1},
		{&switcher.DriftError{Service: "web-green"}, 1},
		{&switcher.ProxyDownError{Project: "hello"}, 9},
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
