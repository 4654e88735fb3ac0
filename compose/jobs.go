package compose

import "github.com/compose-spec/compose-go/v2/types"

// awaited are the coloured services for whose completion another coloured
// service waits: a colour's one-shot jobs.
func (b *builder) awaited() map[string]bool {
	jobs := map[string]bool{}
	for _, s := range b.source.Services {
		if len(coloursOf(s)) == 0 {
			continue
		}
		for name, dependency := range s.DependsOn {
			if dependency.Condition != types.ServiceConditionCompletedSuccessfully {
				continue
			}
			if on, ok := b.source.Services[name]; ok && len(coloursOf(on)) > 0 {
				jobs[name] = true
			}
		}
	}
	return jobs
}

// jobs lists the one-shot services of each colour.
func (b *builder) jobs(members []member) map[Colour][]string {
	jobs := map[Colour][]string{}
	for _, m := range members {
		for _, c := range m.colours {
			if m.job {
				jobs[c] = append(jobs[c], m.Name)
			}
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	return jobs
}
