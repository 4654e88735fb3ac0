package display

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Outcome says what a command has come to: its result, for stdout, and a
// remark with the next thing to type, for stderr.
func Outcome(o switcher.Outcome) (result, remark string) {
	switch {
	case o.DryRun:
		return o.Plan.String(), "dry run: nothing was changed\n"
	case o.Plan.Empty():
		return o.Plan.String(), ""
	}
	var b strings.Builder
	b.WriteString(headline(o) + "\n")
	if o.Baked != nil {
		b.WriteString(o.Baked.String() + "\n")
	}
	if o.Drained != "" {
		b.WriteString(drained(o) + "\n")
	}
	if o.Switched && o.Retire != nil {
		fmt.Fprintf(&b, "%s is stopped after %s, by the first command then, or docker bluegreen stop --due\n",
			o.Retire.Colour, o.Retire.Due.Local().Format(time.DateTime))
	}
	if o.Probe != nil {
		b.WriteString("probe: " + o.Probe.Describe(o.Active.Other(), o.Active) + "\n")
	}
	return b.String(), next(o)
}

// headline is the result in one sentence.
func headline(o switcher.Outcome) string {
	if o.Verb == switcher.Down {
		return "project " + o.Project + " is removed"
	}
	if o.Verb == switcher.ProxyReload || o.Verb == switcher.ProxyUpgrade {
		return proxyHeadline(o)
	}
	if o.Verb == switcher.MaintenanceOn || o.Verb == switcher.MaintenanceOff {
		return maintenanceHeadline(o)
	}
	if o.Canary > 0 && o.Verb != switcher.Scale {
		return canaryHeadline(o)
	}
	what := string(o.Colour)
	switch {
	case o.Switched:
		what += " takes all traffic"
	case o.Verb == switcher.Up:
		what += " is up"
	case o.Verb == switcher.Stop:
		what += " is stopped"
	case o.Verb == switcher.Scale:
		what += " is scaled"
	case o.Colour == o.Active:
		what += " takes all traffic"
	}
	if runs := runs(o); runs != "" && o.Verb != switcher.Stop {
		what += ": " + runs
	}
	switch {
	case o.Canary > 0:
		what += fmt.Sprintf("; %s takes %d%% of the visitors", o.Active.Other(), o.Canary)
	case o.Active != "" && o.Active != o.Colour:
		what += fmt.Sprintf("; %s takes all traffic", o.Active)
	}
	return what
}

// maintenanceHeadline says what visitors get.
func maintenanceHeadline(o switcher.Outcome) string {
	if o.Maintenance {
		return "visitors of " + o.Project + " get 503; previews get the project"
	}
	return "visitors of " + o.Project + " get the project again"
}

// canaryHeadline says who gets which visitors.
func canaryHeadline(o switcher.Outcome) string {
	what := fmt.Sprintf("%s takes %d%% of the visitors", o.Active.Other(), o.Canary)
	if runs := runs(o); runs != "" && o.Colour != o.Active {
		what += ": " + runs
	}
	return what + fmt.Sprintf("; %s takes the others", o.Active)
}

// proxyHeadline says what became of the proxy.
func proxyHeadline(o switcher.Outcome) string {
	what := o.Proxy + " has taken its settings"
	if o.Verb == switcher.ProxyUpgrade {
		what = o.Proxy + " is as the file says"
	}
	if o.Active != "" {
		what += fmt.Sprintf("; %s takes all traffic", o.Active)
	}
	if o.Gap > 0 {
		what += fmt.Sprintf("; visitors got no answer for %s", o.Gap.Round(100*time.Millisecond))
	}
	if o.Left.Total() > 0 {
		what += fmt.Sprintf("; the former proxy still serves %s", o.Left)
	}
	return what
}

// runs names the release and its images.
func runs(o switcher.Outcome) string {
	if o.Release == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("release " + o.Release)
	for _, pair := range slices.Sorted(maps.Keys(o.Images)) {
		b.WriteString(", " + pair + " " + ImageName(o.Images[pair]))
	}
	return b.String()
}

// drained says what became of the former colour's sessions.
func drained(o switcher.Outcome) string {
	if o.Left.Total() == 0 {
		return fmt.Sprintf("%s is drained", o.Drained)
	}
	return fmt.Sprintf("%s still serves %s", o.Drained, o.Left)
}

// next is what one would type now.
func next(o switcher.Outcome) string {
	switch {
	case o.Canary > 0:
		return "next: docker bluegreen switch; back: docker bluegreen rollback\n"
	case o.Verb == switcher.Up && !o.Switched && o.Active != "":
		return "next: docker bluegreen switch\n"
	case o.Switched && o.Verb != switcher.Up && o.Verb != switcher.Rollback:
		return "back: docker bluegreen rollback\n"
	default:
		return ""
	}
}
