package display

import (
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// frame is all that a picture of the live block depends on.
type frame struct {
	title         string
	began, now    time.Time
	width, height int
	palette       Palette
}

// spinner turns one step every spin.
const (
	spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
	spin    = 100 * time.Millisecond
)

// layout draws the block: a line for each terminal row, none wider than the
// terminal, so that the cursor can be moved back over them.
func layout(r *rows, f frame) []string {
	shown, done := fit(r.list, f.height-2) // the header, and the cursor's own line
	head := f.title
	if len(r.list) > 0 {
		head = fmt.Sprintf("%s %d/%d", f.title, r.finished(), len(r.list))
	}
	lines := []string{f.line("[+]", 3, head, "", f.now.Sub(f.began), 0)}
	if done > 0 {
		lines = append(lines, f.line(" "+f.palette.Good("✔"), 2, fmt.Sprintf("%d more", done), "done", -1, 0))
	}
	names := 0
	for _, it := range shown {
		names = max(names, runewidth.StringWidth(it.subject))
	}
	names = min(names, f.width/2)
	for _, it := range shown {
		lines = append(lines, f.line(" "+f.glyph(it), 2, it.subject, it.text, it.elapsed(f.now), names))
	}
	return lines
}

// fit chooses the rows that a terminal of limited height shows: finished ones
// give way first, and are counted.
func fit(list []row, limit int) (shown []row, done int) {
	limit = max(limit, 1)
	surplus := len(list) - limit
	if surplus <= 0 {
		return list, 0
	}
	surplus++ // the line that counts them
	for _, it := range list {
		if surplus > 0 && it.status == compose.Done {
			surplus--
			done++
			continue
		}
		shown = append(shown, it)
	}
	return shown[:min(len(shown), limit)], done
}

// glyph shows a row's status in one cell.
func (f frame) glyph(it row) string {
	switch it.status {
	case compose.Done:
		return f.palette.Good("✔")
	case compose.Warning:
		return f.palette.Warn("!")
	case compose.Failed:
		return f.palette.Bad("✘")
	case compose.Working, compose.Output: // output makes no row
	}
	frames := []rune(spinner)
	return f.palette.Warn(string(frames[int(f.now.Sub(it.began)/spin)%len(frames)]))
}

// line sets a line: mark (of so many cells), name (in a column of so many),
// text, and the time at the right edge (none when negative). Text is cut
// before it is painted: escape sequences never enter a measurement.
func (f frame) line(mark string, marks int, name, text string, took time.Duration, names int) string {
	timer := ""
	if took >= 0 {
		timer = fmt.Sprintf("%.1fs", took.Seconds())
	}
	const gaps = 2
	room := max(f.width-marks-1-gaps-len(timer), 1)
	name = runewidth.Truncate(name, min(max(names, runewidth.StringWidth(name)), room), "…")
	if names > 0 {
		name = runewidth.FillRight(runewidth.Truncate(name, names, "…"), names)
	}
	text = runewidth.Truncate(text, max(room-runewidth.StringWidth(name)-gaps, 0), "…")
	fill := room - runewidth.StringWidth(name) - runewidth.StringWidth(text)
	return mark + " " + f.palette.Text(name) + "  " + f.palette.Text(text) +
		strings.Repeat(" ", max(fill, 0)) + f.palette.Dim(timer)
}
