package traefik

import (
	"strings"
	"testing"

	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// held is a proxy in the network of a holder.
func held() compose.Proxy {
	p := volume
	p.Holder = "entrance"
	return p
}

func TestSettingsInAHolderAre(t *testing.T) {
	m := shop(held())
	first, second := renderStatic(m, 0), renderStatic(m, 1)
	golden.Assert(t, first, "held.static.yml")
	for from, l := range map[string]lane{first: 1, second: 0} {
		want := renderStatic(m, l)
		if got, err := inLane(from, l); err != nil || got != want || laneOf(got) != l {
			t.Errorf("lane %d: %v\n%s\nwant\n%s", l, err, got, want)
		}
	}
}

func TestRoutesInAHolderAre(t *testing.T) {
	m := shop(held())
	leaving := enrolled(compose.Blue)
	leaving.Leaving = true
	text, _, err := format(m, leaving, ways(m), "token")
	if err != nil {
		t.Fatal(err)
	}
	golden.Assert(t, text, "held.yml")
}

// Two instances must be able to listen beside each other.
func TestLanesDoNotMeet(t *testing.T) {
	m := shop(held())
	shared := map[int]bool{}
	for _, port := range ports(m) {
		shared[port] = true
	}
	seen := map[int]string{}
	for l := range lane(2) {
		config, err := staticconfig.Parse(renderStatic(m, l))
		if err != nil {
			t.Fatal(err)
		}
		for name, point := range config.EntryPoints {
			port := point.Port()
			if other, taken := seen[port]; taken && !shared[port] {
				t.Errorf("%s and %s listen on %d", name, other, port)
			}
			seen[port] = name
		}
		for _, port := range ports(m) {
			if side := config.EntryPoints[sideEntry(port)].Port(); !l.has(side) || l.other().has(side) {
				t.Errorf("lane %d: %d is its own port beside %d", l, side, port)
			}
		}
	}
}

func TestRedirectionIs(t *testing.T) {
	golden.Assert(t, redirection(map[int]int{443: 61924, 80: 61922}), "redirection.nft")
	golden.Assert(t, redirection(nil), "no-redirection.nft")
}

func TestRedirectionsAreReadBack(t *testing.T) {
	const rule = "\t\ttcp dport 80 tcp flags & (fin | syn | rst | ack) == syn redirect to :61922\n"
	to := map[int]int{80: 61922}
	for _, c := range []struct {
		name, said, want string
		to               map[int]int
	}{
		{"the one", rule, "", to},
		{"none", "", "", nil},
		{"none, but one is wanted", "", "does not redirect port 80 to 61922", to},
		{"one that leads elsewhere", strings.Replace(rule, "61922", "61921", 1), "does not redirect", to},
		{"one too many", rule + strings.Replace(rule, "80", "81", 1), "has 2 redirections, not 1", to},
		{"one that nobody wants", rule, "has 1 redirections, not 0", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := ""
			if err := confirm(c.said, c.to); err != nil {
				said = err.Error()
			}
			if (said == "") != (c.want == "") || !strings.Contains(said, c.want) {
				t.Errorf("got %q, want %q", said, c.want)
			}
		})
	}
}
