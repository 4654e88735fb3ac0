package traefik

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// lotsIn counts the lots whose cookies a rule selects, the second digit being
// known.
func lotsIn(t *testing.T, rule string) map[int]bool {
	t.Helper()
	found := map[int]bool{}
	for lot := range lots {
		first, second := hashOf(lotOf("web", coarse, lot/16)), hashOf(lotOf("api", fine, lot%16))
		if selects(t, rule, fmt.Sprintf("a=b; %s=%s; %s=%s", coarse, first, fine, second)) {
			found[lot] = true
		}
	}
	return found
}

// selects evaluates a rule of header matchers with && and ||, as Traefik would.
func selects(t *testing.T, rule, cookie string) bool {
	t.Helper()
	matcher := regexp.MustCompile("HeaderRegexp\\(`Cookie`, `([^`]*)`\\)")
	said := matcher.ReplaceAllStringFunc(rule, func(m string) string {
		return map[bool]string{true: "T", false: "F"}[regexp.MustCompile(matcher.FindStringSubmatch(m)[1]).MatchString(cookie)]
	})
	for _, simpler := range [][2]string{{"(T && T)", "T"}, {"(T && F)", "F"}, {"(F && T)", "F"}, {"(F && F)", "F"}} {
		said = strings.ReplaceAll(said, simpler[0], simpler[1])
	}
	return strings.Contains(said, "T")
}

func TestLots(t *testing.T) {
	before := map[int]bool{}
	for share := 1; share < switcher.All; share++ {
		w := drawOf(switcher.Traffic{Active: compose.Blue, Canary: share})
		chosen, kept := lotsIn(t, w.chosen()), lotsIn(t, w.kept())
		if got := 100 * float64(len(chosen)) / lots; math.Abs(got-float64(share)) > 0.2 {
			t.Errorf("%d%% are %.2f%% of the lots", share, got)
		}
		for lot := range lots {
			if chosen[lot] == kept[lot] {
				t.Errorf("at %d%% the lot %x is chosen and kept: %v", share, lot, kept[lot])
			}
			if before[lot] && !chosen[lot] {
				t.Errorf("at %d%% the lot %x is sent back", share, lot)
			}
		}
		before = chosen
	}
}

// Whoever has only a first digit gets the second where the share divides it,
// and is no stranger elsewhere.
func TestFirstDigits(t *testing.T) {
	for share := 1; share < switcher.All; share++ {
		w := drawOf(switcher.Traffic{Active: compose.Blue, Canary: share})
		for digit := range hexDigits {
			cookie := coarse + "=" + hashOf(lotOf("web", coarse, digit))
			ways := 0
			for _, rule := range []string{w.chosen(), w.kept(), "(" + w.mixed() + ")"} {
				if selects(t, rule, cookie) && (w.second > 0 || rule != "("+w.mixed()+")") {
					ways++
				}
			}
			if ways != 1 {
				t.Errorf("at %d%% a client with the first digit %x has %d ways", share, digit, ways)
			}
		}
	}
}

func TestAForeignCookieIsNoLot(t *testing.T) {
	w := drawOf(switcher.Traffic{Active: compose.Blue, Canary: 50})
	for _, cookie := range []string{"", coarse + "=42", "x" + coarse + "=" + strings.Repeat("0", 16), coarse + "=" + strings.Repeat("0", 17)} {
		if selects(t, w.chosen(), cookie) || selects(t, w.kept(), cookie) {
			t.Errorf("%q is a lot", cookie)
		}
	}
}

func TestTheLiveShare(t *testing.T) {
	v := routed(map[string]string{"web": drawnOf("web", compose.Blue), "admin": serviceOf("admin", compose.Blue)})
	v.Routers[shareOf(25)+provider] = seenRouter{Status: "enabled"}
	if got, err := v.traffic(shop(volume)); got != (switcher.Traffic{Active: compose.Blue, Canary: 25}) || err != nil {
		t.Errorf("it is %s, %v", got, err)
	}
	v.Routers[shareOf(26)+provider] = seenRouter{Status: "enabled"}
	if got, err := v.traffic(shop(volume)); err == nil {
		t.Errorf("of two it is %s", got)
	}
}
