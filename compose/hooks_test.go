package compose

import (
	"testing"
	"time"
)

func TestHooksAreReadInTheirOrder(t *testing.T) {
	p := mustLoadText(t, `
x-bluegreen:
  hooks:
    before_switch: [./check.sh, {run: bin/queue-is-empty, service: web, timeout: 30s}]
    on_failure: ["curl -d \"$$BLUEGREEN_ERROR\" ${HOOK_URL:-https://chat.example}"]
`+smallest)
	equal(t, "hooks", p.Hooks, Hooks{
		BeforeSwitch: {{Run: "./check.sh"}, {Run: "bin/queue-is-empty", Service: "web", Timeout: 30 * time.Second}},
		OnFailure:    {{Run: `curl -d "$BLUEGREEN_ERROR" https://chat.example`}},
	})
	equal(t, "hooked", p.Hooked, true)
	equal(t, "hooked without hooks", mustLoadText(t, smallest).Hooked, false)
}

func TestHookRules(t *testing.T) {
	const jobs = "  migrate: {image: web, profiles: [blue, green]}\n"
	awaited := []string{
		"profiles: [blue]\n", "profiles: [blue]\n    depends_on: {migrate: {condition: service_completed_successfully}}\n",
		"profiles: [green]\n", "profiles: [green]\n    depends_on: {migrate: {condition: service_completed_successfully}}\n",
	}
	hooked := func(hooks string) []string {
		return []string{top, top + "x-bluegreen:\n  hooks:\n" + hooks}
	}
	for _, b := range []broken{
		{"several mistakes", hooked("    after_sitch: [a]\n    before_up:\n      - a\n      - {run: b, timeout: soon}\n"), `
compose.yml:5: x-bluegreen.hooks.after_sitch is not a known key
  fix: did you mean "after_switch"?
compose.yml:8: x-bluegreen.hooks.before_up.2.timeout is "soon"
  fix: write a time above zero with its unit: 30s, 1m30s
`},
		{"no such service", hooked("    after_up: [{run: a, service: wep}]\n"), `
compose.yml:5: x-bluegreen.hooks.after_up.1.service names "wep", which the file does not have
  fix: did you mean "web"?
`},
		{"one colour's service", hooked("    after_up: [{run: a, service: web-blue}]\n"), `
compose.yml:5: x-bluegreen.hooks.after_up.1.service names "web-blue", which is one colour alone
  fix: write the pair's name, and it runs in the colour that the release is about: web
`},
		{"a pair before it is up", hooked("    before_up: [{run: a, service: web}]\n"), `
compose.yml:5: x-bluegreen.hooks.before_up.1.service names "web", of which nothing runs yet in the colour that comes up
  fix: let it run after_up or before_switch, or write a job
`},
		{"a job", append(append(hooked("    after_up: [{run: a, service: migrate}]\n"), awaited...), also(jobs)...), `
compose.yml:5: x-bluegreen.hooks.after_up.1.service names "migrate", which runs before a release and has ended
  fix: name a pair, or a service without a colour
`},
	} {
		b.check(t)
	}
}

// Files without the word are not loaded, whatever else is wrong with them.
func TestHooksAreLoadedOnlyWhereThereAreAny(t *testing.T) {
	enter(t, map[string]string{"compose.yml": "services: [\n  {{"})
	p, err := LoadHooks(t.Context(), Options{})
	if p != nil || err != nil {
		t.Errorf("got %v, %v", p, err)
	}
	enter(t, map[string]string{"compose.yml": top + "x-bluegreen: {hooks: {after_up: [a]}}\n" + smallest[len("\n"+top):]})
	p, err = LoadHooks(t.Context(), Options{})
	if err != nil {
		t.Fatal(explain(err))
	}
	equal(t, "hooks", p.Hooks, Hooks{AfterUp: {{Run: "a"}}})
	enter(t, nil)
	_, err = LoadHooks(t.Context(), Options{})
	contains(t, err, "find the Compose file")
}
