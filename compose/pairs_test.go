package compose

import (
	"fmt"
	"strings"
	"testing"
)

func TestPairNames(t *testing.T) {
	for _, c := range []struct{ blue, green, pair, want string }{
		{"web-blue", "web-green", "", "web"},
		{"web_blue", "web_green", "", "web"},
		{"web.blue", "web.green", "", "web"},
		{"blue-web", "green-web", "", "web"},
		{"blue_web", "green_web", "", "web"},
		{"blue.web", "green.web", "", "web"},
		{"web-blue", "green.web", "", "web"},
		{"shop-web-blue", "shop-web-green", "", "shop-web"},
		{"blue-blue", "blue-green", "", "blue"},
		{"old", "new", "web", "web"},
		{"web-blue", "web-green", "shop", "shop"},
	} {
		t.Run(c.blue+" "+c.green+" "+c.pair, func(t *testing.T) {
			text := strings.NewReplacer("web-blue:", c.blue+":", "web-green:", c.green+":").Replace(smallest)
			if c.pair != "" {
				text = strings.ReplaceAll(text, "port: 8080", "port: 8080, pair: "+c.pair)
			}
			p := mustLoadText(t, text)
			equal(t, "pairs", p.Pairs, []Pair{{
				Name:     c.want,
				Services: map[Colour]string{Blue: c.blue, Green: c.green},
				Replicas: map[Colour]int{Blue: 1, Green: 1},
				Routes: map[Colour]Route{
					Blue:  {Port: 8080, Mode: HTTP, Listen: 80},
					Green: {Port: 8080, Mode: HTTP, Listen: 80},
				},
			}})
		})
	}
}

// One pair may take its name from its services, the twin from its key.
func TestPairNamedOnOneSide(t *testing.T) {
	p := mustLoadText(t, strings.NewReplacer("  web-green:", "  next:", greenHas, greenHas+", pair: web").Replace(smallest))
	equal(t, "services", p.Pairs[0].Services, map[Colour]string{Blue: "web-blue", Green: "next"})
}

// Twins may differ in all that does not route traffic.
func TestTwinsMayDiffer(t *testing.T) {
	p := mustLoadText(t, strings.Replace(smallest, greenIs, "profiles: [green, extra]\n    environment: {A: b}\n    deploy: {replicas: 4}", 1))
	equal(t, "replicas", p.Pairs[0].Replicas, map[Colour]int{Blue: 1, Green: 4})
}

func TestSeveralPairs(t *testing.T) {
	p := mustLoadText(t, `
name: shop
x-bluegreen:
  defaults: {port: 3000, health: /up, listen: 80}
  wait_timeout: 90s
  drain_timeout: 1m30s
services:
  lb:
    image: registry.test:5000/team/haproxy-tuned:3.2@sha256:0000000000000000000000000000000000000000000000000000000000000000
    ports: ["80:80", "443:443", "5432:5432", "443:443/udp"]
    volumes: ["state:/var/lib/haproxy"]
  web-blue: {image: web, profiles: [blue]}
  web-green: {image: web, profiles: [green]}
  api-blue: {image: api, profiles: [blue], x-bluegreen: {path: /api/, host: API.shop.test, health: /deep?all=1}}
  api-green: {image: api, profiles: [green], x-bluegreen: {path: /api/, host: API.shop.test, health: /deep?all=1}}
  sql-blue: {image: sql, profiles: [blue], x-bluegreen: {mode: tcp, port: 5432, listen: 5432}}
  sql-green: {image: sql, profiles: [green], x-bluegreen: {mode: tcp, port: 5432, listen: 5432}}
  db: {image: db}
  cache: {image: cache}
volumes: {state: {}}
`)
	var routes []string
	for _, pair := range p.Pairs {
		equal(t, pair.Name+"'s routes", pair.Routes[Blue], pair.Routes[Green])
		routes = append(routes, fmt.Sprintf("%s %+v", pair.Name, pair.Routes[Blue]))
	}
	equal(t, "routes", strings.Join(routes, "\n"), strings.Join([]string{
		"api {Port:3000 Health:/deep?all=1 Host:api.shop.test Path:/api Mode:http Listen:80 Preview:}",
		"sql {Port:5432 Health: Host: Path: Mode:tcp Listen:5432 Preview:}",
		"web {Port:3000 Health:/up Host: Path: Mode:http Listen:80 Preview:}",
	}, "\n"))
	equal(t, "shared", p.Shared, []string{"cache", "db"})
	equal(t, "timeouts", fmt.Sprint(p.WaitTimeout, p.DrainTimeout), "1m30s 1m30s")
}

func TestListen(t *testing.T) {
	for _, c := range []struct {
		name, proxy, settings string
		want                  int
		remarks               string
	}{
		{"the published port", `ports: ["8080:8081"]`, "", 8081, ""},
		{"a published range of one protocol", `ports: ["443:443", "443:443/udp"]`, "", 443, ""},
		{"the exposed port", `expose: ["8082"]`, "", 8082, ""},
		{"published comes before exposed", "ports: ['80:80']\n    expose: ['8082']", "", 80, ""},
		{"neither", "", "", 80, ""},
		{"its own", `ports: ["80:80", "81:81"]`, ", listen: 81", 81, ""},
		{"the host's port by mistake", `ports: ["8080:80"]`, ", listen: 8080", 8080, `service "web-blue": x-bluegreen.listen is 8080, a container port that the proxy does not publish`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustLoadText(t, strings.NewReplacer(publishes, c.proxy, "port: 8080", "port: 8080"+c.settings).Replace(smallest))
			equal(t, "listen", p.Pairs[0].Routes[Green].Listen, c.want)
			equal(t, "remarks", strings.Join(p.Remarks, " "), c.remarks)
		})
	}
}

// An anchor may carry x-bluegreen to services that take no traffic.
func TestSettingsWithoutEffectAreRemarked(t *testing.T) {
	p := mustLoadText(t, strings.Replace(smallest, end, "  worker: {image: w, x-bluegreen: {port: 1}}\n"+end, 1))
	equal(t, "remarks", p.Remarks, []string{`service "worker": x-bluegreen has no effect, for the service has no colour`})
}
