package haproxy

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// checkShares refuses a share for a running proxy whose settings know of none.
func (c *control) checkShares(ctx context.Context) error {
	known, err := c.knows(ctx, knowsShares)
	if err == nil && !known {
		err = errors.New("it runs with settings that know of no shares; give it those on its volume: docker bluegreen proxy reload")
	}
	return err
}

// knows tells that the running settings have set a variable of the process, by
// which they say that they know of something.
func (c *control) knows(ctx context.Context, variable string) (bool, error) {
	said, err := c.ask(ctx, "get var "+variable)
	return strings.HasPrefix(strings.TrimSpace(said), variable+":"), err
}

// Divides implements switcher.Proxy.
func (c *control) Divides(ctx context.Context, m compose.Model) error {
	if m.Proxy.Generated {
		return nil
	}
	w, err := c.witness(ctx, m.Proxy.Settings)
	if err == nil && c.Running {
		w.shares, err = c.knows(ctx, knowsShares)
	}
	if err != nil {
		return c.Errors.Wrap("ask whether it knows of shares", err)
	}
	var missing []need
	for _, n := range canaryNeeds(m) {
		if !n.met(w) {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &compose.InvalidError{
		Service: c.Errors.Proxy,
		Problem: "your settings " + m.Proxy.Settings + " lack lines that a canary needs",
		Fix:     "add these lines where they are missing, then restart the proxy (in their place: docker bluegreen config --proxy):\n\n" + text(missing),
	}
}

// canaryNeeds are all that a user's own settings need for shares.
func canaryNeeds(m compose.Model) []need {
	all := []need{sharesNeed()}
	for _, l := range listeners(m) {
		all = append(all, need{
			comment: frontendComment(l.port), section: frontendSection(l.port),
			lines: readSplit(m.Proxy, l.mode, ownActive), met: canariesIn(len(listeners(m))),
		}, need{
			section: frontendSection(l.port), lines: canaryNeed(l).lines, met: canariesIn(len(listeners(m))),
		})
		for _, r := range l.rules {
			all = append(all, need{ // in the place of one that reads the file itself
				section: frontendSection(l.port), lines: ruleLines(r, "var("+ownActive+")"),
				met: func(w witness) bool { return w.text == nil || !w.text.has("", "use_backend ", "str("+mapKey+"),map(") },
			})
		}
	}
	return all
}

// sharesNeed is the line by which settings say that they know shares.
func sharesNeed() need {
	return need{
		section: "global", lines: []string{"# The settings know what the share of a canary is.", knowsLine(knowsShares)},
		met: func(w witness) bool { return w.shares || !w.running && w.text.has("global", knowsShares) },
	}
}

// canaryNeed are the lines of a canary in a frontend. Whoever leaves them out
// has none.
func canaryNeed(l listener) need {
	lines := []string{"# The canary. Without these lines, and " + knowsShares + " in global, there is none."}
	return need{
		comment: frontendComment(l.port), section: frontendSection(l.port),
		lines: append(lines, canaryLines(l.mode, ownActive)...),
	}
}

// canariesIn tells that as many sections have the lines of a canary. Which is
// whose does not show: a frontend may have any name.
func canariesIn(n int) func(witness) bool {
	return func(w witness) bool { return w.text.count("set-var("+aheadVariable+")") >= n }
}

// count is the number of sections in which a line has a part.
func (c *config) count(part string) int {
	if c == nil {
		return 1 << 16 // of what could not be read, everything is believed
	}
	n := 0
	for _, s := range c.sections {
		if slices.ContainsFunc(s.lines, func(line string) bool { return strings.Contains(line, part) }) {
			n++
		}
	}
	return n
}
