package compose

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/types"
)

// everyProfile is Compose's word for all profiles at once.
const everyProfile = "*"

// activeProfiles lists the profiles that COMPOSE_PROFILES activates.
func activeProfiles(environment types.Mapping) []string {
	return strings.FieldsFunc(environment[consts.ComposeProfiles], func(c rune) bool { return c == ',' || c == ' ' })
}

// userProfiles are the active profiles without the colours.
func userProfiles(environment types.Mapping) []string {
	return slices.DeleteFunc(activeProfiles(environment), isColour)
}

// remarkProfiles tells that a colour in COMPOSE_PROFILES has no effect.
func remarkProfiles(environment types.Mapping) []string {
	profiles := activeProfiles(environment)
	i := slices.IndexFunc(profiles, isColour)
	if i < 0 {
		return nil
	}
	return []string{"COMPOSE_PROFILES names a colour, which has no effect: name it in the command, as in docker bluegreen up " + profiles[i]}
}

// withColours activates both colours for the time of loading: Compose checks
// active services alone, and reads env_file and label_file only for them,
// without which their config hashes would be others.
func withColours(o *cli.ProjectOptions) error {
	profiles := append(userProfiles(o.Environment), string(Blue), string(Green))
	return cli.WithProfiles(profiles)(o)
}

// withoutColours is the project as a person has it who activates neither
// colour: both stand in the disabled services.
func withoutColours(p *types.Project, profiles []string) *types.Project {
	for name, s := range p.Services {
		if len(coloursOf(s)) > 0 {
			p.DisabledServices[name] = s
			delete(p.Services, name)
		}
	}
	p.Profiles = expand(profiles, p)
	return p
}

// expand replaces "*", which would activate the colours too, by the names of
// all other profiles.
func expand(profiles []string, p *types.Project) []string {
	if !slices.Contains(profiles, everyProfile) {
		return profiles
	}
	all := map[string]bool{}
	for _, s := range p.AllServices() {
		for _, profile := range s.Profiles {
			if !isColour(profile) {
				all[profile] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func isColour(profile string) bool {
	return profile == string(Blue) || profile == string(Green)
}

// coloursOf lists the colours among a service's profiles.
func coloursOf(s types.ServiceConfig) []Colour {
	var colours []Colour
	for _, c := range Colours() {
		if slices.Contains(s.Profiles, string(c)) {
			colours = append(colours, c)
		}
	}
	return colours
}
