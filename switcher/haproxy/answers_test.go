package haproxy

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// said is an answer captured from HAProxy 2.6.12: two replicas and a sick one
// in blue, of which replica-2 is drained; green does not run. In flight are
// two slow requests, a stream, a websocket, an idle client, and a connection
// of the tcp pair raw.
func said(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "answers", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// captured is the model that HAProxy ran when the answers were captured.
func captured() compose.Model {
	raw := pair("raw", 3, compose.Route{Port: 9000, Mode: compose.TCP, Listen: 5432})
	delete(raw.Services, compose.Green)
	return compose.Model{Name: "hello", Proxy: volume, Pairs: []compose.Pair{
		raw, pair("web", 3, compose.Route{Port: 8080, Health: "/healthz", Mode: compose.HTTP, Listen: 80}),
	}}
}

func TestParseStat(t *testing.T) {
	rows, err := parseStat(said(t, "stat.txt"))
	if err != nil {
		t.Fatal(err)
	}
	web := captured().Pairs[1]
	type state struct {
		slot, address, why string
		up                 bool
	}
	var got []state
	for _, r := range slotsOf(rows, web, compose.Blue) {
		if s := r.server(web, compose.Blue); s.Address != "" {
			got = append(got, state{s.Slot, s.Address, s.Why, s.Up})
		}
	}
	want := []state{
		{"web_blue/replica-1", "172.18.0.3", "UP L7OK", true},
		{"web_blue/replica-2", "172.18.0.4", "DRAIN L7OK", false},
		{"web_blue/replica-3", "172.18.0.5", "DOWN L7STS", false},
	}
	if !slices.Equal(got, want) {
		t.Errorf("the servers are\n%+v, want\n%+v", got, want)
	}
	if n := len(slotsOf(rows, web, compose.Green)); n != 10 {
		t.Errorf("green has %d slots", n)
	}
	for _, wrong := range []string{"", "\n", "Unknown command\n", "pxname,svname\na,b\n", "# a,b\n\"x\n"} {
		if _, err := parseStat(wrong); err == nil {
			t.Errorf("%q is no answer to show stat", wrong)
		}
	}
}

func TestWhenAServerIsUp(t *testing.T) {
	http := pair("web", 1, compose.Route{Health: "/healthz", Mode: compose.HTTP})
	plain := pair("web", 1, compose.Route{Mode: compose.HTTP})
	for _, test := range []struct {
		pair                  compose.Pair
		status, check, health string
		up                    bool
		why                   string
	}{
		{http, "UP", "L7OK", "2", true, "UP L7OK"},
		{http, "UP", "* L7OK", "2", true, "UP L7OK"},
		{http, "UP 1/2", "INI", "1", false, "UP 1/2 INI"},   // just filled
		{http, "UP 1/2", "L7OK", "1", false, "UP 1/2 L7OK"}, // refilled: the check is its predecessor's
		{http, "UP", "L4OK", "2", false, "UP L4OK"},
		{http, "DOWN", "INI", "0", false, "DOWN INI"},
		{http, "DRAIN", "L7OK", "2", false, "DRAIN L7OK"},
		{http, "DRAIN", "L7OK", "1", false, "DRAIN 1/2 L7OK"},
		{http, "no check", "", "", false, "no check"},
		{plain, "UP", "L4OK", "2", true, "UP L4OK"},
	} {
		r := row{"status": test.status, "check_status": test.check, "check_health": test.health, "check_rise": "1", "check_fall": "2"}
		s := r.server(test.pair, compose.Blue)
		if unchecked := strings.HasPrefix(test.status, "UP "); s.Unchecked != unchecked {
			t.Errorf("%s %s: unchecked %v", test.status, test.check, s.Unchecked)
		}
		if s.Up != test.up || s.Why != test.why {
			t.Errorf("%s %s: up %v %q, want %v %q", test.status, test.check, s.Up, s.Why, test.up, test.why)
		}
	}
}

func TestInFlight(t *testing.T) {
	rows, err := parseStat(said(t, "stat.txt"))
	if err != nil {
		t.Fatal(err)
	}
	counted, backends := countSessions(rows, captured(), compose.Blue)
	if want := (switcher.InFlight{Requests: 4, Connections: 1}); counted != want {
		t.Errorf("counted %+v, want %+v", counted, want)
	}
	if want := map[string]bool{"web_blue": true}; !reflect.DeepEqual(backends, want) {
		t.Errorf("in %v, want %v", backends, want)
	}
	if ids := sessionsOf(said(t, "sess.txt"), backends); len(ids) != 4 {
		t.Errorf("the sessions are %v", ids)
	}
	want := switcher.InFlight{Requests: 2, Streams: 1, Websockets: 1, Connections: 1}
	if got := classify(counted, said(t, "sess-ids.txt")); got != want {
		t.Errorf("classified as %+v, want %+v", got, want)
	}
	// Sessions that came after the count do not raise it.
	if got := classify(switcher.InFlight{Requests: 1}, said(t, "sess-ids.txt")); got.Total() != 1 {
		t.Errorf("the total has become %d", got.Total())
	}
}

func TestParseMap(t *testing.T) {
	if c, err := parseMap(said(t, "map.txt")); c != (switcher.Traffic{Active: compose.Blue}) || err != nil {
		t.Errorf("the map says %q, %v", c, err)
	}
	if c, err := parseMap("0x1 active none\n\n"); c != (switcher.Traffic{}) || err != nil {
		t.Errorf("none is %q, %v", c, err)
	}
	for _, wrong := range []string{"", "\n", "0x1 active red\n", "0x1 active blue\n0x2 active blue\n", "0x1 other blue\n"} {
		if c, err := parseMap(wrong); err == nil {
			t.Errorf("%q is taken for %q", wrong, c)
		}
	}
}

func TestRefusalsAreNoticed(t *testing.T) {
	for said, want := range map[string]string{
		said(t, "set-map-no-entry.txt"):                         "entry not found.",
		"Unknown command, but maybe one of\n x\n":               "Unknown command, but maybe one of",
		"Unknown map identifier. Please use #<id> or <file>.\n": "Unknown map identifier. Please use #<id> or <file>.",
		"Permission denied\n\n0x1 active blue\n":                "Permission denied",
		"\n0x1 active blue\n\n":                                 "",
		said(t, "stat.txt"):                                     "",
	} {
		if got := complaint(said); got != want {
			t.Errorf("in %.60q the complaint is %q, want %q", said, got, want)
		}
	}
}

func TestParentOf(t *testing.T) {
	if pid, err := parentOf("8 (ha) pro (xy) S 1 8 8 0\n"); pid != 1 || err != nil {
		t.Errorf("the parent is %d, %v", pid, err)
	}
	if _, err := parentOf(""); err == nil {
		t.Error("an empty text has a parent")
	}
}
