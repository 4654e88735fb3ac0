package traefik

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

var volume = compose.Proxy{
	Service: "lb", Kind: compose.Traefik, Volume: "/var/lib/traefik",
	Settings: "/var/lib/traefik/traefik.yml", Watched: "/var/lib/traefik/dynamic", Generated: true,
}

// ownFile and ownFlags are proxies with settings of the user's own.
func ownFile() compose.Proxy {
	return compose.Proxy{
		Service: "lb", Kind: compose.Traefik, Volume: "/etc/traefik/dynamic",
		Settings: "/etc/traefik/traefik.yml", Watched: "/etc/traefik/dynamic",
	}
}

func ownFlags() compose.Proxy {
	p := ownFile()
	p.Settings = ""
	p.Static = &staticconfig.Config{EntryPoints: map[string]staticconfig.EntryPoint{"web": {Address: ":80"}}}
	return p
}

// pair is a pair of both colours with one route.
func pair(name string, r compose.Route) compose.Pair {
	return compose.Pair{
		Name:     name,
		Services: map[compose.Colour]string{compose.Blue: name + "-blue", compose.Green: name + "-green"},
		Replicas: map[compose.Colour]int{compose.Blue: 1, compose.Green: 1},
		Routes:   map[compose.Colour]compose.Route{compose.Blue: r, compose.Green: r},
	}
}

// shop is a model with pairs of every kind: of http with and without health,
// by host and by path, of tcp, one of green alone, and one whose green route
// is another.
func shop(proxy compose.Proxy) compose.Model {
	web := compose.Route{Port: 8080, Health: "/healthz", Mode: compose.HTTP, Listen: 80}
	api, admin := web, web
	api.Path = "/api"
	api.Preview = "next.example.com"
	admin.Host, admin.Path, admin.Health = "admin.example.com", "/a", ""
	added := pair("added", compose.Route{Port: 9000, Host: "new.example.com", Health: "/up?full=1", Mode: compose.HTTP, Listen: 8443})
	delete(added.Services, compose.Blue)
	delete(added.Routes, compose.Blue)
	moved := pair("web", web)
	moved.Routes[compose.Green] = compose.Route{Port: 9090, Mode: compose.HTTP, Path: "/new", Listen: 80}
	return compose.Model{Name: "shop", Proxy: proxy, Pairs: []compose.Pair{
		added, pair("admin", admin), pair("api", api), pair("db", compose.Route{Port: 5432, Mode: compose.TCP, Listen: 5432}), moved,
	}}
}

// pairOf is a pair of shop.
func pairOf(t *testing.T, name string) compose.Pair {
	t.Helper()
	p, found := shop(volume).Pair(name)
	if !found {
		t.Fatalf("there is no pair %s", name)
	}
	return p
}

// enrolled is a table with replicas in every state.
func enrolled(active compose.Colour) table {
	t := table{
		Routing: switcher.Routing{Active: active, By: "ann", Since: time.Unix(1, 0).UTC()},
		Replicas: map[string][]replica{
			"admin-green": {{Name: "shop-admin-green-1"}},
			"api-blue":    {{Name: "shop-api-blue-1"}},
			"api-green":   {{Name: "shop-api-green-1"}, {Name: "shop-api-green-2", Out: untried}},
			"db-blue":     {{Name: "shop-db-blue-1"}},
			"db-green":    {{Name: "shop-db-green-1", Out: retired}, {Name: "shop-db-green-2"}},
			"web-blue":    {{Name: "shop-web-blue-1"}, {Name: "shop-web-blue-2", Out: retired}},
			"web-green":   {{Name: "shop-web-green-1"}},
		},
	}
	if active == compose.Green {
		t.Held = []string{"api-green"}
	}
	return t
}

// inCanary is a table with a share of green.
func inCanary(share int) table {
	t := enrolled(compose.Blue)
	t.Routing.Canary = share
	return t
}

// ways are the entry points of generated settings.
func ways(m compose.Model) entries {
	e := entries{}
	for _, port := range ports(m) {
		e[port] = entrances(m.Proxy, generatedEntry(port), port)
	}
	return e
}

// formatted is the routes file of shop.
func formatted(t *testing.T, table table) (text, revision string) {
	t.Helper()
	return formattedOf(t, shop(volume), table)
}

func formattedOf(t *testing.T, m compose.Model, table table) (text, revision string) {
	t.Helper()
	text, revision, err := format(m, table, ways(m), "tok.en")
	if err != nil {
		t.Fatal(err)
	}
	return text, revision
}

func TestRoutesFileIs(t *testing.T) {
	for name, table := range map[string]table{
		"none": {}, "blue": enrolled(compose.Blue), "green": enrolled(compose.Green), "blue with a canary of green": inCanary(10),
	} {
		t.Run("as recorded while active is "+name, func(t *testing.T) {
			text, _ := formatted(t, table)
			golden.Assert(t, text, strings.ReplaceAll(name, " ", "-")+".yml")
		})
	}
}

// Visitors get the cookie of the colour that answers; those who have blue's go to
// blue while it lasts.
func TestRoutesFileWithVisitorsWhoStay(t *testing.T) {
	m := shop(volume)
	m.Sticky = compose.StickyRelease
	switched, inCanary := enrolled(compose.Green), inCanary(10)
	switched.Routing.Pinned, inCanary.Routing.Pinned = compose.Blue, compose.Blue
	for name, table := range map[string]table{"sticky": enrolled(compose.Blue), "pinned": switched, "pinned-canary": inCanary} {
		text, _ := formattedOf(t, m, table)
		golden.Assert(t, text, name+".yml")
	}
}

// Routers of a port that ends TLS say so, and the tool's own request has a way
// without.
func TestRoutesFileWithTLS(t *testing.T) {
	m, table := shop(volume), enrolled(compose.Blue)
	m.Proxy.TLS = map[int]string{80: "/certs/shop.pem"}
	table.Certificates = map[string]string{"/certs/shop.pem": "0123456789abcdef"}
	text, _ := formattedOf(t, m, table)
	golden.Assert(t, text, "secure.yml")
}

func TestSettingsAre(t *testing.T) {
	t.Run("as recorded when generated", func(t *testing.T) { golden.Assert(t, renderStatic(shop(volume), 0), "static.yml") })
	for name, proxy := range map[string]compose.Proxy{"generated": volume, "file": ownFile(), "flags": ownFlags()} {
		t.Run("shown as recorded of "+name, func(t *testing.T) { golden.Assert(t, Show(shop(proxy)), name+".show") })
	}
	t.Run("asked of the user as flags", func(t *testing.T) { golden.Assert(t, lines(shop(ownFlags())), "flags.lines") })
	t.Run("asked of the user as variables", func(t *testing.T) { golden.Assert(t, lines(shop(ownVariables())), "variables.lines") })
	t.Run("asked of the user as TOML", func(t *testing.T) { golden.Assert(t, lines(shop(ownTOML())), "toml.lines") })
	t.Run("asked of the user as YAML", func(t *testing.T) { golden.Assert(t, lines(shop(ownFile())), "file.lines") })
}

// What is generated, and what is asked for, has all that is needed.
func TestSettingsThatNeedNothingMore(t *testing.T) {
	byFile, byFlags, byTOML, byVariables := shop(ownFile()), shop(ownFlags()), shop(ownTOML()), shop(ownVariables())
	for name, c := range map[string]struct {
		m    compose.Model
		read func() (staticconfig.Config, error)
	}{
		"are the generated ones":       {shop(volume), func() (staticconfig.Config, error) { return staticconfig.Parse(renderStatic(shop(volume), 0)) }},
		"are the lines asked of YAML":  {byFile, func() (staticconfig.Config, error) { return staticconfig.Parse(lines(byFile)) }},
		"are the tables asked of TOML": {byTOML, func() (staticconfig.Config, error) { return staticconfig.Read(byTOML.Proxy.Settings, lines(byTOML)) }},
		"are the variables asked for":  {byVariables, func() (staticconfig.Config, error) { return variables(lines(byVariables)).Config(), nil }},
		"are the flags asked for":      {byFlags, func() (staticconfig.Config, error) { return staticconfig.Flags{lines(byFlags)}.Config(), nil }},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := c.read()
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range needs(c.m) {
				if !n.met(config) || n.met(staticconfig.Config{}) {
					t.Errorf("%s is met by %+v, or by nothing", n.flag, config)
				}
			}
		})
	}
}

func TestTheWatchedDirectoryIsFound(t *testing.T) {
	for _, c := range []struct {
		name, directory string
		watched, want   bool
	}{
		{"in the same words", "/etc/traefik/dynamic", true, true},
		{"with a slash at its end", "/etc/traefik/dynamic/", true, true},
		{"below the working directory", "./dynamic", true, true},
		{"but not where changes are not watched", "/etc/traefik/dynamic", false, false},
		{"but not in another one", "/dynamic", true, false},
		{"but not where none is named", "", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := watches(staticconfig.Config{Directory: c.directory, Watched: c.watched}, "/etc/traefik/dynamic"); got != c.want {
				t.Errorf("found is %v", got)
			}
		})
	}
}

// ownTOML is a proxy with a user's own file in TOML, ownVariables one whose
// settings are in its variables.
func ownTOML() compose.Proxy {
	p := ownFile()
	p.Settings = "/etc/traefik/traefik.toml"
	return p
}

func ownVariables() compose.Proxy {
	p := ownFlags()
	p.Variables = true
	return p
}

// variables reads lines as an env_file has them.
func variables(text string) staticconfig.Environment {
	all := staticconfig.Environment{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		all[name] = value
	}
	return all
}

// lines are all that is asked of a user's own settings.
func lines(m compose.Model) string { return text(m.Proxy, needs(m)) }
