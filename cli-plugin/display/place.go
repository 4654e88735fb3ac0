package display

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Place shows a text that changes: again and again in the same place on a
// terminal, else one below the other whenever it is another text.
type Place struct {
	screen Screen
	block  *block
	last   string
}

// NewPlace makes a place; still keeps it where it is, which only a terminal
// can.
func NewPlace(screen Screen, still bool) *Place {
	p := &Place{screen: screen}
	if still {
		p.block = &block{out: screen.Out}
	}
	return p
}

// Show replaces the text.
func (p *Place) Show(text string) {
	switch {
	case p.block != nil:
		p.block.draw(p.cut(text))
	case text != p.last:
		_, _ = fmt.Fprintln(p.screen.Out, text)
	}
	p.last = text
}

// cut makes the text fit the terminal: a line that wraps, or one that has
// scrolled away, could not be drawn over again.
func (p *Place) cut(text string) []string {
	width, height := p.screen.Size()
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), max(height-1, 1))]
	for i, line := range lines {
		lines[i] = p.screen.Palette.Text(runewidth.Truncate(line, width, "…"))
	}
	return lines
}
