package haproxy

import (
	"context"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// lookedAt bounds how many sessions are asked for their kind. HAProxy stops
// for a moment to dump one, so the kinds of a crowd are not worth it; the
// total is always exact.
const lookedAt = 200

// InFlight implements switcher.Replicas. The total is the statistics' count of
// sessions and of requests in the queue, in which an idle client is not, and
// the connections of workers from before a reload, whose kind nobody tells.
func (c *control) InFlight(ctx context.Context, side switcher.Side) (switcher.InFlight, error) {
	flight, err := c.inFlight(ctx, side.Model, side.Colour)
	return flight, c.Errors.Wrap("count what "+string(side.Colour)+" still serves", err)
}

func (c *control) inFlight(ctx context.Context, m compose.Model, colour compose.Colour) (switcher.InFlight, error) {
	rows, former, err := c.statAndFormer(ctx)
	if err != nil {
		return switcher.InFlight{}, err
	}
	flight, backends := countSessions(rows, m, colour)
	if flight.Requests > 0 {
		dump, err := c.dumpSessions(ctx, backends)
		if err != nil {
			return switcher.InFlight{}, err
		}
		flight = classify(flight, dump)
	}
	return addFormer(flight, former, rows, m, colour), nil
}

// dumpSessions asks for the details of the sessions in backends.
func (c *control) dumpSessions(ctx context.Context, backends map[string]bool) (string, error) {
	said, err := c.ask(ctx, "show sess")
	if err != nil {
		return "", err
	}
	ids := sessionsOf(said, backends)
	var dump strings.Builder
	for ids := range slices.Chunk(ids[:min(lookedAt, len(ids))], batch) {
		said, err := c.ask(ctx, showSessions(ids)...)
		if err != nil {
			return "", err
		}
		dump.WriteString(said)
	}
	return dump.String(), nil
}

func showSessions(ids []string) []string {
	commands := make([]string, len(ids))
	for i, id := range ids {
		commands[i] = "show sess " + id
	}
	return commands
}

// countSessions counts a colour's tcp connections, and all else as requests.
// It names the http backends that have any.
func countSessions(rows []row, m compose.Model, c compose.Colour) (flight switcher.InFlight, backends map[string]bool) {
	backends = map[string]bool{}
	for _, p := range m.Pairs {
		for _, r := range rows {
			if r["pxname"] != backend(p.Name, c) || r["svname"] != "BACKEND" {
				continue
			}
			n := r.number("scur") + r.number("qcur")
			if p.Routes[c].Mode == compose.TCP {
				flight.Connections += n
			} else if n > 0 {
				flight.Requests += n
				backends[r["pxname"]] = true
			}
		}
	}
	return flight, backends
}

// sessionsOf reads the answer to "show sess" and picks the ids of those in
// backends.
func sessionsOf(said string, backends map[string]bool) []string {
	var ids []string
	for line := range strings.Lines(said) {
		id, rest, found := strings.Cut(line, ": ")
		if !found {
			continue
		}
		for _, word := range strings.Fields(rest) {
			if name, found := strings.CutPrefix(word, "be="); found && backends[name] {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// classify moves what a dump of sessions knows to be a websocket or a stream
// out of the requests. A websocket has been answered with 101; a stream's
// answer has begun. Sessions that ended in between leave the total as it is.
func classify(flight switcher.InFlight, dump string) switcher.InFlight {
	for line := range strings.Lines(dump) {
		line = strings.TrimSpace(line)
		if flight.Requests == 0 || !strings.HasPrefix(line, "txn=") {
			continue
		}
		switch words := strings.Fields(line); {
		case slices.Contains(words, "status=101"):
			flight.Requests--
			flight.Websockets++
		case slices.Contains(words, "rsp.st=MSG_DATA"), slices.Contains(words, "rsp.st=MSG_TUNNEL"):
			flight.Requests--
			flight.Streams++
		}
	}
	return flight
}
