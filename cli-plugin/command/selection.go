package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The roles of a colour, which `--colour` takes beside the colours.
const (
	roleActive = "active"
	roleIdle   = "idle"
)

// selection chooses services as ps and logs do.
type selection struct {
	services []string
	role     roleValue
}

// roleValue is the value of --colour: a colour or its role.
type roleValue string

func (r *roleValue) String() string { return string(*r) }

// Type names the value in help.
func (*roleValue) Type() string { return "string" }

// Set reads the flag.
func (r *roleValue) Set(s string) error {
	if !slices.Contains(roles(), s) {
		return errors.New("it is blue, green, active or idle")
	}
	*r = roleValue(s)
	return nil
}

func roles() []string {
	return []string{string(compose.Blue), string(compose.Green), roleActive, roleIdle}
}

func (s *selection) install(cmd *cobra.Command) {
	cmd.Flags().Var(&s.role, "colour", "Only the services of a `COLOUR`: blue, green, active or idle")
	completeFlag(cmd, "colour", cobra.FixedCompletions(roles(), cobra.ShellCompDirectiveNoFileComp))
}

// choose turns a selection into the names of services; none means all.
func (p *project) choose(ctx context.Context, s selection) ([]string, error) {
	if err := p.known(ctx, s.services); err != nil || s.role == "" {
		return s.services, err
	}
	colour, err := p.colour(ctx, s.role)
	if err != nil {
		return nil, err
	}
	members, err := p.members(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(members[colour]) == 0:
		return nil, &switcher.NotStartedError{Project: p.name, Doing: fmt.Sprintf("find the services of %s", colour)}
	case len(s.services) == 0:
		return members[colour], nil
	}
	for _, service := range s.services {
		if !slices.Contains(members[colour], service) {
			return nil, &usageError{
				problem: fmt.Sprintf("service %q is not part of %s", service, colour),
				fix:     "name the colour or the service, not both",
			}
		}
	}
	return s.services, nil
}

// colour is what a role means now.
func (p *project) colour(ctx context.Context, role roleValue) (compose.Colour, error) {
	if role != roleActive && role != roleIdle {
		return compose.Colour(role), nil
	}
	status, err := p.Status(ctx)
	switch {
	case err != nil:
		return "", err
	case status.Active == nil:
		return "", &switcher.NotStartedError{Project: p.name, Doing: "find the " + string(role) + " colour"}
	case role == roleIdle:
		return status.Active.Other(), nil
	default:
		return *status.Active, nil
	}
}

// members lists the services of each colour: those of the file, and those
// that run, which a changed file may know nothing of.
func (p *project) members(ctx context.Context) (map[compose.Colour][]string, error) {
	members := map[compose.Colour][]string{}
	status, err := p.Status(ctx)
	if err != nil && p.source == nil {
		return nil, err
	}
	for _, c := range compose.Colours() {
		if p.source != nil {
			members[c] = slices.Concat(p.source.Members(c), p.source.Jobs[c])
		}
		for _, service := range serviceNames(status.Colours[c]) {
			if !slices.Contains(members[c], service) {
				members[c] = append(members[c], service)
			}
		}
	}
	return members, nil
}

// serviceNames lists the services of a colour that runs.
func serviceNames(c switcher.ColourStatus) []string {
	var names []string
	for _, v := range c.Services {
		names = append(names, v.Service)
	}
	for _, w := range c.Workers {
		names = append(names, w.Service)
	}
	return names
}

// known refuses services that neither the file nor the engine has.
func (p *project) known(ctx context.Context, services []string) error {
	if len(services) == 0 {
		return nil
	}
	names := p.declared()
	containers, err := p.engine.Observe(ctx)
	if err != nil {
		return err
	}
	for _, c := range containers {
		names = append(names, c.Service)
	}
	for _, service := range services {
		if !slices.Contains(names, service) {
			return &usageError{
				problem: fmt.Sprintf("project %s has no service %q", p.name, service),
				fix:     "see its containers: docker bluegreen ps",
			}
		}
	}
	return nil
}

// declared lists the services of the file, of both colours and of none.
func (p *project) declared() []string {
	if p.source == nil {
		return nil
	}
	return slices.Concat(p.source.Source.ServiceNames(), p.source.Source.DisabledServiceNames())
}
