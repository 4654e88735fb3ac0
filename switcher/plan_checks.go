package switcher

import (
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// check plans to find out whether a colour deserves the traffic.
func (p *Plan) check(c compose.Colour, checks []compose.Check) {
	if len(checks) == 0 {
		return
	}
	names := make([]string, 0, len(checks))
	for _, check := range checks {
		names = append(names, check.Name())
	}
	p.add(Step{Action: DoCheck, Colour: c, Checks: checks, Cause: strings.Join(names, ", ")})
}

// checkBefore does so before the first step of a kind, where there is one.
func (p *Plan) checkBefore(a Action, c compose.Colour, checks []compose.Check) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Action == a })
	if i < 0 {
		return
	}
	var first Plan
	first.check(c, checks)
	p.Steps = slices.Insert(p.Steps, i, first.Steps...)
}

// checkable tells of the verbs before whose move checks are made. A rollback
// makes none: it must be fast, and it goes to what has served already.
func checkable(verb string) bool {
	return verb == Up || verb == Switch || verb == Deploy || verb == Canary
}
