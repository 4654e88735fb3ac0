package display

import (
	"fmt"
	"slices"
	"strings"
)

// Mode is how progress is shown. It is a flag's value.
type Mode string

// The modes of `--progress`.
const (
	Auto  Mode = "auto"  // TTY on a terminal, Plain elsewhere
	TTY   Mode = "tty"   // a live block that is redrawn
	Plain Mode = "plain" // a line for each event
	JSON  Mode = "json"  // a JSON object for each event
	Quiet Mode = "quiet" // nothing
)

// Modes lists the modes in the order in which help names them.
func Modes() []string {
	return []string{string(Auto), string(TTY), string(Plain), string(JSON), string(Quiet)}
}

// String is the flag's text.
func (m *Mode) String() string { return string(*m) }

// Type names the value in help.
func (m *Mode) Type() string { return "string" }

// Set reads the flag.
func (m *Mode) Set(s string) error {
	if !slices.Contains(Modes(), s) {
		return fmt.Errorf("it is one of %s", strings.Join(Modes(), ", "))
	}
	*m = Mode(s)
	return nil
}

// Resolve turns Auto into the mode that suits a stream.
func (m Mode) Resolve(terminal bool, getenv func(string) string) Mode {
	switch {
	case m != Auto && m != "":
		return m
	case terminal && getenv("TERM") != "dumb":
		return TTY
	default:
		return Plain
	}
}
