package haproxy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// While a canary is on, the value of the routing file is the active colour, the
// share of the other one and that one, "blue:10:green", which a request reads
// once. A fourth part is the colour that keeps its visitors (see sticky.go). Each
// client has a lot from 0 to 99, in a cookie: it is on the other colour while its
// lot is below the share, so whoever is there stays there while the share grows,
// and all pairs agree. A client without cookies, and a connection of tcp, draws a
// lot each time.
const (
	splitVariable = "txn.bluegreen_split"
	shareVariable = "txn.bluegreen_share"
	lotVariable   = "txn.bluegreen_lot"
	drawnVariable = "txn.bluegreen_drawn"
	aheadVariable = "txn.bluegreen_ahead" // how far the lot lies below the share

	isShared  = "bluegreen:canary"
	hasLot    = "bluegreen:lot"
	isChosen  = "{ var(" + aheadVariable + ") -m int gt 0 }"
	separator = ":"
)

// knowsShares is a variable of the process, by which settings say that they
// know what a share is. Others would look for a backend "web_blue:10:green".
const knowsShares = "proc.bluegreen_canary"

// knowsLine sets a variable by which settings say that they know of something.
func knowsLine(variable string) string { return "set-var " + variable + " int(1)" }

// readSplit reads the value once per request or connection: it may change
// between two readings.
func readSplit(p compose.Proxy, mode compose.Mode, active string) []string {
	set := setter(mode)
	return []string{
		set(splitVariable) + activeColour(p),
		set(active) + part(1),
	}
}

// part is one of the value's parts. The first is there also without a canary.
func part(n int) string { return fmt.Sprintf("var(%s),field(%d,%s)", splitVariable, n, separator) }

// setter begins a rule that sets a variable.
func setter(mode compose.Mode) func(variable string) string {
	rule := "http-request"
	if mode == compose.TCP {
		rule = "tcp-request content"
	}
	return func(variable string) string { return rule + " set-var(" + variable + ") " }
}

// canaryLines send whoever is chosen to the other colour: as if that were the
// active one.
func canaryLines(mode compose.Mode, active string) []string {
	set := setter(mode)
	lines := []string{set(shareVariable) + part(2)}
	if mode == compose.TCP {
		lines = append(lines, set(lotVariable)+fmt.Sprintf("rand(%d)", switcher.All))
	} else {
		lines = append(lines,
			"acl "+isShared+" var("+shareVariable+") -m int gt 0",
			"acl "+hasLot+" req.cook("+switcher.LotCookie+") -m reg ^[0-9]{1,2}$",
			set(lotVariable)+"req.cook("+switcher.LotCookie+") if "+isShared+" "+hasLot,
			set(lotVariable)+fmt.Sprintf("rand(%d)", switcher.All)+" if "+isShared+" !"+hasLot,
			// A worker that ends hands its requests on to its successor, which draws.
			set(drawnVariable)+"bool(true) if "+isShared+" !"+hasLot+" !{ stopping }",
			fmt.Sprintf("http-after-response add-header Set-Cookie %s if { var(%s) -m found }",
				quote(switcher.LotCookie+"=%[var("+lotVariable+")]; Path=/; HttpOnly; SameSite=Lax"), drawnVariable),
		)
	}
	return append(lines,
		set(aheadVariable)+"var("+shareVariable+"),sub("+lotVariable+")",
		set(active)+part(3)+" if "+isChosen)
}

// formatSplit is the value of the routing file, parseSplit reads it.
func formatSplit(t switcher.Traffic) string {
	parts := []string{mapValue(t.Active)}
	if t.Active != "" && (t.Canary > 0 || t.Pinned != "") {
		parts = append(parts, strconv.Itoa(t.Canary), string(t.Active.Other()))
	}
	if t.Active != "" && t.Pinned != "" {
		parts = append(parts, string(t.Pinned))
	}
	return strings.Join(parts, separator)
}

func parseSplit(value string) (t switcher.Traffic, err error) {
	parts := strings.Split(value, separator)
	if t.Active, err = colourOf(parts[0]); err != nil || len(parts) == 1 {
		return t, err
	}
	if t.Canary, err = strconv.Atoi(parts[1]); err == nil && len(parts) > 3 {
		t.Pinned, err = compose.ParseColour(parts[3])
	}
	if err != nil || formatSplit(t) != value {
		return t, fmt.Errorf("%q is no share", value)
	}
	return t, nil
}
