package display

import (
	"io"
	"slices"
	"strings"

	"github.com/morikuni/aec"
)

// block is a group of lines at the bottom of a terminal that is drawn again
// and again in its place.
//
// Why not a library: Compose's own renderer (cmd/display) measures escape
// sequences as text, so no name in a row can be painted, sizes itself by
// stdout although it draws on stderr, and keeps its colours in package
// variables; mpb thinks in bars. What is left to do is this file, on the
// escape sequences that Docker's CLI builds in anyway.
type block struct {
	out  io.Writer
	prev []string
}

// draw replaces the former lines by new ones in one write, so that a slow
// terminal never shows half a picture. Every line must fit the width.
func (b *block) draw(lines []string) {
	if slices.Equal(lines, b.prev) {
		return
	}
	_, _ = io.WriteString(b.out, b.erase()+join(lines))
	b.prev = slices.Clone(lines)
}

// above writes text over the block, which moves down.
func (b *block) above(text []byte) {
	_, _ = io.WriteString(b.out, b.erase()+string(text)+join(b.prev))
}

// erase moves back over the block and clears it.
func (b *block) erase() string {
	if len(b.prev) == 0 {
		return ""
	}
	up := aec.Up(uint(len(b.prev)))
	return up.String() + aec.Column(0).String() + aec.EraseDisplay(aec.EraseModes.Tail).String()
}

func join(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}
