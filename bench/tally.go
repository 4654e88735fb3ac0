package main

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// tally is what came of the load from one side.
type tally struct {
	Kinds    map[load.Kind]load.Count
	Failures []load.Failure
}

// seriesKinds are the kinds in the order of the report.
var seriesKinds = []load.Kind{
	load.KeepAlive, load.NewConn, load.Post, load.TLS, load.NewTLS, load.H2,
	load.Slow, load.Stream, load.Websocket, load.SecureWS, load.TCP,
}

// side is where a visitor comes from.
type side struct {
	name string
	tally
}

func (o *outcome) sides() []side {
	return []side{{"outside", o.outside}, {"inside", o.inside}, {"outside, endless", o.endless}}
}

// print writes a line for each kind of request, and the first causes.
func (o *outcome) print() {
	rows := [][]string{{"proxy", "what", "from", "kind", "requests", "lost", "cut", "again"}}
	for _, s := range o.sides() {
		for _, kind := range seriesKinds {
			if c, sent := s.Kinds[kind]; sent {
				rows = append(rows, []string{
					o.proxy, o.what, s.name, string(kind),
					fmt.Sprint(c.Requests), fmt.Sprint(c.Lost), fmt.Sprint(c.Cut), fmt.Sprint(c.Again),
				})
			}
		}
	}
	table(fmt.Sprintf("%s behind %s under load, %d times, ms %s", o.what, o.proxy, o.times, o.took), rows...)
}

// sideBySide prints a column for each act: how many requests were lost or cut,
// of how many.
func sideBySide(all []outcome) {
	rows := [][]string{{"from", "kind"}}
	for _, o := range all {
		rows[0] = append(rows[0], fmt.Sprintf("%s %s x%d", o.proxy, o.what, o.times))
	}
	for n := range (&outcome{}).sides() {
		for _, kind := range seriesKinds {
			if row, sent := across(all, n, kind); sent {
				rows = append(rows, row)
			}
		}
	}
	table("Lost or cut, of how many", rows...)
}

// across is one kind of request from one side, for each act.
func across(all []outcome, n int, kind load.Kind) (row []string, sent bool) {
	for _, o := range all {
		s := o.sides()[n]
		if row == nil {
			row = []string{s.name, string(kind)}
		}
		c, known := s.Kinds[kind]
		cell := "-"
		if known {
			cell = fmt.Sprintf("%d of %d", c.Lost+c.Cut, c.Requests)
		}
		row, sent = append(row, cell), sent || known
	}
	return row, sent
}
