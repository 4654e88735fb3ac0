package display

import (
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// words is what an event says, its count first: "2/3 healthy".
func words(e compose.Event) string {
	text := e.Text
	if text == "" && e.Status == compose.Done {
		text = finished(e.Step)
	}
	if e.Wanted == 0 {
		return text
	}
	return strings.TrimSpace(fmt.Sprintf("%d/%d %s", e.Ready, e.Wanted, e.Text))
}

// finished says that a step is over, where its event leaves it unsaid.
func finished(step string) string {
	switch switcher.Action(step) {
	case switcher.DoCommit:
		return "takes all traffic"
	case switcher.DoReady:
		return "ready"
	case switcher.DoDrain:
		return "drained"
	case switcher.DoStop, switcher.DoStopProxy:
		return "stopped"
	case switcher.DoTry:
		return "settings accepted"
	case switcher.DoProve:
		return "proved"
	case switcher.DoRemove, switcher.DoRetireProxy:
		return "removed"
	case switcher.DoCreate, switcher.DoCreateProxy, switcher.DoAddProxy:
		return "created"
	case switcher.DoStart, switcher.DoStartProxy, switcher.DoSucceed:
		return "started"
	case switcher.DoConfigure:
		return "configured"
	case switcher.DoReload:
		return "reloaded"
	default:
		return "done"
	}
}

// clerical tells of a step that only writes something down: a row that shows
// what its subject does goes on showing that.
func clerical(e compose.Event) bool {
	action := switcher.Action(e.Step)
	return e.Status != compose.Failed && (action == switcher.DoNote || action == switcher.DoSave)
}
