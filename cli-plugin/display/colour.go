// Package display shows a person, or a program, what a command does and what
// came of it: events as they happen, tables of results. It decides nothing.
package display

import (
	"regexp"

	"github.com/morikuni/aec"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Palette paints text for a terminal. The zero Palette leaves it as it is.
type Palette struct {
	on bool
}

// NewPalette paints where the terminal can show it and its user wants it
// (https://no-color.org).
func NewPalette(terminal bool, getenv func(string) string) Palette {
	return Palette{on: terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"}
}

// word finds words, also those inside names as "web-blue-1" and "web_blue".
var word = regexp.MustCompile(`[A-Za-z]+`)

// Text paints every colour's name in its colour.
func (p Palette) Text(s string) string {
	if !p.on {
		return s
	}
	return word.ReplaceAllStringFunc(s, func(w string) string {
		return p.Colour(compose.Colour(w), w)
	})
}

// Colour paints text in a colour.
func (p Palette) Colour(c compose.Colour, s string) string {
	switch c {
	case compose.Blue:
		// Plain blue is hardly legible on a black background.
		return p.apply(aec.LightBlueF, s)
	case compose.Green:
		return p.apply(aec.GreenF, s)
	default:
		return s
	}
}

// Bold paints what matters most.
func (p Palette) Bold(s string) string { return p.apply(aec.Bold, s) }

// Dim paints what matters less.
func (p Palette) Dim(s string) string { return p.apply(aec.Faint, s) }

// Good paints what went well.
func (p Palette) Good(s string) string { return p.apply(aec.GreenF, s) }

// Warn paints what wants attention.
func (p Palette) Warn(s string) string { return p.apply(aec.YellowF, s) }

// Bad paints what failed.
func (p Palette) Bad(s string) string { return p.apply(aec.RedF.With(aec.Bold), s) }

func (p Palette) apply(style aec.ANSI, s string) string {
	if !p.on || s == "" {
		return s
	}
	return style.Apply(s)
}
