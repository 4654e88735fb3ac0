package traefik

import (
	"slices"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestRulesAndPriorities(t *testing.T) {
	all := []struct {
		route compose.Route
		rule  string
	}{
		{compose.Route{}, "PathPrefix(`/`)"},
		{compose.Route{Path: "/api"}, "(Path(`/api`) || PathPrefix(`/api/`))"},
		{compose.Route{Path: "/api/v2"}, "(Path(`/api/v2`) || PathPrefix(`/api/v2/`))"},
		{compose.Route{Host: "a.test"}, "Host(`a.test`)"},
		{compose.Route{Host: "a.test", Path: "/a"}, "Host(`a.test`) && (Path(`/a`) || PathPrefix(`/a/`))"},
	}
	priorities := make([]int, 0, len(all))
	for _, c := range all {
		if got := rule(c.route); got != c.rule {
			t.Errorf("%+v: the rule is %s, want %s", c.route, got, c.rule)
		}
		priorities = append(priorities, priority(c.route))
	}
	if !slices.IsSorted(priorities) || len(slices.Compact(priorities)) != len(all) || slices.Max(priorities) >= verifyPriority {
		t.Errorf("the more specific route does not go first: %v", priorities)
	}
	if got := rule(compose.Route{Mode: compose.TCP, Host: "a.test"}); got != "HostSNI(`*`)" {
		t.Errorf("of tcp the rule is %s", got)
	}
}

func TestWitnessesHaveHealthWhereThereIsOne(t *testing.T) {
	m := shop(volume)
	for colour, want := range map[compose.Colour]string{"": "", compose.Blue: "80:api", compose.Green: "80:api 8443:added"} {
		var got []string
		for _, port := range []int{80, 5432, 8443} {
			if p, found := witnesses(m, colour)[port]; found {
				got = append(got, strings.TrimPrefix(verifyOf(port), "bluegreen_verify-")+":"+p.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("while active is %s: %v, want %s", colour.OrNone(), got, want)
		}
	}
}
