package traefik

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// routed is what Traefik says when each pair's router leads to a service.
func routed(pairs map[string]string) *view {
	v := &view{Routers: map[string]seenRouter{}, TCPRouters: map[string]seenRouter{}}
	for name, service := range pairs {
		of := v.Routers
		if name == "db" {
			of = v.TCPRouters
		}
		of[routerOf(name)+provider] = seenRouter{Service: service, Status: "enabled"}
	}
	return v
}

func TestTheLiveColour(t *testing.T) {
	blue := map[string]string{
		"admin": "bluegreen-admin-blue", "api": "bluegreen-api-blue", "db": "bluegreen-db-blue", "web": "bluegreen-web-blue",
	}
	with := func(pair, service string) map[string]string {
		changed := maps.Clone(blue)
		changed[pair] = service
		return changed
	}
	for _, c := range []struct {
		name  string
		pairs map[string]string
		want  compose.Colour
		fault string
	}{
		{"is the one to which all routers lead", blue, compose.Blue, ""},
		{"is that of a pair which is there alone", map[string]string{"added": "bluegreen-added-green"}, compose.Green, ""},
		{"is none while nobody serves", map[string]string{"db": noColour, "web": noColour}, "", ""},
		{"is none without a router", nil, "", ""},
		{"cannot be two", with("web", "bluegreen-web-green"), "", "its router bluegreen-web leads to bluegreen-web-green"},
		{"cannot be two in tcp", with("db", "bluegreen-db-green"), "", "leads to bluegreen-"},
		{"cannot be one and none", with("web", noColour), "", "its router bluegreen-web leads to bluegreen_none"},
		{"cannot be what the tool does not make", with("web", "theirs@docker"), "", "its router bluegreen-web leads to theirs@docker"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := routed(c.pairs).colour(shop(volume))
			if got != c.want || (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("it is %q, %v; want %q, %q", got, err, c.want, c.fault)
			}
		})
	}
}

// said is an answer of /api/rawdata, shortened.
const said = `{
  "routers": {
    "bluegreen-web@file": {"service": "bluegreen-web-blue", "status": "enabled"},
    "bluegreen-api@file": {"service": "gone", "status": "disabled", "error": ["the service \"gone@file\" does not exist", "twice"]},
    "bluegreen_revision-0123456789abcdef@file": {"service": "noop@internal", "status": "enabled"},
    "bluegreen-web@docker": {"status": "disabled", "error": ["not the tool's"]},
    "theirs@file": {"status": "disabled", "error": ["not the tool's"]}
  },
  "services": {
    "bluegreen-web-blue@file": {"status": "enabled", "serverStatus": {"http://shop-web-blue-1:8080": "UP", "http://shop-web-blue-2:8080": "DOWN"}},
    "bluegreen-web-green@file": {"status": "warning", "error": ["empty"]}
  },
  "tcpRouters": {"bluegreen-db@file": {"service": "bluegreen-db-blue", "status": "disabled", "error": ["no entry point"]}},
  "tcpServices": {"bluegreen-db-blue@file": {"status": "enabled", "serverStatus": {"shop-db-blue-1:5432": "DOWN"}}}
}`

func TestAnAnswerOfTheAPI(t *testing.T) {
	var v view
	if err := json.Unmarshal([]byte(said), &v); err != nil {
		t.Fatal(err)
	}
	t.Run("tells which revision was taken", func(t *testing.T) {
		if !v.has("0123456789abcdef") || v.has("0123456789abcde") || v.has("") {
			t.Error("it has another one")
		}
	})
	t.Run("tells the faults of the tool's own routes", func(t *testing.T) {
		want := `it rejects its routes: bluegreen-api: the service "gone@file" does not exist, twice; ` +
			"bluegreen-db: no entry point; bluegreen-web-green: empty"
		if got := (&faultError{v.faults()}).Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	t.Run("tells the state of each replica", func(t *testing.T) {
		for _, c := range []struct {
			pair, replica, want string
			colour              compose.Colour
		}{
			{"web", "shop-web-blue-1", up, compose.Blue},
			{"web", "shop-web-blue-2", down, compose.Blue},
			{"web", "shop-web-blue-3", "", compose.Blue},
			{"web", "shop-web-blue-1", "", compose.Green},
			{"db", "shop-db-blue-1", down, compose.Blue},
		} {
			if got := v.status(pairOf(t, c.pair), c.colour, c.replica); got != c.want {
				t.Errorf("%s is %q, want %q", c.replica, got, c.want)
			}
		}
	})
}

func TestSessionsAreThoseAtAnyOfAContainersAddresses(t *testing.T) {
	ctr := compose.Container{Addresses: []string{"172.18.0.3", "172.19.0.3", "fd00::3"}}
	connections := map[string]int{"172.18.0.3:8080": 2, "172.19.0.3:8080": 1, "[fd00::3]:8080": 4, "172.18.0.3:9000": 8, "172.18.0.4:8080": 16}
	if got := sessionsOf(ctr, 8080, connections); got != 7 {
		t.Errorf("they are %d", got)
	}
	if got := sessionsOf(compose.Container{}, 8080, connections); got != 0 {
		t.Errorf("without an address they are %d", got)
	}
}

func TestAGoodAnswer(t *testing.T) {
	for status, want := range map[int]bool{199: false, 200: true, 204: true, 302: true, 399: true, 400: false, 503: false} {
		if got := (session.Reply{Status: status}).Good(); got != want {
			t.Errorf("%d is good: %v", status, got)
		}
	}
}

func TestNamesThatARuleCannotSpellAreRefused(t *testing.T) {
	if err := checkNames(shop(volume)); err != nil {
		t.Errorf("those of the shop: %v", err)
	}
	for word, change := range map[string]func(*compose.Pair, *compose.Route){
		"a`b":     func(_ *compose.Pair, r *compose.Route) { r.Host = "a`b" },
		"/a b":    func(_ *compose.Pair, r *compose.Route) { r.Path = "/a b" },
		"/{{.}}":  func(_ *compose.Pair, r *compose.Route) { r.Health = "/{{.}}" },
		"web\"x":  func(p *compose.Pair, _ *compose.Route) { p.Name = "web\"x" },
		"w\nblue": func(p *compose.Pair, _ *compose.Route) { p.Services[compose.Blue] = "w\nblue" },
	} {
		p := pairOf(t, "api")
		r := p.Routes[compose.Blue]
		change(&p, &r)
		p.Routes[compose.Blue] = r
		err := checkNames(compose.Model{Proxy: volume, Pairs: []compose.Pair{p}})
		var invalid *compose.InvalidError
		if !errors.As(err, &invalid) || invalid.Service != "lb" || !strings.Contains(err.Error(), "cannot spell") {
			t.Errorf("%q: %v", word, err)
		}
	}
}
