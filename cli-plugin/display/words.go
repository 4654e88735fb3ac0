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
	case switcher.DoShare:
		return "sent"
	case switcher.DoStay:
		return "stayed"
	case switcher.DoReady:
		return "ready"
	case switcher.DoProbe:
		return "begun"
	case switcher.DoCheck:
		return "passed"
	case switcher.DoDrain:
		return "drained"
	case switcher.DoBaseline:
		return "seen"
	case switcher.DoStop, switcher.DoStopProxy:
		return "stopped"
	case switcher.DoTry:
		return "settings accepted"
	case switcher.DoProve:
		return "proved"
	case switcher.DoStartWorkers:
		return "at work"
	case switcher.DoEndWorkers:
		return "ended"
	case switcher.DoParkWorkers:
		return "waiting for the switch"
	case switcher.DoRemove, switcher.DoRetireProxy:
		return "removed"
	case switcher.DoCreate, switcher.DoCreateProxy, switcher.DoAddProxy:
		return "created"
	case switcher.DoStart, switcher.DoStartProxy, switcher.DoSucceed:
		return "started"
	case switcher.DoConfigure:
		return "configured"
	case switcher.DoKeep:
		return "kept"
	case switcher.DoForget:
		return "forgotten"
	case switcher.DoReload:
		return "reloaded"
	default:
		return "done"
	}
}

// clerical tells of a step that only writes something down or looks on: a row
// that shows what its subject does goes on showing that.
func clerical(e compose.Event) bool {
	switch switcher.Action(e.Step) {
	case switcher.DoNote, switcher.DoSave, switcher.DoPreview, switcher.DoProbe, switcher.DoTally,
		switcher.DoKeep, switcher.DoForget:
		return e.Status != compose.Failed
	default:
		return false
	}
}
