package display

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// start is when the releases of these tests began.
var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// release is what a release of two replicas, one of them sick, reports.
func release() []compose.Event {
	return []compose.Event{
		{Time: start, Step: "create", Subject: "web-green-1", Colour: compose.Green, Status: compose.Done, Text: "created"},
		{Time: start, Step: "start", Subject: "web-green-1", Colour: compose.Green, Status: compose.Working, Text: "starting"},
		{Time: start, Step: "start", Subject: "web-green-2", Colour: compose.Green, Status: compose.Working, Text: "starting"},
		{Time: start, Step: "start", Subject: "web-green-1", Colour: compose.Green, Status: compose.Done, Text: "healthy"},
		{Time: start, Step: "ready", Subject: "green", Colour: compose.Green, Status: compose.Working, Text: "ready", Ready: 1, Wanted: 2},
		{Time: start, Step: "ready", Subject: "green", Colour: compose.Green, Status: compose.Working, Text: "ready", Ready: 1, Wanted: 2},
		{Time: start, Step: "start", Subject: "web-green-2", Colour: compose.Green, Status: compose.Failed, Text: "exited with code 1"},
		{Time: start, Step: "drain", Subject: "blue", Colour: compose.Blue, Status: compose.Warning, Text: "2 websockets in flight"},
		{Time: start, Step: "commit", Subject: "lb", Status: compose.Done},
	}
}

func TestPlainIsALineForEachThingThatIsNew(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(Plain, "up", Screen{Out: &out})
	for _, e := range release() {
		p.Report(e)
	}
	p.Close()
	golden.Assert(t, out.String(), "plain.golden")
}

func TestJSONIsAnObjectOnEachLine(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(JSON, "up", Screen{Out: &out})
	for _, e := range release() {
		p.Report(e)
	}
	p.Close()
	golden.Assert(t, out.String(), "json.golden")
}

func TestJSONWrapsWhatOthersPrint(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(JSON, "up", Screen{Out: &out})
	if _, err := p.Write([]byte("a \"b\"\n\nc\n")); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("want 2 lines, got %q", lines)
	}
	var e compose.Event
	if err := json.Unmarshal([]byte(lines[0]), &e); err != nil || e.Text != `a "b"` {
		t.Errorf("%q: %v, %+v", lines[0], err, e)
	}
}

func TestQuietSaysNothing(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(Quiet, "up", Screen{Out: &out})
	for _, e := range release() {
		p.Report(e)
	}
	p.Close()
	if out.Len() > 0 {
		t.Errorf("said %q", out.String())
	}
}

func TestAutoIsLiveOnlyOnATerminalThatCanDoIt(t *testing.T) {
	for _, c := range []struct {
		terminal bool
		term     string
		want     Mode
	}{
		{true, "xterm", TTY},
		{true, "dumb", Plain},
		{false, "xterm", Plain},
	} {
		if got := Auto.Resolve(c.terminal, env("TERM", c.term)); got != c.want {
			t.Errorf("terminal %v, TERM=%s: %s, want %s", c.terminal, c.term, got, c.want)
		}
	}
	if got := JSON.Resolve(true, env("", "")); got != JSON {
		t.Errorf("an explicit mode became %s", got)
	}
}

func TestModeRefusesAnUnknownName(t *testing.T) {
	var m Mode
	if err := m.Set("fancy"); err == nil || !strings.Contains(err.Error(), "auto, tty, plain, json, quiet") {
		t.Errorf("got %v", err)
	}
}

// env is an environment of one variable.
func env(name, value string) func(string) string {
	return func(asked string) string {
		if asked == name {
			return value
		}
		return ""
	}
}

// What a command prints is shown line by line, also a line that comes twice,
// and stays when a terminal's rows are drawn anew.
func TestEveryLineThatAHookPrintsIsShown(t *testing.T) {
	line := compose.Event{Time: start, Step: "hook", Subject: "after_switch", Status: compose.Output, Text: "sent to blue"}
	const want = "hook after_switch: sent to blue\n"
	for mode, text := range map[Mode]string{
		Plain: want + want,
		TTY:   want + want,
		JSON:  strings.Repeat(`{"time":"2026-01-02T03:04:05Z","step":"hook","subject":"after_switch","status":"output","text":"sent to blue"}`+"\n", 2),
		Quiet: "",
	} {
		var out bytes.Buffer
		p := NewProgress(mode, "switch", Screen{
			Out: &out, Now: func() time.Time { return start }, Size: func() (int, int) { return 80, 24 },
		})
		p.Report(line)
		p.Report(line)
		p.Close()
		if got := out.String(); got != text {
			t.Errorf("%s: got %q, want %q", mode, got, text)
		}
	}
}
