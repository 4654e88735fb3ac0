package display

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/docker/cli/cli/command/formatter"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

const historyTable = "table {{.Time}}\t{{.Action}}\t{{.From}}\t{{.To}}\t{{.Release}}\t{{.Images}}\t{{.Who}}\t{{.Duration}}\t{{.Checks}}\t{{.Probe}}\t{{.Kept}}\t{{.Result}}"

// History lists what happened to a project in the format asked for.
func History(out io.Writer, format string, records []switcher.Record) error {
	rows := make([]historyRow, 0, len(records))
	for _, r := range records {
		rows = append(rows, historyRow{r})
	}
	return list(out, format, historyTable, rows, historyHeader())
}

func historyHeader() formatter.SubHeaderContext {
	return formatter.SubHeaderContext{
		"Time": "TIME", "Action": "ACTION", "From": "FROM", "To": "TO", "Release": "RELEASE", "Images": "IMAGES",
		"Who": "WHO", "Duration": "TOOK", "Checks": "CHECKS", "Probe": "LOST", "Kept": "KEPT", "Result": "RESULT", "Error": "ERROR",
	}
}

// historyRow is a record as a template sees it.
type historyRow struct{ r switcher.Record }

// FullHeader is the table's header.
func (historyRow) FullHeader() any { return historyHeader() }

// MarshalJSON gives the record under its own keys.
func (h historyRow) MarshalJSON() ([]byte, error) { return json.Marshal(h.r) }

// Time is when the command began, in local time.
func (h historyRow) Time() string { return h.r.Time.Local().Format(time.DateTime) }

// Action is the verb.
func (h historyRow) Action() string { return h.r.Action }

// Who gave the command.
func (h historyRow) Who() string { return orDash(h.r.Who) }

// From is the colour that had the traffic.
func (h historyRow) From() string { return orDash(string(h.r.From)) }

// To is the colour that the command worked on, and its share of the visitors
// where that is not all.
func (h historyRow) To() string {
	if h.r.Action == switcher.Canary && h.r.Result == "done" {
		return fmt.Sprintf("%s %d%%", h.r.To, h.r.Canary)
	}
	return orDash(string(h.r.To))
}

// Release is what To runs.
func (h historyRow) Release() string { return orDash(h.r.Release) }

// Images are those of the release, by pair.
func (h historyRow) Images() string {
	images := make([]string, 0, len(h.r.Images))
	for _, pair := range slices.Sorted(maps.Keys(h.r.Images)) {
		images = append(images, pair+"="+ImageName(h.r.Images[pair]))
	}
	return orDash(strings.Join(images, ","))
}

// Duration is how long the command took.
func (h historyRow) Duration() string {
	return fmt.Sprintf("%.1fs", (time.Duration(h.r.Duration) * time.Millisecond).Seconds())
}

// Kept tells whether the release can be brought back, and if not why.
func (h historyRow) Kept() string { return orDash(h.r.Kept) }

// Checks is how many checks passed.
func (h historyRow) Checks() string {
	if h.r.Checks == nil {
		return "-"
	}
	return fmt.Sprintf("%d/%d", h.r.Checks.Passed, h.r.Checks.Of)
}

// Probe is how many of the probe's requests were lost.
func (h historyRow) Probe() string {
	if h.r.Probe == nil || h.r.Probe.Sent == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d", h.r.Probe.Lost, h.r.Probe.Sent)
}

// Result is done, or failed and why.
func (h historyRow) Result() string {
	if h.r.Error == "" {
		return h.r.Result
	}
	first, _, _ := strings.Cut(h.r.Error, "\n")
	return h.r.Result + ": " + first
}

// Error is why the command failed.
func (h historyRow) Error() string { return h.r.Error }
