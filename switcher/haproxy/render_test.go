package haproxy

import (
	"testing"

	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/compose"
)

var volume = compose.Proxy{
	Service: "lb", Kind: compose.HAProxy, Volume: "/var/lib/haproxy",
	Settings: "/var/lib/haproxy/haproxy.cfg", Generated: true,
}

// pair is a pair of both colours with one route.
func pair(name string, replicas int, r compose.Route) compose.Pair {
	return compose.Pair{
		Name:     name,
		Services: map[compose.Colour]string{compose.Blue: name + "-blue", compose.Green: name + "-green"},
		Replicas: map[compose.Colour]int{compose.Blue: replicas, compose.Green: replicas},
		Routes:   map[compose.Colour]compose.Route{compose.Blue: r, compose.Green: r},
	}
}

func models() map[string]compose.Model {
	web := compose.Route{Port: 8080, Health: "/healthz", Mode: compose.HTTP, Listen: 80}
	api, admin := web, web
	api.Path = "/api"
	admin.Host, admin.Health = "admin.example.com", ""
	both := api
	both.Host, both.Path = "admin.example.com", "/a b/$x'\"/"
	database := compose.Route{Port: 5432, Mode: compose.TCP, Listen: 5432}

	moved := pair("web", 3, web)
	moved.Routes[compose.Green] = compose.Route{Port: 9090, Mode: compose.HTTP, Path: "/new", Listen: 80}
	added := pair("added", 1, api)
	delete(added.Services, compose.Blue)
	delete(added.Routes, compose.Blue)

	next, nextAPI := web, api
	next.Preview, nextAPI.Preview = "next.example.com", "next.example.com"
	closed := compose.Model{Name: "hello", Proxy: volume, Preview: compose.PreviewOff, Pairs: []compose.Pair{pair("web", 3, web)}}

	sticky := compose.Model{Name: "shop", Proxy: volume, Sticky: compose.StickyRelease, Pairs: []compose.Pair{pair("api", 1, api), pair("db", 1, database), pair("web", 1, web)}}

	secure := sticky
	secure.Sticky, secure.Proxy.TLS = "", map[int]string{80: "/certs/shop.pem"}

	onSwarm := sticky
	onSwarm.Engine, onSwarm.Proxy.Control = compose.Swarm, "10.0.9.0/24"

	return map[string]compose.Model{
		"swarm":  onSwarm,
		"closed": closed,
		"secure": secure,
		"sticky": sticky,
		"next":   {Name: "shop", Proxy: volume, Pairs: []compose.Pair{pair("api", 1, nextAPI), pair("web", 1, next)}},
		"one":    {Name: "hello", Proxy: volume, Pairs: []compose.Pair{pair("web", 3, web)}},
		"many": {Name: "shop", Proxy: volume, Pairs: []compose.Pair{
			pair("admin", 1, admin), pair("api", 12, api), pair("both", 1, both), pair("db", 1, database), pair("web", 10, web),
		}},
		"merged": {Name: "shop", Proxy: volume, Pairs: []compose.Pair{added, moved}},
	}
}

func TestRender(t *testing.T) {
	for name, model := range models() {
		t.Run(name, func(t *testing.T) { golden.Assert(t, Render(model), name+".cfg") })
	}
}
