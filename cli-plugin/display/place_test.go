package display

import (
	"bytes"
	"testing"

	"gotest.tools/v3/golden"
)

func TestPlaceIsDrawnOverOnATerminal(t *testing.T) {
	var out bytes.Buffer
	p := NewPlace(Screen{Out: &out, Size: func() (int, int) { return 10, 3 }}, true)
	p.Show("a line that is too long\ntwo\nthree")
	p.Show("one")
	want := "a line th…\ntwo\n\x1b[2A\x1b[0G\x1b[0Jone\n"
	if got := out.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPlaceElsewhereSaysOnlyWhatIsNew(t *testing.T) {
	var out bytes.Buffer
	p := NewPlace(Screen{Out: &out}, false)
	for _, text := range []string{"one", "one", "two\nlines"} {
		p.Show(text)
	}
	golden.Assert(t, out.String(), "place.golden")
}
