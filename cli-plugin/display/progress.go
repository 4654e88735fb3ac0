package display

import (
	"io"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Progress shows what a command does while it does it. Its methods may be
// called from several goroutines.
type Progress interface {
	// Report shows an event; it is a compose.Reporter.
	Report(e compose.Event)
	// Write shows what somebody else has to say (a warning of a library,
	// the output of a build), so that neither garbles the other. It takes
	// whole lines.
	io.Writer
	// Close ends the showing and leaves the last state where it was shown.
	Close()
}

// Screen is a stream that shows things, and what is known of it.
type Screen struct {
	Out io.Writer
	// Size is the terminal's width and height in cells.
	Size func() (width, height int)
	// Now is the clock.
	Now     func() time.Time
	Palette Palette
}

// NewProgress shows a command's progress in a mode; title names the command.
// Mode must be resolved.
func NewProgress(mode Mode, title string, screen Screen) Progress {
	switch mode {
	case TTY:
		return newLive(title, screen)
	case JSON:
		return &jsonLines{out: screen.Out}
	case Quiet:
		return quiet{}
	case Plain, Auto:
		return newPlain(screen.Out)
	default:
		return newPlain(screen.Out)
	}
}
