package display

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"gotest.tools/v3/golden"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // tables show local time
	os.Exit(m.Run())
}

// serves is a project in the middle of its life.
func serves() switcher.Status {
	green, blue := compose.Green, compose.Blue
	return switcher.Status{
		Project: "hello", Engine: "local",
		Proxy:  switcher.ProxyStatus{Service: "lb", Kind: compose.HAProxy, Instances: 1, Ready: 1},
		Active: &green, Previous: &blue,
		Colours: map[compose.Colour]switcher.ColourStatus{
			blue: {Release: "09f3d8c1aa", State: "degraded", Services: []switcher.ServiceStatus{{
				Pair: "web", Service: "web-blue", Image: "hello:v1", Digest: "sha256:155345c9d36000000000",
				Replicas: 3, Healthy: 2, InProxy: 2, Sessions: 1, Since: start.Add(-50 * time.Hour),
			}}},
			green: {Release: "5a1c0b77e2", State: "running", Services: []switcher.ServiceStatus{{
				Pair: "web", Service: "web-green", Image: "hello:v2", Digest: "sha256:9f57459a651f00000000",
				Replicas: 3, Healthy: 3, InProxy: 3, Sessions: 12, Since: start.Add(-5 * time.Minute),
			}}},
		},
		Rollback: "warm: 1 container to start", URLs: []string{"http://localhost:8080"},
		Preview: &switcher.PreviewStatus{Token: "s3cret", Curl: []string{
			"curl -H 'X-Bluegreen: s3cret' http://localhost:8080/", "curl http://next.example.com:8080/",
		}},
		Operation: &switcher.Holder{Command: "deploy", Who: "ann@laptop", PID: 7, Since: start},
	}
}

// rests is a project that was never started.
func rests() switcher.Status {
	return switcher.Status{
		Project: "hello", Engine: "local", Colours: map[compose.Colour]switcher.ColourStatus{},
		Rollback: "impossible: no colour is active yet", URLs: []string{},
	}
}

func TestStatus(t *testing.T) {
	golden.Assert(t, Status(serves(), start), "status.golden")
	golden.Assert(t, Status(rests(), start), "status-never-started.golden")
	canary := serves()
	canary.Canary = 10
	golden.Assert(t, Status(canary, start), "status-canary.golden")
	pinned := serves()
	pinned.Pinned = "blue"
	golden.Assert(t, Status(pinned, start), "status-pinned.golden")
	unfinished := serves()
	unfinished.Preview = &switcher.PreviewStatus{Missing: "your settings lack its lines"}
	unfinished.Operation, unfinished.Interrupted = nil, "blue is still to be drained"
	golden.Assert(t, Status(unfinished, start), "status-unfinished.golden")
}

// The keys are a contract: they may be added to, never renamed.
func TestStatusInJSON(t *testing.T) {
	golden.Assert(t, formatted(t, "json", serves()), "status-json.golden")
	golden.Assert(t, formatted(t, "json", rests()), "status-never-started-json.golden")
}

func TestOneByATemplate(t *testing.T) {
	for format, want := range map[string]string{
		"{{.Active}}":                      "green\n",
		`{{.Project}}\t{{.Proxy.Service}}`: "hello\tlb\n",
		"{{range .URLs}}{{.}}{{end}}":      "http://localhost:8080\n",
		"{{.colours.blue.state}}":          "degraded\n",
	} {
		if got := formatted(t, format, serves()); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
}

func TestABadFormatSaysWhatToWrite(t *testing.T) {
	for _, format := range []string{"{{.Nope}}", "{{"} {
		one := One(&bytes.Buffer{}, format, serves(), func() string { return "" })
		list := History(&bytes.Buffer{}, format, []switcher.Record{{}})
		for _, err := range []error{one, list} {
			wrong, ok := errors.AsType[*FormatError](err)
			if !ok || wrong.Format != format || wrong.Hint() == "" {
				t.Errorf("%s: %v", format, err)
			}
		}
	}
}

func formatted(t *testing.T, format string, s switcher.Status) string {
	t.Helper()
	var out bytes.Buffer
	if err := One(&out, format, s, func() string { return Status(s, start) }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestHistory(t *testing.T) {
	records := []switcher.Record{
		{
			Time: start.Add(time.Hour), Action: "deploy", Who: "ann@laptop", To: compose.Blue,
			Duration: 60042, Result: "failed", Error: "web-blue-1 is unhealthy\nand more",
		},
		{
			Time: start, Action: "switch", Who: "ann@laptop", From: compose.Blue, To: compose.Green, Release: "5a1c0b77e2",
			Images: map[string]string{"web": "hello:v2", "api": "sha256:9f57459a651f00000000"}, Duration: 87, Result: "done",
			Checks: &switcher.Checked{Passed: 3, Of: 3},
			Probe:  &switcher.Probe{Sent: 12, Lost: 1, LongestGap: 22, FirstNew: new(int64(14)), Why: "connection reset"},
		},
	}
	for format, file := range map[string]string{
		"": "history.golden", "json": "history-json.golden", "table {{.Action}}\t{{.Error}}": "history-table.golden",
	} {
		var out bytes.Buffer
		if err := History(&out, format, records); err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, out.String(), file)
	}
}

func TestContainers(t *testing.T) {
	containers := []Container{
		{Container: compose.Container{
			ID: "c768bace62a6fa7c", Name: "hello-lb-1", Service: "lb", State: "running", Status: "Up 3 minutes", Image: "haproxy:3.2",
			Ports: []compose.PublishedPort{{Host: "127.0.0.1", Public: 8080, Container: 80}},
		}},
		{Colour: compose.Blue, Container: compose.Container{
			ID: "7f30afd489e94b6e", Name: "hello-web-blue-1", Service: "web-blue", Number: 1, State: "exited",
			Status: "Exited (137) 23 seconds ago", Image: "hello:v1",
		}},
	}
	for format, file := range map[string]string{"": "containers.golden", "json": "containers-json.golden"} {
		var out bytes.Buffer
		if err := Containers(&out, format, containers); err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, out.String(), file)
	}
}

func TestModel(t *testing.T) {
	golden.Assert(t, Model(compose.Model{
		Name: "shop", Shared: []string{"cache", "db"},
		Jobs: map[compose.Colour][]string{compose.Blue: {"migrate"}, compose.Green: {"migrate"}},
		Proxy: compose.Proxy{
			Service: "lb", Kind: compose.HAProxy, Volume: "/var/lib/haproxy", Settings: "/etc/haproxy/haproxy.cfg",
		},
		Pairs: []compose.Pair{
			pair("api", compose.Route{Port: 9000, Health: "/up", Host: "shop.example", Path: "/api", Mode: compose.HTTP, Listen: 80}),
			pair("mail", compose.Route{Port: 25, Mode: compose.TCP, Listen: 2525}),
			pair("web", compose.Route{Port: 8080, Mode: compose.HTTP, Listen: 80}),
		},
	}), "model.golden")
}

// pair is a pair of two replicas with the same route in both colours.
func pair(name string, r compose.Route) compose.Pair {
	return compose.Pair{
		Name:     name,
		Services: map[compose.Colour]string{compose.Blue: name + "-blue", compose.Green: name + "-green"},
		Replicas: map[compose.Colour]int{compose.Blue: 2, compose.Green: 2},
		Routes:   map[compose.Colour]compose.Route{compose.Blue: r, compose.Green: r},
	}
}
