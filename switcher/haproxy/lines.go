package haproxy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Lines is what a user's own settings must have for the model: the text that
// `config` shows, and of which Verify shows the missing part.
func Lines(m compose.Model) string { return text(needs(m)) }

// need is one thing that a user's own settings must have.
type need struct {
	comment string // where the lines go
	section string // the section that they stand in
	lines   []string
	met     func(witness) bool
}

// text writes out what is needed, each section once.
func text(all []need) string {
	var s settings
	former := ""
	for _, n := range all {
		if n.section != former {
			if former != "" {
				s.WriteByte('\n')
			}
			if n.comment != "" {
				s.line("# %s", n.comment)
			}
			s.line("%s", n.section)
			former = n.section
		}
		s.all(n.lines)
	}
	return s.String()
}

func needs(m compose.Model) []need {
	all := adminNeeds(m.Proxy.Directory())
	all = append(all, optional(sharesNeed()))
	all = append(all, stickyNeeds(m)...)
	all = append(all, need{
		section: "resolvers " + resolvers, lines: resolverLines(),
		met: func(w witness) bool { return w.text.has("resolvers", "nameserver", "127.0.0.11") },
	})
	for _, l := range listeners(m) {
		all = append(all, splitNeed(m.Proxy, l))
		all = append(all, optional(canaryNeed(l)))
		if l.sticks(m) {
			all = append(all, stickyNeed(m, l))
		}
		if l.previews(m) {
			all = append(all, previewNeed(m, l))
		} else if l.mode == compose.HTTP {
			all = append(all, maintenanceNeed(m, l))
		}
		for _, r := range l.rules {
			all = append(all, ruleNeed(m.Proxy, r))
		}
	}
	if slices.ContainsFunc(listeners(m), func(l listener) bool { return l.previews(m) }) {
		all = append(all, need{section: "backend " + noCandidateBackend, lines: noCandidateLines(), met: func(witness) bool { return true }})
	}
	for _, p := range m.Pairs {
		for _, c := range compose.Colours() {
			if p.Has(c) {
				all = append(all, backendNeed(m, p, c))
				if m.Sticks() && p.Routes[c].Mode == compose.HTTP {
					all = append(all, stickyBackendNeed(m, p, c))
				}
			}
		}
	}
	return all
}

// adminNeeds are the ways to the runtime API. An image's tools use one of
// them, and that the proxy answers shows that it is there.
func adminNeeds(directory string) []need {
	var all []need
	for i, line := range adminLines(directory) {
		where := strings.Fields(line)[2]
		all = append(all, need{
			section: "global", lines: []string{line},
			met: func(w witness) bool {
				switch {
				case (w.tools == "perl") != (i == 0):
					return true // of no use to this image
				case w.running:
					return w.live != nil
				default:
					return w.text.has("global", "stats socket", where, "level admin")
				}
			},
		})
	}
	return all
}

// ownActive is where the rules of a user's own settings find the colour of a
// request.
const ownActive = "txn.bluegreen_active"

// optional is a need without which releases are possible.
func optional(n need) need {
	n.met = func(witness) bool { return true }
	return n
}

// splitNeed reads the routing file once per request. It is asked for with the
// rules that need it: older ones read the file themselves.
func splitNeed(p compose.Proxy, l listener) need {
	return need{
		comment: frontendComment(l.port), section: frontendSection(l.port),
		lines: readSplit(p, l.mode, ownActive),
		met: func(w witness) bool {
			return !slices.ContainsFunc(l.rules, func(r rule) bool { return !ruleNeed(p, r).met(w) })
		},
	}
}

// ruleNeed is a rule of a frontend. HAProxy does not tell its rules, only
// whether any of them reads the routing file.
func ruleNeed(p compose.Proxy, r rule) need {
	file := p.Directory() + "/" + routingFile
	return need{
		comment: frontendComment(r.route.Listen), section: frontendSection(r.route.Listen),
		lines: ruleLines(r, "var("+ownActive+")"),
		met: func(w witness) bool {
			written := w.text.has("", "_backend ", r.pair+"_%[") || w.text.has("", "_backend ", backend(r.pair, r.colour))
			return written && w.text.has("", file) && (w.live == nil || strings.Contains(w.live.maps, "("+file+")"))
		},
	}
}

func frontendComment(port int) string {
	return fmt.Sprintf("In the frontend that listens on port %d, in this order.", port)
}

// backendNeed is a backend with a slot per replica, whose check must pass
// before its status is exactly UP.
func backendNeed(m compose.Model, p compose.Pair, c compose.Colour) need {
	name := backend(p.Name, c)
	return need{
		section: "backend " + name, lines: backendLines(m, p, c, "last,libc,none"),
		met: func(w witness) bool {
			if w.live == nil {
				return w.text.section("backend "+name) != nil
			}
			slots := slotsOf(w.live.rows, p, c)
			return len(slots) >= p.Replicas[c] && !slices.ContainsFunc(slots, row.unchecked)
		},
	}
}

// unchecked tells of a server with an address that HAProxy does not check, or
// trusts before its first check.
func (r row) unchecked() bool {
	return r.address() != "" && (r["check_status"] == "" || r.number("check_fall") == 1)
}
