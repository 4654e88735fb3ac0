package haproxy

import (
	"context"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// window is over how many requests HAProxy averages times: the manual says the
// last 1024, for which it takes a moving average over half as many
// (TIME_STATS_SAMPLES in its defaults.h).
const window = 512

// Count implements switcher.Counters. A worker counts from its own beginning,
// so a reload begins anew. Requests of previews, which HAProxy counts with
// their backend, are in it.
func (c *control) Count(ctx context.Context, m compose.Model) (switcher.Count, error) {
	said, err := c.ask(ctx, "show info", "show stat")
	var count switcher.Count
	if err == nil {
		count, err = parseCount(said, m)
	}
	return count, c.Errors.Wrap("read what it has counted", err)
}

// Countable implements switcher.Counters: HAProxy always counts, and the tool
// has its runtime API.
func (*control) Countable(context.Context, compose.Model) error { return nil }

// parseCount reads the answers to "show info" and "show stat".
func parseCount(said string, m compose.Model) (switcher.Count, error) {
	text, table, _ := strings.Cut(strings.TrimLeft(said, "\n"), "\n\n")
	info := parseInfo(text)
	rows, err := parseStat(table)
	if err != nil {
		return switcher.Count{}, err
	}
	count := switcher.Count{
		Began: info["Pid"] + " " + info["Start_time_sec"],
		Of:    map[compose.Colour]map[string]switcher.Reading{},
	}
	for _, c := range compose.Colours() {
		count.Of[c] = map[string]switcher.Reading{}
		for _, p := range m.Pairs {
			for _, r := range rows {
				if p.Has(c) && r["pxname"] == backend(p.Name, c) && r["svname"] == "BACKEND" {
					count.Of[c][p.Name] = r.reading(p.Routes[c].Mode)
				}
			}
		}
	}
	return count, nil
}

// reading is a backend's row (management guide, section 9.1). An answer counts
// by its status, the proxy's own among them; a visitor who goes away before it
// has none. Of tcp the time until an answer is not known.
func (r row) reading(mode compose.Mode) switcher.Reading {
	if mode == compose.TCP {
		return switcher.Reading{Requests: r.number("stot"), Broken: r.number("econ")}
	}
	answered := 0
	for _, status := range []string{"1xx", "2xx", "3xx", "4xx", "5xx"} {
		answered += r.number("hrsp_" + status)
	}
	return switcher.Reading{
		Requests: answered, Errors: r.number("hrsp_5xx"), Broken: r.number("econ"),
		Mean: time.Duration(r.number("rtime")) * time.Millisecond, Samples: r.number("req_tot"), Window: window,
	}
}
