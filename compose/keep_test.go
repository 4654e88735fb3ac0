package compose

import (
	"strings"
	"testing"
)

func TestKeptNamesAreLegalWhateverComposeAllows(t *testing.T) {
	equal(t, "name", KeptRef("shop", "web", "5a1c0b77e2"), "bluegreen.invalid/shop/web:5a1c0b77e2")
	seen := map[string]string{}
	for _, name := range []string{"shop", "Shop", "shop-", "shop_", "a___b", "a-_b", "a.-b", "0", "_", strings.Repeat("long-", 40), strings.Repeat("Long-", 40)} {
		part := component(name)
		if !legalComponent.MatchString(part) || len(part) > longComponent {
			t.Errorf("%q became %q", name, part)
		}
		if other, taken := seen[part]; taken {
			t.Errorf("%q and %q are both %q", name, other, part)
		}
		seen[part] = name
	}
	if Kept("shop", KeptRef("shop-2", "web", "a")) || !Kept("shop", KeptRef("shop", "web", "a")) {
		t.Error("a project's names are not its own")
	}
}

func TestUnitsAreThePairsAndJobsOfAColour(t *testing.T) {
	m := Model{
		Jobs:  map[Colour][]string{Blue: {"migrate-blue", "seed"}, Green: {"migrate-green", "seed"}},
		Pairs: []Pair{{Name: "web", Services: map[Colour]string{Blue: "web-blue", Green: "web-green"}}},
	}
	got := m.Units(Green)
	if len(got) != 3 || got["migrate-green"] != "migrate" || got["seed"] != "seed" || got["web-green"] != "web" {
		t.Errorf("%v", got)
	}
}
