package compose

import (
	"strings"
	"testing"
)

func TestRoutingLabelRules(t *testing.T) {
	labelled := func(labels string) []string {
		return append(traefik(generates, theirVolume), greenIs, greenIs+"\n    labels: {"+labels+"}")
	}
	const port = "traefik.http.services.web.loadbalancer.server.port: 8080"
	for _, b := range []broken{
		{"a port", labelled(port), `
compose.yml:16: service "web-green": has labels by which Traefik would route to it whatever colour is active: traefik.http.services.web.loadbalancer.server.port
  fix: remove them, and write x-bluegreen: {port: 8080}
`},
		{"a host and a path", labelled("traefik.enable: 'true', " + port + ", traefik.http.routers.web.rule: 'Host(`shop.test`) && PathPrefix(`/api`)'"), `
compose.yml:16: service "web-green": has labels by which Traefik would route to it whatever colour is active: traefik.http.routers.web.rule and traefik.http.services.web.loadbalancer.server.port
  fix: remove them, and write x-bluegreen: {port: 8080, host: shop.test, path: /api}
`},
		{"in other letters", labelled("Traefik.HTTP.Routers.Web.Rule: 'Host(`shop.test`)'"), `
compose.yml:16: service "web-green": has labels by which Traefik would route to it whatever colour is active: Traefik.HTTP.Routers.Web.Rule
  fix: remove them, and write x-bluegreen: {port: 8080, host: shop.test}
`},
		{"of a tcp route", labelled("traefik.tcp.routers.sql.rule: 'HostSNI(`*`)', traefik.tcp.services.sql.loadbalancer.server.port: 5432"), `
compose.yml:16: service "web-green": has labels by which Traefik would route to it whatever colour is active: traefik.tcp.routers.sql.rule and traefik.tcp.services.sql.loadbalancer.server.port
  fix: remove them, and write x-bluegreen: {port: 5432, mode: tcp}
`},
	} {
		b.check(t)
	}
}

func TestLabelsThatRouteNothingAreLeftAlone(t *testing.T) {
	const rule = "traefik.http.routers.web.rule: 'Host(`shop.test`)'"
	for name, change := range map[string][]string{
		"switched off":               append(traefik(generates, theirVolume), greenIs, greenIs+"\n    labels: {traefik.enable: 'False', "+rule+"}"),
		"of something else":          append(traefik(generates, theirVolume), greenIs, greenIs+"\n    labels: {traefik.enable: 'true', team: shop}"),
		"on the proxy":               traefik(generates+"\n    labels: {"+rule+"}", theirVolume),
		"on a shared service":        append(traefik(generates, theirVolume), also("  mail: {image: m, labels: {"+rule+"}}")...),
		"of a project with HAProxy":  {greenIs, greenIs + "\n    labels: {" + rule + "}"},
		"beside the docker provider": append(traefik(strings.Replace(watchesByCLI, "[", "[--providers.docker, ", 1), watchedMount), top, top),
	} {
		t.Run(name, func(t *testing.T) { mustLoadText(t, strings.NewReplacer(change...).Replace(smallest)) })
	}
}
