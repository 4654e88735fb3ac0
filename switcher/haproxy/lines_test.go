package haproxy

import (
	"strings"
	"testing"

	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestLines(t *testing.T) {
	for name, model := range models() {
		if model.Engine == compose.Swarm {
			continue // settings on a Swarm are generated
		}
		t.Run(name, func(t *testing.T) { golden.Assert(t, Lines(model), name+".lines") })
	}
}

// own is a user's own settings with all that the captured model needs.
const own = `
global
  stats   socket /var/lib/haproxy/bluegreen/admin.sock level admin mode 600
  stats socket ipv4@127.0.0.1:61919 level admin
resolvers dns # of the engine
  nameserver one 127.0.0.11:53
frontend shop
  bind :80
  use_backend web_%[str(active),map(/var/lib/haproxy/bluegreen/active.map,none)]
listen raw
  bind :5432
  use_backend raw_blue if { str(active),map(/var/lib/haproxy/bluegreen/active.map,none) blue }
backend web_blue
  server-template web 10 web-blue:8080
backend web_green
backend raw_blue
`

func lacking(w witness) string {
	var missing []need
	for _, n := range needs(captured()) {
		if !n.met(w) {
			missing = append(missing, n)
		}
	}
	return text(missing)
}

func without(line string) string { return strings.Replace(own, line, "", 1) }

func TestMissingLinesAreFoundInTheText(t *testing.T) {
	for _, test := range []struct{ name, text, tools, want string }{
		{"complete", own, "perl", ""},
		{"complete for a shell", own, "busybox", ""},
		{"no socket", without("  stats   socket"), "perl", "global\n    stats socket /var/lib/haproxy/bluegreen/admin.sock mode 600 level admin expose-fd listeners\n"},
		{"no socket, which a shell does not use", without("  stats   socket"), "bash", ""},
		{"no port", without("ipv4@127.0.0.1:61919"), "bash", "global\n    stats socket ipv4@127.0.0.1:61919 level admin\n"},
		{"commented out", strings.Replace(own, "  use_backend web", "#  use_backend web", 1), "perl", "# In the frontend that listens on port 80, in this order.\n" +
			"frontend port_80\n    http-request set-var(txn.bluegreen_split) str(active),map(/var/lib/haproxy/bluegreen/active.map,none)\n" +
			"    http-request set-var(txn.bluegreen_active) var(txn.bluegreen_split),field(1,:)\n    use_backend web_%[var(txn.bluegreen_active)]\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := lacking(witness{tools: test.tools, text: parseConfig(test.text)}); got != test.want {
				t.Errorf("missing is\n%swant\n%s", got, test.want)
			}
		})
	}
	got := lacking(witness{tools: "perl", text: parseConfig(without("backend web_green"))})
	if !strings.HasPrefix(got, "backend web_green\n") || !strings.Contains(got, "server-template replica- 10 web-green:8080") {
		t.Errorf("missing is\n%s", got)
	}
	if got := lacking(witness{tools: "perl"}); got != "" {
		t.Errorf("of settings that cannot be read is missing\n%s", got)
	}
}

func TestTheRunningProxyGoesBeforeTheText(t *testing.T) {
	rows, err := parseStat(said(t, "stat.txt"))
	if err != nil {
		t.Fatal(err)
	}
	w := witness{tools: "perl", running: true, text: parseConfig(without("backend web_green")), live: &view{maps: said(t, "maps.txt"), rows: rows}}
	if got := lacking(w); got != "" {
		t.Errorf("it has all, but missing is\n%s", got)
	}
	for _, r := range rows {
		if r["pxname"] == "web_blue" {
			r["check_fall"] = "1"
		}
	}
	w.live.maps = "# id (file) description\n"
	got := lacking(w)
	for _, want := range []string{"use_backend web_%[", "use_backend raw_blue", "backend web_blue\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing lacks %q:\n%s", want, got)
		}
	}
	w = witness{tools: "perl", running: true, text: parseConfig(own)}
	if got := lacking(w); !strings.HasPrefix(got, "global\n    stats socket /var") || strings.Contains(got, "backend") {
		t.Errorf("it gives no answer, and missing is\n%s", got)
	}
}
