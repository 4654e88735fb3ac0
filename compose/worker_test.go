package compose

import (
	"strings"
	"testing"
	"time"
)

// employing is the smallest project with a worker, whose twins have the same
// lines.
func employing(lines string) string {
	text := ""
	for _, c := range Colours() {
		text += "  mail-" + string(c) + ": {image: m, profiles: [" + string(c) + "]" + lines + "}\n"
	}
	return strings.Replace(smallest, end, text+end, 1)
}

func TestAPairWithoutAPortIsAWorker(t *testing.T) {
	p := mustLoadText(t, employing(", restart: on-failure:3, deploy: {replicas: 2}, x-bluegreen: {worker: {policy: handoff, signal: SIGUSR1, limit: 90s}}"))
	equal(t, "workers", len(p.Workers), 1)
	w := p.Workers[0]
	equal(t, "name", w.Name, "mail")
	equal(t, "services", w.Services, map[Colour]string{Blue: "mail-blue", Green: "mail-green"})
	equal(t, "replicas", w.Replicas[Green], 2)
	equal(t, "terms", w.Terms[Blue], Terms{Policy: Handoff, Signal: "SIGUSR1", Limit: 90 * time.Second, Restart: "on-failure:3"})
	equal(t, "what takes traffic", p.Services(Blue), []string{"web-blue"})
	equal(t, "what starts with the switch", p.Deferred(Green), []string{"mail-green"})
	equal(t, "remarks", len(p.Remarks), 0)
}

func TestAWorkerThatSaysNothingOverlaps(t *testing.T) {
	p := mustLoadText(t, employing(""))
	equal(t, "policy", p.Workers[0].Policy(), Overlap)
	equal(t, "restart", p.Workers[0].Terms[Blue].Restart, "no")
	equal(t, "what lasts", p.Lasting(Blue), []string{"web-blue", "mail-blue"})
	equal(t, "remarks", p.Remarks, []string{`service "mail-blue": it has no port, so it is a worker, and both colours take jobs while both run; say which you want: x-bluegreen: {worker: overlap}, handoff or pause-then-start`})
}

func TestWhichDefaultsHoldForAWorker(t *testing.T) {
	policy := func(defaults, own string) string {
		text := strings.Replace(employing(own), top, top+"x-bluegreen: {defaults: "+defaults+"}\n", 1)
		p := mustLoadText(t, text)
		if len(p.Workers) == 0 {
			return "none"
		}
		return string(p.Workers[0].Policy())
	}
	equal(t, "the default", policy("{worker: handoff}", ""), "handoff")
	equal(t, "its own", policy("{worker: handoff}", ", x-bluegreen: {worker: overlap}"), "overlap")
	equal(t, "its own beside a default port", policy("{port: 80, health: /}", ", x-bluegreen: {worker: pause-then-start}"), "pause-then-start")
	equal(t, "a default port", policy("{port: 80, worker: handoff}", ", x-bluegreen: {host: mail.test}"), "none")
}

func TestTheRestartPolicyIsAsComposeMakesIt(t *testing.T) {
	for lines, want := range map[string]string{
		"":                          "no",
		", restart: 'no'":           "no",
		", restart: always":         "always",
		", restart: unless-stopped": "unless-stopped",
		", restart: on-failure":     "on-failure",
		", deploy: {restart_policy: {condition: any}}":                         "always",
		", deploy: {restart_policy: {condition: none}}":                        "no",
		", deploy: {restart_policy: {condition: on-failure, max_attempts: 4}}": "on-failure:4",
	} {
		equal(t, lines, mustLoadText(t, employing(lines)).Workers[0].Terms[Blue].Restart, want)
	}
}

func TestWorkerRules(t *testing.T) {
	own := "  mail-blue: {image: m, profiles: [blue], x-bluegreen: {worker: handoff}}\n"
	twin := "  mail-green: {image: m, profiles: [green], x-bluegreen: {worker: handoff}}"
	for _, b := range []broken{
		{"it takes traffic", also(strings.ReplaceAll(own+twin, "worker: handoff", "worker: handoff, port: 80")), `
compose.yml:17: service "mail-blue": is a worker (handoff), which takes no traffic, and has x-bluegreen.port: 80
  fix: remove either worker or port`},
		{"the twins differ", also(own + strings.Replace(twin, "handoff", "overlap", 1)), `
compose.yml:18: service "mail-green": differs from mail-blue in x-bluegreen.worker: overlap against handoff
  fix: write x-bluegreen once, in an anchor that both services use`},
		{"nothing takes traffic", []string{"{port: 8080}", "{worker: overlap}", "{port: 8080}", "{worker: overlap}"}, `
compose.yml:3: has workers and no pair that takes traffic
  fix: write x-bluegreen: {port: 8080} on the services that visitors reach`},
		{"a port that is exposed", also(strings.ReplaceAll(own+twin, "x-bluegreen: {worker: handoff}", "expose: [80]")), `
compose.yml:17: service "mail-blue": does not say at which port it listens
  fix: write x-bluegreen: {port: 8080}; one that takes no traffic is a worker, x-bluegreen: {worker: handoff}, or shared, without a colour's profile`},
		{"something waits for it", append(also(own+twin), blueIs, blueIs+"\n    depends_on: [mail-blue]"), `
compose.yml:12: service "web-blue": depends on the worker mail-blue, which by its policy starts with the switch
  fix: remove depends_on mail-blue, or write worker: overlap`},
	} {
		b.check(t)
	}
}

func TestAWorkerStartsAfterItsJobs(t *testing.T) {
	p := mustLoadText(t, strings.Replace(employing(", depends_on: {seed: {condition: service_completed_successfully}, db: {condition: service_started}}"), end,
		"  seed: {image: s, profiles: [blue, green]}\n  db: {image: d}\n"+end, 1))
	equal(t, "waves", p.Waves(Green), [][]string{{"seed"}, {"mail-green", "web-green"}})
	equal(t, "what it needs", p.SharedDependencies(Green), []string{"db"})
}

func TestAWorkerIsScaledAndGetsAnImage(t *testing.T) {
	p := mustLoadText(t, employing(", x-bluegreen: {worker: handoff}"))
	if err := p.SetReplicas("mail", 4); err != nil {
		t.Fatal(err)
	}
	if err := p.SetImage("mail", "m:2"); err != nil {
		t.Fatal(err)
	}
	equal(t, "replicas", p.Workers[0].Replicas[Green], 4)
	equal(t, "image", p.Source.DisabledServices["mail-green"].Image, "m:2")
	fails := p.SetImage("post", "m:2")
	contains(t, fails, "the pairs are mail, web")
}
