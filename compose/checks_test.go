package compose

import (
	"strings"
	"testing"
	"time"
)

func TestChecksAreReadInTheirOrder(t *testing.T) {
	p := mustLoadText(t, strings.NewReplacer(top, top+"x-bluegreen: {checks: [{pair: web, exec: [/app, check]}]}\n",
		"{port: 8080}", "{port: 8080, checks: [/, {path: '/a?b', headers: {N: 3}, json: {a: 1}, status: '204', timeout: 2s, retries: 2, interval: 1s}, {exec: bin/test}]}").Replace(smallest))
	equal(t, "checks", p.Checks, []Check{
		{Pair: "web", Path: "/"},
		{
			Pair: "web", Path: "/a?b", Headers: map[string]string{"N": "3"}, JSON: map[string]any{"a": 1}, Status: 204,
			Timeout: 2 * time.Second, Retries: 2, Interval: time.Second,
		},
		{Pair: "web", Exec: Command{Line: "bin/test"}},
		{Pair: "web", Exec: Command{Args: []string{"/app", "check"}}},
	})
	equal(t, "checked", p.Checked, true)
	twice := mustLoadText(t, strings.ReplaceAll(smallest, "{port: 8080}", "{port: 8080, checks: [/, {path: /, json: {a: 1}}]}")).Checks
	equal(t, "names", []string{twice[0].Name(), twice[1].Name()}, []string{"GET / of web", "GET / of web (2)"})
	equal(t, "checked without checks", mustLoadText(t, smallest).Checked, false)
}

func TestCheckRules(t *testing.T) {
	const twice = "x-bluegreen: {port: 8080}\n"
	for _, b := range []broken{
		{"the twins differ", []string{twice, "x-bluegreen: {port: 8080, checks: [/]}\n"}, `
compose.yml:16: service "web-green": has other x-bluegreen.checks than web-blue
  fix: write x-bluegreen once, in an anchor that both services use
`},
		{"no pair", []string{top, top + "x-bluegreen:\n  checks:\n    - {path: /}\n    - {pair: wep, path: /}\n"}, `
compose.yml:5: x-bluegreen.checks.1 does not say which pair it is about
  fix: write pair: web
compose.yml:6: x-bluegreen.checks.2.pair names "wep", which is no pair of the file
  fix: did you mean "web"?
`},
		{"no preview", []string{top, top + "x-bluegreen:\n  preview: off\n  checks: [{pair: web, path: /}, {pair: web, exec: a}]\n"}, `
compose.yml:5: x-bluegreen.checks.1.path cannot be asked for: with preview: off there is no way to a colour without the traffic
  fix: let there be a preview, or write a command instead: {exec: bin/smoke-test}
`},
		{"a tcp pair", []string{twice, "x-bluegreen: {port: 8080, mode: tcp, checks: [/]}\n", twice, "x-bluegreen: {port: 8080, mode: tcp, checks: [/]}\n"}, `
compose.yml:12: service "web-blue": x-bluegreen.checks.1.path asks for a page of a tcp pair
  fix: write a command instead: {exec: bin/smoke-test}
`},
		{"no such service", []string{top, top + "x-bluegreen:\n  checks:\n    - {pair: web, run: smok}\n    - {pair: web, run: web-blue}\n    - {pair: web, run: lb}\n"}, `
compose.yml:5: x-bluegreen.checks.1.run names "smok", which the file does not have
  fix: known are lb, web-blue and web-green
compose.yml:6: x-bluegreen.checks.2.run names "web-blue", which has not the profiles of both colours
  fix: let a service of its own have both profiles, [blue, green], which is started for its check alone
compose.yml:7: x-bluegreen.checks.3.run names "lb", which has not the profiles of both colours
  fix: let a service of its own have both profiles, [blue, green], which is started for its check alone
`},
		{"what others wait for", append([]string{
			top, top + "x-bluegreen: {checks: [{pair: web, run: migrate}]}\n",
			"profiles: [blue]\n", "profiles: [blue]\n    depends_on: {migrate: {condition: service_completed_successfully}}\n",
			"profiles: [green]\n", "profiles: [green]\n    depends_on: {migrate: {condition: service_completed_successfully}}\n",
		}, also("  migrate: {image: web, profiles: [blue, green]}\n")...), `
compose.yml:3: x-bluegreen.checks.1.run names "migrate", which runs before a release
  fix: let a service of its own have both profiles, [blue, green], which is started for its check alone
`},
		{"two kinds in one", []string{top, top + "x-bluegreen: {checks: [{pair: web, run: smoke, path: /}]}\n"}, `
compose.yml:3: x-bluegreen.checks.1 has none of path, exec and run, or several
  fix: write what it asks for, {path: /healthz}, or what it runs: {exec: bin/smoke-test}, {run: SERVICE}
`},
		{"a password is not shown", []string{top, top + "x-bluegreen: {checks: [{pair: web, path: /, headers: {Authorization: [the-password]}}]}\n"}, `
compose.yml:3: x-bluegreen.checks.1.headers.Authorization is not one line of text
  fix: write the header's value
`},
	} {
		b.check(t)
	}
}

// A service that only checks run is no part of a release.
func TestAServiceThatACheckRuns(t *testing.T) {
	with := append(also("  smoke: {image: smoke, profiles: [blue, green]}\n"), top, top+"x-bluegreen: {checks: [{pair: web, run: smoke}]}\n")
	p := mustLoadText(t, strings.NewReplacer(with...).Replace(smallest))
	equal(t, "checks", p.Checks, []Check{{Pair: "web", Run: "smoke"}})
	equal(t, "jobs", len(p.Jobs), 0)
	equal(t, "pairs", len(p.Pairs), 1)
	equal(t, "services", p.Services(Blue), []string{"web-blue"})
}

func TestWhereACheckIsBelowARoute(t *testing.T) {
	for _, c := range []struct{ route, path, want string }{
		{"", "/", "/"},
		{"", "/a?b", "/a?b"},
		{"/", "/a", "/a"},
		{"/api", "/", "/api/"},
		{"/api", "/orders?a", "/api/orders?a"},
		{"/api/", "/orders", "/api/orders"},
		{"/api", "/api", "/api"},
		{"/api", "/api/orders", "/api/orders"},
		{"/api", "/api?a", "/api?a"},
		{"/api", "/apis", "/api/apis"},
	} {
		equal(t, c.route+" "+c.path, Route{Path: c.route}.Below(c.path), c.want)
	}
}

func TestChecksAreNamedWithoutTheirSecrets(t *testing.T) {
	for want, c := range map[string]Check{
		"GET /a?... of web":  {Pair: "web", Path: "/a?token=abc"},
		"POST / of web":      {Pair: "web", Path: "/", Body: "abc"},
		"/app in web":        {Pair: "web", Exec: Command{Args: []string{"/app", "abc"}}},
		"bin/test in web":    {Pair: "web", Exec: Command{Line: " bin/test --token abc"}},
		"smoke for web":      {Pair: "web", Run: "smoke"},
		"a command in web":   {Pair: "web", Exec: Command{Line: "TOKEN=abc bin/test"}},
		"GET / of web (2)":   {Pair: "web", Path: "/", Nth: 2},
		"DELETE /all of web": {Pair: "web", Path: "/all", Method: "DELETE"},
	} {
		equal(t, "name", c.Name(), want)
	}
}
