package compose

import (
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// SetImage replaces a pair's image in both colours, as if the file said so.
// An unknown pair is an error that names the known ones.
func (p *Project) SetImage(pair, ref string) error {
	if ref == "" {
		return fmt.Errorf("image of pair %q: it is empty", pair)
	}
	return p.override(pair, func(_ Colour, s *types.ServiceConfig) { s.Image = ref })
}

// SetReplicas replaces the number of a pair's containers in both colours.
// An unknown pair or a number below 1 is an error: a colour without replicas
// would leave its visitors without an answer.
func (p *Project) SetReplicas(pair string, n int) error {
	if n < 1 {
		return fmt.Errorf("replicas of pair %q: %d, at least 1 is needed for it to answer", pair, n)
	}
	_, replicas, _ := p.Part(pair)
	return p.override(pair, func(c Colour, s *types.ServiceConfig) {
		s.SetScale(n)
		replicas[c] = n
	})
}

// override edits both colours' services of a pair in the source.
func (p *Project) override(pair string, edit func(Colour, *types.ServiceConfig)) error {
	found, _, ok := p.Part(pair)
	if !ok {
		return p.unknownPair(pair)
	}
	for colour, name := range found {
		for _, services := range []types.Services{p.Source.Services, p.Source.DisabledServices} {
			if s, ok := services[name]; ok {
				edit(colour, &s)
				services[name] = s
			}
		}
	}
	return nil
}

// unknownPair says which pairs there are.
func (p *Project) unknownPair(name string) error {
	return fmt.Errorf("no pair %q: the pairs are %s", name, strings.Join(p.Parts(), ", "))
}
