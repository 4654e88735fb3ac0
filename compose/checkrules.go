package compose

import (
	"fmt"
	"reflect"
	"strconv"
)

// checks lists the checks of all pairs, in the order of their pairs, and then
// those of the top level, and reports what cannot be asked or run.
func (b *builder) checks(m Model) []Check {
	var all []Check
	for _, p := range m.Pairs {
		service := p.Services[Blue]
		for i, c := range b.settings[service].Checks {
			c.Pair = p.Name
			b.checkCheck(place{problems: &b.problems, service: service, path: []string{"services", service, extension, "checks", strconv.Itoa(i + 1)}}, m, c)
			all = append(all, c)
		}
	}
	for i, c := range b.top.Checks {
		at := place{problems: &b.problems, path: []string{extension, "checks", strconv.Itoa(i + 1)}}
		switch _, found := m.Pair(c.Pair); {
		case c.Pair == "":
			at.report("does not say which pair it is about", "write pair: "+b.anyPair(m))
		case !found && b.misread():
			// The pair may well be one whose settings have mistakes.
		case !found:
			at.child("pair").report(fmt.Sprintf("names %q, which is no pair of the file", c.Pair), meant(c.Pair, pairNames(m)))
		default:
			b.checkCheck(at, m, c)
		}
		all = append(all, c)
	}
	numberChecks(all)
	return all
}

// numberChecks tells checks of one name from each other.
func numberChecks(all []Check) {
	named := map[string]int{}
	for i, c := range all {
		if named[c.name()]++; named[c.name()] > 1 {
			all[i].Nth = named[c.name()]
		}
	}
}

// checkCheck reports a request that the proxy would not take to its pair, and a
// service that is not one-shot.
func (b *builder) checkCheck(at place, m Model, c Check) {
	if c.Run != "" {
		b.checkRun(at.child("run"), c.Run)
	}
	if !c.Asks() {
		return
	}
	pair, _ := m.Pair(c.Pair)
	switch {
	case pair.Routes[Blue].Mode == TCP:
		at.child("path").report("asks for a page of a tcp pair", "write a command instead: {exec: bin/smoke-test}")
	case m.Preview == PreviewOff:
		at.child("path").report("cannot be asked for: with preview: off there is no way to a colour without the traffic",
			"let there be a preview, or write a command instead: {exec: bin/smoke-test}")
	}
}

// checkRun reports a service that is something else beside a check. It has the
// profiles of both colours: so Compose does not start it by itself, and it is
// loaded with them.
func (b *builder) checkRun(at place, service string) {
	const fix = "let a service of its own have both profiles, [blue, green], which is started for its check alone"
	s, found := b.source.Services[service]
	_, disabled := b.source.DisabledServices[service]
	switch {
	case disabled, found && len(coloursOf(s)) != len(Colours()):
		at.report(fmt.Sprintf("names %q, which has not the profiles of both colours", service), fix)
	case !found:
		at.report(fmt.Sprintf("names %q, which the file does not have", service), meant(service, b.services()))
	case b.awaited()[service]:
		at.report(fmt.Sprintf("names %q, which runs before a release", service), fix)
	}
}

// tests are the services that checks run.
func (b *builder) tests() map[string]bool {
	named := map[string]bool{}
	for _, s := range b.settings {
		for _, c := range s.Checks {
			named[c.Run] = true
		}
	}
	for _, c := range b.top.Checks {
		named[c.Run] = true
	}
	return named
}

// misread tells that some x-bluegreen has mistakes.
func (b *builder) misread() bool {
	for _, unread := range b.unread {
		if unread {
			return true
		}
	}
	return false
}

// anyPair is an example of a pair's name.
func (b *builder) anyPair(m Model) string {
	if len(m.Pairs) == 0 {
		return "NAME"
	}
	return m.Pairs[0].Name
}

func pairNames(m Model) []string {
	names := make([]string, 0, len(m.Pairs))
	for _, p := range m.Pairs {
		names = append(names, p.Name)
	}
	return names
}

// agreeOnChecks tells that both colours have the same checks.
func (b *builder) agreeOnChecks(blue, green member) bool {
	if reflect.DeepEqual(blue.settings.Checks, green.settings.Checks) {
		return true
	}
	b.blame(green.Name, fmt.Sprintf("has other x-bluegreen.checks than %s", blue.Name),
		"write x-bluegreen once, in an anchor that both services use", extension, "checks")
	return false
}
