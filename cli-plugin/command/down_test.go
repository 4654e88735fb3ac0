package command

import (
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestADryDownRemovesNothing(t *testing.T) {
	f := &fake{source: twoPairs(t), running: []compose.Container{
		{Name: "shop-lb-1", Service: "lb"}, {Name: "shop-web-blue-1", Service: "web-blue"}, {Name: "shop-old-1", Service: "old"},
	}}
	out, _, err := f.run(t, "down", "--volumes", "--dry-run")
	if err != nil || f.asked != nil {
		t.Fatalf("%v; asked for %+v", err, f.asked)
	}
	const want = `1. remove shop-lb-1, shop-web-blue-1: both colours, the proxy and shared services go
2. remove networks: nothing of the project uses them then
3. remove volumes: --volumes says so
4. forget releases: their images are not to be brought back any more
`
	if out != want {
		t.Errorf("%s\nwant\n%s", out, want)
	}
}

func TestDownIsRefusedWhileAReleaseRuns(t *testing.T) {
	f := &fake{status: switcher.Status{Operation: &switcher.Holder{Command: "deploy", Who: "ann@laptop", Since: time.Now()}}}
	_, _, err := f.run(t, "down")
	if err == nil || code(err) != codeLocked || !strings.Contains(err.Error(), `ann@laptop runs "deploy"`) {
		t.Errorf("%v", err)
	}
	if f.asked != nil {
		t.Error("it was removed")
	}
}
