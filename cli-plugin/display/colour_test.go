package display

import "testing"

func TestPaletteObeysTerminalAndUser(t *testing.T) {
	for _, c := range []struct {
		name     string
		terminal bool
		getenv   func(string) string
		want     bool
	}{
		{"a terminal", true, env("TERM", "xterm"), true},
		{"no terminal", false, env("TERM", "xterm"), false},
		{"NO_COLOR", true, env("NO_COLOR", "1"), false},
		{"a dumb terminal", true, env("TERM", "dumb"), false},
	} {
		if got := NewPalette(c.terminal, c.getenv).on; got != c.want {
			t.Errorf("%s: paints %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTextPaintsColoursByName(t *testing.T) {
	p := Palette{on: true}
	for in, want := range map[string]string{
		"blue":                 "\x1b[94mblue\x1b[0m",
		"web-green-1 started":  "web-\x1b[32mgreen\x1b[0m-1 started",
		"green_web":            "\x1b[32mgreen\x1b[0m_web",
		"blueberry, evergreen": "blueberry, evergreen",
	} {
		if got := p.Text(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := (Palette{}).Text("blue"); got != "blue" {
		t.Errorf("a palette that is off painted %q", got)
	}
}
