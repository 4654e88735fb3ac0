package traefik

import (
	"reflect"
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestTheTableIsReadAsItWasWritten(t *testing.T) {
	for name, active := range map[string]compose.Colour{"while none is active": "", "in blue": compose.Blue, "in green": compose.Green} {
		t.Run(name, func(t *testing.T) {
			want := enrolled(active)
			text, revision := formatted(t, want)
			got, err := parse(text)
			if err != nil || !same(*got, want) {
				t.Errorf("it reads as %+v, %v", got, err)
			}
			if found := revisionIn(text); found != revision || len(revision) != 16 {
				t.Errorf("its revision is read as %q, want %q", found, revision)
			}
		})
	}
	t.Run("and without replicas can be enrolled in", func(t *testing.T) {
		text, _ := formatted(t, table{})
		got, err := parse(text)
		if err != nil || got.Replicas == nil {
			t.Errorf("it reads as %+v, %v", got, err)
		}
	})
}

// Traefik takes its files for Go templates.
func TestTraefiksTemplateEngineSeesNoAction(t *testing.T) {
	for _, by := range []string{"{{ env `HOME` }}", "{{{", "{{{{", `\{{`, "line\n# {{end}}", "}}{{"} {
		t.Run("in "+by, func(t *testing.T) {
			want := enrolled(compose.Blue)
			want.Routing.By, want.Routing.Release = by, by
			text, _ := formatted(t, want)
			if strings.Contains(text, "{{") {
				t.Errorf("it sees one:\n%s", text)
			}
			if got, err := parse(text); err != nil || !same(*got, want) {
				t.Errorf("it reads as %+v, %v", got, err)
			}
		})
	}
}

func TestDamagedRoutesFiles(t *testing.T) {
	for text, why := range map[string]string{
		"":                                   "first line",
		"http: {}\n":                         "first line",
		"http: {}\n# {\"routing\":{}}\n":     "first line",
		"# {\"routing\":\nhttp: {}\n":        "damaged",
		"# {\"routing\":{\"active\":1}}\n":   "damaged",
		"# Written by somebody\nhttp: {}\n":  "damaged",
		"# {\"replicas\":{\"web\":\"x\"}}\n": "damaged",
	} {
		if got, err := parse(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q reads as %+v, %v; want an error with %q", text, got, err, why)
		}
	}
	if got := revisionIn("http: {}\n"); got != "" {
		t.Errorf("a file without a revision has %q", got)
	}
}

func TestARevision(t *testing.T) {
	blue := enrolled(compose.Blue)
	_, revision := formatted(t, blue)
	for _, c := range []struct {
		name   string
		change func(*table)
		other  bool
	}{
		{"is the same for the same routes", func(*table) {}, false},
		{"is the same whoever made them", func(x *table) { x.Routing.By, x.Routing.Release = "bob", "other" }, false},
		{"is the same for services held back, which have no route", func(x *table) { x.Held = []string{"web-blue"} }, false},
		{"differs by the active colour", func(x *table) { x.Routing.Active = compose.Green }, true},
		{"differs by a replica", func(x *table) { x.enrol("web-blue", []string{"shop-web-blue-1"}, true) }, true},
		{"differs by a replica that is out", func(x *table) { x.put("web-blue", "shop-web-blue-1", untried) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := blue.clone()
			c.change(&changed)
			if _, got := formatted(t, changed); (got != revision) != c.other {
				t.Errorf("it is %s, of the other one %s", got, revision)
			}
		})
	}
}

func TestANote(t *testing.T) {
	committed := enrolled(compose.Green).Routing
	committed.Pending = &switcher.Pending{From: compose.Blue}
	done := committed
	done.Pending = nil
	const of = `{"of":{"active":"green","since":"1970-01-01T00:00:01Z","by":"ann","pending":{"from":"blue"}},` +
		`"routing":{"active":"green","since":"1970-01-01T00:00:01Z","by":"ann"}}`
	for _, c := range []struct {
		name, note string
		of, want   switcher.Routing
	}{
		{"changes the routing that it belongs to", of, committed, done},
		{"changes no other routing", of, enrolled(compose.Blue).Routing, enrolled(compose.Blue).Routing},
		{"changes no routing that it has itself become", of, done, done},
		{"that is missing changes nothing", "", committed, committed},
		{"that is damaged changes nothing", of[:40], committed, committed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := noted(c.of, c.note); !reflect.DeepEqual(got, c.want) {
				t.Errorf("the routing is %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestATableThatMovesTheTraffic(t *testing.T) {
	former, _ := formatted(t, enrolled(compose.Blue))
	if moves(former, enrolled(compose.Blue)) || !moves(former, enrolled(compose.Green)) || !moves("", enrolled(compose.Blue)) {
		t.Error("a move is one to another colour, or from none that can be read")
	}
}
