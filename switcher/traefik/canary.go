package traefik

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// A client's lot is two hexadecimal digits, each in a cookie that Traefik itself
// gives: the first digit to whoever has none, the second only to clients of that
// first digit which the share divides. So 16 children of a weighted service, and
// 16 more, make 256 lots. A lot below the share is on the idle colour, which
// keeps clients there while the share grows.
//
// The cookie's value is a hash of the child's name, and a child belongs to one
// pair. So each child has a name whose hash begins with its digit: by it alone
// all pairs know the lots that any of them gave.
const (
	lots       = 256
	hexDigits  = "0123456789abcdef"
	coarse     = switcher.LotCookie
	fine       = switcher.LotCookie + "-fine"
	hashLength = 16
)

// chosenPriority lifts the ways of clients with a lot above those of others,
// which draw one, and mixedPriority those that are to draw the second digit.
const (
	mixedPriority  = 20_000
	chosenPriority = 40_000
)

// draw is a canary as lots: those below first<<4|second are on the idle colour.
type draw struct {
	switcher.Traffic
	first, second int
}

func drawOf(t switcher.Traffic) draw {
	below := (t.Canary*lots + switcher.All/2) / switcher.All
	return draw{t, below / len(hexDigits), below % len(hexDigits)}
}

// isOn tells whether there is one.
func (w draw) isOn() bool { return w.Active != "" && w.Canary > 0 }

// chosen selects the clients of the idle colour, kept those of the active one,
// and mixed those with a first digit that may need a second.
func (w draw) chosen() string { return w.clients(0, w.first, 0, w.second) }

func (w draw) kept() string {
	if w.second == 0 {
		return w.clients(w.first, len(hexDigits), 0, 0)
	}
	return w.clients(w.first+1, len(hexDigits), w.second, len(hexDigits))
}

func (w draw) mixed() string { return hasLot(coarse, w.first, w.first+1) }

// clients selects those with first digits from one up to another, and of the
// divided first digit those with second digits so.
func (w draw) clients(from, to, secondFrom, secondTo int) string {
	var rules []string
	if from < to {
		rules = append(rules, hasLot(coarse, from, to))
	}
	if secondFrom < secondTo {
		rules = append(rules, "("+w.mixed()+" && "+hasLot(fine, secondFrom, secondTo)+")")
	}
	return "(" + strings.Join(rules, " || ") + ")"
}

// hasLot matches a cookie whose value begins with one of the digits.
func hasLot(cookie string, from, to int) string {
	return fmt.Sprintf("HeaderRegexp(`Cookie`, `(^|; *)%s=[%s][0-9a-f]{%d}(;|$)`)", cookie, hexDigits[from:to], hashLength-1)
}

// canary makes a pair's ways while a canary is on. Where the colours' ways to
// the pair differ, only clients that have a lot already get the idle colour's.
func (d *dynamic) canary(m compose.Model, p compose.Pair, w draw, e entries, leaving bool) {
	idle := w.Active.Other()
	if r := p.Routes[idle]; p.Has(idle) && r.Mode == compose.HTTP {
		d.lotWay(chosenOf(p.Name), w.chosen(), chosenPriority, d.wayTo(r, d.target(m, p, idle), e), leaving)
	}
	if !p.Has(w.Active) {
		return
	}
	r := p.Routes[w.Active]
	switch way := d.wayTo(r, d.target(m, p, w.Active), e); {
	case r.Mode == compose.TCP:
		if p.Has(idle) && p.Routes[idle].SameWay(r) {
			way.Service = drawnOf(p.Name, w.Active)
			d.TCP.Services[way.Service] = tcpService{Weighted: &weighted{Services: []child{
				{Name: serviceOf(p.Name, w.Active), Weight: switcher.All - w.Canary}, {Name: serviceOf(p.Name, idle), Weight: w.Canary},
			}}}
		}
		d.TCP.Routers[routerOf(p.Name)] = way
	case !p.Has(idle) || !p.Routes[idle].SameWay(r):
		way.Rule = "(" + way.Rule + ") && !" + w.chosen()
		d.way(routerOf(p.Name), way, leaving)
	default:
		d.lotWay(keptOf(p.Name), w.kept(), chosenPriority, way, leaving)
		if w.second > 0 {
			way.Service = fineOf(p.Name)
			d.lotWay(mixedOf(p.Name), w.mixed(), mixedPriority, way, leaving)
		}
		way.Service = drawnOf(p.Name, w.Active)
		d.way(routerOf(p.Name), way, leaving)
		d.lots(m, p, w)
	}
}

// wayTo is the way of a route to a service.
func (*dynamic) wayTo(r compose.Route, target string, e entries) router {
	way := router{EntryPoints: e[r.Listen], Rule: rule(r), Priority: priority(r), Service: target}
	if r.Mode == compose.HTTP {
		way.Middlewares = []string{tryAgain}
	}
	return way
}

// lotWay makes the way of clients with certain lots.
func (d *dynamic) lotWay(name, clients string, lift int, way router, leaving bool) {
	way.Rule = "(" + way.Rule + ") && " + clients
	way.Priority += lift
	d.way(name, way, leaving)
}

// lots makes the services by which a pair's clients draw their digits.
func (d *dynamic) lots(m compose.Model, p compose.Pair, w draw) {
	active, idle := d.target(m, p, w.Active), d.target(m, p, w.Active.Other())
	d.digits(drawnOf(p.Name, w.Active), p.Name, coarse, func(digit int) string {
		switch {
		case digit < w.first:
			return idle
		case digit == w.first && w.second > 0:
			return fineOf(p.Name)
		default:
			return active
		}
	})
	if w.second > 0 {
		d.digits(fineOf(p.Name), p.Name, fine, func(digit int) string {
			if digit < w.second {
				return idle
			}
			return active
		})
	}
}

// digits makes a service of which each client keeps one of 16 children.
func (d *dynamic) digits(name, pair, cookieName string, target func(digit int) string) {
	all := sticky(cookieName)
	for digit := range hexDigits {
		one := lotOf(pair, cookieName, digit)
		d.HTTP.Services[one] = service{Weighted: &weighted{Services: []child{{Name: target(digit)}}}}
		all.Services = append(all.Services, child{Name: one})
	}
	d.HTTP.Services[name] = service{Weighted: all}
}

// sticky is a weighted service that gives a cookie.
func sticky(cookieName string) *weighted {
	return &weighted{Sticky: &stickiness{Cookie: cookie{Name: cookieName, HTTPOnly: true, SameSite: "lax"}}}
}

// lotOf names the child with a digit.
func lotOf(pair, cookieName string, digit int) string {
	prefix := fmt.Sprintf("bluegreen_%s-%s-", cookieName, pair)
	for n := 0; ; n++ {
		if name := fmt.Sprintf("%s%c%d", prefix, hexDigits[digit], n); hashOf(name)[0] == hexDigits[digit] {
			return name
		}
	}
}

// hashOf is the value of a cookie for a child (loadbalancer/sticky.go, since
// Traefik 3.3.4).
func hashOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])[:hashLength]
}

// announce makes a router whose name tells the share.
func (d *dynamic) announce(w draw) {
	d.tell(shareOf(w.Canary), "/share")
}

// tell makes a router that leads nowhere, whose name tells something of what a
// running Traefik has taken.
func (d *dynamic) tell(name, path string) {
	d.HTTP.Routers[name] = router{EntryPoints: []string{adminEntry}, Rule: "Path(`" + path + "`)", Service: noopService}
}

// lottery makes a way on which a cookie is given whose value is known.
func (d *dynamic) lottery() {
	d.HTTP.Routers[lottery] = router{EntryPoints: []string{adminEntry}, Rule: "Path(`" + lotteryPath + "`)", Service: lottery}
	all := sticky(coarse)
	all.Services = []child{{Name: noColour}}
	d.HTTP.Services[lottery] = service{Weighted: all}
}

// draws tells that clients of a pair can draw.
func draws(m compose.Model) bool {
	return slices.ContainsFunc(m.Pairs, func(p compose.Pair) bool {
		return p.Has(compose.Blue) && p.Has(compose.Green) && p.Routes[compose.Blue].SameWay(p.Routes[compose.Green])
	})
}
