package haproxy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Where visitors stay with the release that they began on, each is given a cookie
// with the colour that answers. The fourth part of the routing file's value is
// the colour that keeps those who have its cookie: "green:0:blue:blue". It goes
// before a lot. When a pair of that colour has no replica left, nobody is kept:
// what they began on is no more.
const (
	beganVariable = "txn.bluegreen_began"
	began         = "var(" + beganVariable + ")"
)

// knowsPins is a variable of the process, by which settings say that they know
// of visitors who stay.
const knowsPins = "proc.bluegreen_sticky"

// stickyLines keep visitors with the colour that they began on: as if that were
// the active one.
func stickyLines(m compose.Model, l listener, active string) []string {
	set := setter(l.mode)
	lines := []string{set(beganVariable) + "req.cook(" + switcher.ColourCookie + ")"}
	for _, c := range compose.Colours() {
		gone, before := "bluegreen:"+string(c)+"_is_gone", len(lines)
		for _, p := range m.Pairs {
			if p.Has(c) && p.Routes[c].Mode == compose.HTTP {
				lines = append(lines, "acl "+gone+" nbsrv("+backend(p.Name, c)+") eq 0")
			}
		}
		if len(lines) == before {
			continue // nobody visits it
		}
		lines = append(lines, fmt.Sprintf("%sstr(%s) if { %s -m str %s } { %s -m str %s } !%s", set(active), c, part(4), c, began, c, gone))
	}
	return lines
}

// stickyBackendLines give a visitor the cookie. A preview is no visit, nor is one
// of the tool's own requests.
func stickyBackendLines(m compose.Model, c compose.Colour) []string {
	line := fmt.Sprintf("http-response add-header Set-Cookie %s unless { %s -m str %s }",
		quote(switcher.ColourCookie+"="+string(c)+"; Path=/; HttpOnly; SameSite=Lax"), began, c)
	if m.Preview != compose.PreviewOff {
		line += " or " + previewed + " or " + probed
	}
	return []string{line}
}

// sticks tells that a listener's visitors stay with a colour.
func (l listener) sticks(m compose.Model) bool { return m.Sticks() && l.mode == compose.HTTP }

// stickyNeeds are what a user's own settings need for that.
func stickyNeeds(m compose.Model) []need {
	if !m.Sticks() {
		return nil
	}
	return []need{{
		section: "global", lines: []string{"# The settings know that visitors may stay with a colour.", knowsLine(knowsPins)},
		met: func(w witness) bool { return w.text.has("global", knowsPins) && (!w.running || w.pins) },
	}}
}

// stickyNeed are the lines in a frontend.
func stickyNeed(m compose.Model, l listener) need {
	listening := 0
	for _, other := range listeners(m) {
		if other.sticks(m) {
			listening++
		}
	}
	return need{
		comment: frontendComment(l.port), section: frontendSection(l.port), lines: stickyLines(m, l, ownActive),
		met: func(w witness) bool { return w.text.count("set-var("+beganVariable+")") >= listening },
	}
}

// stickyBackendNeed are those in a backend.
func stickyBackendNeed(m compose.Model, p compose.Pair, c compose.Colour) need {
	name := "backend " + backend(p.Name, c)
	return need{
		section: name, lines: stickyBackendLines(m, c),
		met: func(w witness) bool {
			if w.text == nil {
				return true
			}
			s := w.text.section(name)
			return s != nil && slices.ContainsFunc(s.lines, func(line string) bool { return strings.Contains(line, switcher.ColourCookie) })
		},
	}
}

// checkPins refuses to keep visitors in a running proxy whose settings would not.
func (c *control) checkPins(ctx context.Context) error {
	known, err := c.knows(ctx, knowsPins)
	if err == nil && !known {
		err = errors.New("it runs with settings that keep no visitors with a colour; give it those on its volume: docker bluegreen proxy reload")
	}
	return err
}
