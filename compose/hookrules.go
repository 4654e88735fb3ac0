package compose

import (
	"fmt"
	"slices"
	"strconv"
)

// checkHooks finds hooks whose service cannot be told, or that cannot run
// there at their moment.
func (b *builder) checkHooks(m Model) {
	for _, moment := range Moments() {
		for i, hook := range b.top.Hooks[moment] {
			if hook.Service == "" {
				continue
			}
			at := place{problems: &b.problems, path: []string{extension, "hooks", string(moment), strconv.Itoa(i + 1), "service"}}
			b.checkHook(at, m, moment, hook.Service)
		}
	}
}

func (b *builder) checkHook(at place, m Model, moment Moment, service string) {
	named := fmt.Sprintf("names %q, ", service)
	if s, found := b.source.Services[service]; found {
		colours := coloursOf(s)
		part, _, paired := m.PartOf(service)
		switch {
		case len(colours) == 0:
		case paired:
			at.report(named+"which is one colour alone", fmt.Sprintf("write the pair's name, and it runs in the colour that the release is about: %s", part))
		default:
			at.report(named+"which runs before a release and has ended", "name a pair, or a service without a colour")
		}
		return
	}
	if _, _, found := m.Part(service); !found {
		at.report(named+"which the file does not have", meant(service, b.hookable(m)))
		return
	}
	if moment == BeforeUp {
		at.report(named+"of which nothing runs yet in the colour that comes up", "let it run after_up or before_switch, or write a job")
	}
}

// hookable lists what a hook's service may be.
func (b *builder) hookable(m Model) []string {
	names := m.Parts()
	for _, name := range b.services() {
		if len(coloursOf(b.source.Services[name])) == 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
