package command

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// twoPairs is a loaded project with two pairs and a job.
func twoPairs(t *testing.T) *compose.Project {
	t.Helper()
	file := filepath.Join(t.TempDir(), "compose.yml")
	const text = `
name: shop
x-web: &web {image: "shop:v1", x-bluegreen: {port: 80}}
x-api: &api {image: "api:v1", x-bluegreen: {port: 80, path: /api}, depends_on: {migrate: {condition: service_completed_successfully}}}
services:
  lb: {image: haproxy, ports: ["80:80"], volumes: ["state:/var/lib/haproxy"], command: haproxy -W -db -f /var/lib/haproxy/haproxy.cfg}
  migrate: {image: "api:v1", profiles: [blue, green]}
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
  api-blue: {<<: *api, profiles: [blue]}
  api-green: {<<: *api, profiles: [green]}
volumes: {state: {}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := compose.Load(context.Background(), compose.Options{Files: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// runs is the status of a project of one pair in which green is active.
func runs() switcher.Status {
	green := compose.Green
	of := func(c compose.Colour) switcher.ColourStatus {
		return switcher.ColourStatus{Services: []switcher.ServiceStatus{{Pair: "web", Service: "web-" + string(c)}}}
	}
	return switcher.Status{Active: &green, Colours: map[compose.Colour]switcher.ColourStatus{
		compose.Blue: of(compose.Blue), compose.Green: of(compose.Green),
	}}
}

func TestLogsAndPsChooseServices(t *testing.T) {
	loaded := twoPairs(t)
	for _, c := range []struct {
		line   string
		source *compose.Project
		want   string // the services, or the error
	}{
		{"logs lb", loaded, "lb"},
		{"logs --colour blue", loaded, "api-blue web-blue migrate"},
		{"logs --colour active", loaded, "api-green web-green migrate"},
		{"logs --colour idle", loaded, "api-blue web-blue migrate"},
		{"logs --colour idle web-blue", loaded, "web-blue"},
		{"logs --colour idle lb", loaded, `service "lb" is not part of blue`},
		{"logs nope", loaded, `project hello has no service "nope"`},
		{"logs --colour active", nil, "web-green"}, // by what runs
		{"logs old", nil, "old"},
	} {
		f := &fake{source: c.source, status: runs(), running: []compose.Container{{Service: "old"}}}
		_, _, err := f.run(t, strings.Fields(c.line)...)
		if err != nil {
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "\nhint: ") {
				t.Errorf("%s: %v, want %s with a hint", c.line, err, c.want)
			}
			continue
		}
		if got := f.asked.(compose.LogOptions).Services; !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %v, want %s", c.line, got, c.want)
		}
	}
}

func TestTheActiveColourOfAProjectThatWasNeverStarted(t *testing.T) {
	f := &fake{source: twoPairs(t)}
	_, _, err := f.run(t, "ps", "--colour", "active")
	if err == nil || !strings.Contains(err.Error(), "hint: start it: docker bluegreen up") {
		t.Errorf("got %v", err)
	}
}

func TestPsTellsEachContainersColour(t *testing.T) {
	f := &fake{source: twoPairs(t), running: []compose.Container{
		{Name: "shop-lb-1", Service: "lb"}, {Name: "shop-web-blue-1", Service: "web-blue"}, {Name: "shop-migrate-1", Service: "migrate"},
	}}
	out, _, err := f.run(t, "ps", "--format", "{{.Name}} {{.Colour}}")
	if err != nil || out != "shop-lb-1 -\nshop-web-blue-1 blue\nshop-migrate-1 -\n" {
		t.Errorf("%q, %v", out, err)
	}
	out, _, err = f.run(t, "ps", "--colour", "blue", "--format", "{{.Name}}")
	if err != nil || out != "shop-web-blue-1\nshop-migrate-1\n" {
		t.Errorf("%q, %v", out, err)
	}
}
