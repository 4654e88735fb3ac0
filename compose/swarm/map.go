package swarm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	api "github.com/moby/moby/api/types/swarm"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// imageLabel is where `docker stack` keeps the image's name as the file has it,
// beside stackLabel.
const imageLabel = "com.docker.stack.image"

// Stack is what a Swarm is asked for, by the names of the file.
type Stack struct {
	// Networks are by their key in the file.
	Networks map[string]Network
	// Configs and Secrets are those to create, sorted by name: external ones
	// are referred to alone.
	Configs []api.ConfigSpec
	Secrets []api.SecretSpec
	// Services are by their name in the file.
	Services map[string]api.ServiceSpec
	// Remarks say what has no effect on a Swarm, or another one than on one
	// engine, a sentence each, sorted.
	Remarks []string
}

// Map makes of a project what `docker stack deploy` would make of it, with
// defaults for what takes part in a release. Whatever a Swarm would leave out
// although it changes how a service behaves is refused: each time as an
// *compose.InvalidError, all of them joined.
//
// It reads the files of configs and secrets, and nothing else.
func Map(p *compose.Project) (*Stack, error) {
	m := &mapper{Project: p, at: p.Locator(), names: map[string]string{}}
	m.checkSupport()
	m.checkHolder()
	stack := &Stack{
		Networks: m.networks(),
		Configs:  m.configs(),
		Secrets:  m.secrets(),
		Services: map[string]api.ServiceSpec{},
	}
	for _, s := range m.services() {
		m.checkRefused(s)
		m.remarkIgnored(s)
		stack.Services[s.Name] = m.service(m.withDefaults(s))
	}
	if err := errors.Join(m.problems...); err != nil {
		return nil, err
	}
	slices.Sort(m.remarks)
	stack.Remarks = slices.Compact(m.remarks)
	return stack, nil
}

// A mapper notes, on its way through a project, all that a Swarm cannot do.
type mapper struct {
	*compose.Project
	// at tells where a path into the file stands.
	at func(path ...string) string
	// names are those of configs and secrets on the Swarm, by kind and key.
	names    map[string]string
	problems []error
	remarks  []string
}

// refuse reports what of a service would behave otherwise on a Swarm; "" is none
// of them.
func (m *mapper) refuse(service, fix, problem string, args ...any) {
	m.refuseKey(service, "", fix, problem, args...)
}

// refuseKey is refuse where the key of the service is known that is at fault,
// as "deploy.mode". Twins are usually one anchor: its line is named once.
func (m *mapper) refuseKey(service, key, fix, problem string, args ...any) {
	found := &compose.InvalidError{Service: service, Problem: fmt.Sprintf(problem, args...), Fix: fix}
	if service != "" {
		path := []string{"services", service}
		if key != "" {
			path = append(path, strings.Split(key, ".")...)
		}
		found.File = m.at(path...)
	}
	said := slices.ContainsFunc(m.problems, func(err error) bool {
		other, ok := errors.AsType[*compose.InvalidError](err)
		return ok && found.File != "" && other.File == found.File && other.Problem == found.Problem
	})
	if !said {
		m.problems = append(m.problems, found)
	}
}

func (m *mapper) remark(format string, args ...any) {
	m.remarks = append(m.remarks, fmt.Sprintf(format, args...))
}

// scope is the name that `docker stack` gives to what the file calls key.
func (m *mapper) scope(key string) string { return m.Source.Name + "_" + key }

// labelled adds the stack's label.
func (m *mapper) labelled(labels map[string]string) map[string]string {
	all := map[string]string{stackLabel: m.Source.Name}
	maps.Copy(all, labels)
	return all
}

// services lists the services that the project runs, sorted by name. Those of
// the colours are disabled ones to Compose, as are those of a profile that
// nobody has asked for.
func (m *mapper) services() []types.ServiceConfig {
	var wanted []types.ServiceConfig
	all := m.Source.AllServices()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if _, active := m.Source.Services[name]; active || m.coloured(name) {
			wanted = append(wanted, all[name])
		}
	}
	return wanted
}

func (m *mapper) coloured(service string) bool {
	_, _, part := m.PartOf(service)
	return part || m.once(service)
}

// once tells that a service runs to its end: a job of a release, or a check.
func (m *mapper) once(service string) bool {
	for _, jobs := range m.Jobs {
		if slices.Contains(jobs, service) {
			return true
		}
	}
	return slices.ContainsFunc(m.Checks, func(c compose.Check) bool { return c.Run == service })
}
