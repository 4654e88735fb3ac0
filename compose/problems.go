package compose

import (
	"errors"
	"regexp"
	"slices"
)

// extension is the key below which Compose lets this tool keep its settings.
const extension = "x-bluegreen"

var hasLine = regexp.MustCompile(`:[0-9]+$`)

// problems collects the broken rules of a project, in the order in which the
// rules are checked: a person mends a file faster who sees all at once.
type problems struct {
	at   locator
	list []error
	seen map[InvalidError]bool
}

// add reports a broken rule at a path of the file (services, web-blue, ...).
// Twins are usually one anchor, so that the same line breaks a rule twice: it
// is said once.
func (p *problems) add(service, problem, fix string, path ...string) {
	found := InvalidError{File: p.at(path...), Service: service, Problem: problem, Fix: fix}
	key := found
	if hasLine.MatchString(found.File) {
		key.Service = ""
	}
	if p.seen[key] {
		return
	}
	if p.seen == nil {
		p.seen = map[InvalidError]bool{}
	}
	p.seen[key] = true
	p.list = append(p.list, &found)
}

// blame reports a broken rule of a service; path leads on from the service
// to what is at fault.
func (p *problems) blame(name, problem, fix string, path ...string) {
	p.add(name, problem, fix, append([]string{"services", name}, path...)...)
}

// blameProject reports a broken rule of the project as a whole.
func (p *problems) blameProject(problem, fix string, path ...string) {
	p.add("", problem, fix, path...)
}

func (p *problems) err() error { return errors.Join(p.list...) }

// blamed tells that a rule which a service breaks was reported.
func (p *problems) blamed(service string) bool {
	return slices.ContainsFunc(p.list, func(err error) bool {
		var found *InvalidError
		return errors.As(err, &found) && found.Service == service
	})
}
