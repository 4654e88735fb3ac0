package display

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// picture draws the release of the tests at a size, 1.5 seconds after it
// began.
func picture(width, height int, p Palette) string {
	rows := newRows()
	for i, e := range release() {
		rows.apply(e, start.Add(time.Duration(i)*100*time.Millisecond))
	}
	lines := layout(rows, frame{
		title: "deploy", began: start, now: start.Add(1500 * time.Millisecond),
		width: width, height: height, palette: p,
	})
	return strings.Join(lines, "\n") + "\n"
}

func TestLayout(t *testing.T) {
	golden.Assert(t, picture(60, 24, Palette{}), "live.golden")
}

func TestLayoutPaintsColoursWhereTheTerminalCan(t *testing.T) {
	golden.Assert(t, picture(60, 24, Palette{on: true}), "live-painted.golden")
}

func TestLayoutFitsEveryTerminal(t *testing.T) {
	for width := 20; width < 100; width++ {
		for height := 1; height < 10; height++ {
			lines := strings.Split(strings.TrimSuffix(picture(width, height, Palette{}), "\n"), "\n")
			if len(lines) > max(height, 3) {
				t.Errorf("%dx%d: %d lines", width, height, len(lines))
			}
			for _, line := range lines {
				if w := runewidth.StringWidth(line); w > width {
					t.Errorf("%dx%d: %d cells: %q", width, height, w, line)
				}
			}
		}
	}
}

func TestLayoutFoldsWhatIsDoneWhenTheTerminalIsShort(t *testing.T) {
	rows := newRows()
	for i := range 20 {
		status := compose.Done
		if i == 3 {
			status = compose.Working
		}
		rows.apply(compose.Event{Subject: fmt.Sprintf("web-blue-%d", i+1), Status: status, Text: "healthy"}, start)
	}
	lines := layout(rows, frame{title: "up", began: start, now: start, width: 50, height: 8})
	golden.Assert(t, strings.Join(lines, "\n")+"\n", "live-folded.golden")
}

func TestBlockRedrawsInItsPlace(t *testing.T) {
	var out bytes.Buffer
	b := block{out: &out}
	b.draw([]string{"one", "two"})
	b.draw([]string{"one", "two"}) // unchanged: not drawn
	b.above([]byte("a remark\n"))
	b.draw([]string{"three"})
	golden.Assert(t, fmt.Sprintf("%q\n", out.String()), "block.golden")
}

func TestLiveShowsThatItLivesAndLeavesNothingOfIt(t *testing.T) {
	var out bytes.Buffer
	now := start
	l := newLive("up", Screen{Out: &out, Size: func() (int, int) { return 20, 24 }, Now: func() time.Time { return now }})
	look := func() string {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.draw()
		return out.String()
	}
	if got := look(); got != "" {
		t.Errorf("at once: %q", got)
	}
	l.mu.Lock()
	now = start.Add(2 * time.Second)
	l.mu.Unlock()
	if got := look(); got != "[+] up          2.0s\n" {
		t.Errorf("later: %q", got)
	}
	l.Close()
	if got := out.String(); !strings.HasSuffix(got, "\x1b[1A\x1b[0G\x1b[0J") {
		t.Errorf("in the end: %q", got)
	}
}

func TestLiveLeavesTheLastPicture(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(TTY, "up", Screen{
		Out: &out, Size: func() (int, int) { return 60, 24 }, Now: func() time.Time { return start },
	})
	for _, e := range release() {
		p.Report(e)
	}
	p.Close()
	p.Close() // twice is safe
	if !strings.Contains(out.String(), "web-green-2  exited with code 1") {
		t.Errorf("last picture: %q", out.String())
	}
}
