package traefik

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// preview makes the ways to the idle colour: by the token, and by the previews'
// hosts. They go before those of visitors, and behind them stands one that
// answers for whatever the idle colour does not take. So it is, before all
// these, with the ways to a colour that a request with the token names.
func (d *dynamic) preview(m compose.Model, t table, e entries, token string) {
	if m.Preview == compose.PreviewOff {
		return
	}
	idle := t.Routing.Active.Other()
	for _, p := range m.Pairs {
		nobody := len(t.Replicas[p.Services[idle]]) == 0 // then noCandidate answers
		if t.Routing.Active == "" || !p.Has(idle) || p.Routes[idle].Mode != compose.HTTP || nobody {
			continue
		}
		for i, r := range p.Routes[idle].InPreview() {
			way := router{
				EntryPoints: e[r.Listen], Rule: rule(r), Priority: previewPriority + priority(r),
				Service: serviceOf(p.Name, idle), Middlewares: []string{tryAgain, hideToken, sayOf(idle)},
			}
			if byHost := i > 0; byHost {
				d.way(nextOf(p.Name), way, t.Leaving)
			} else if token != "" {
				way.Rule = fmt.Sprintf("(%s) && %s", hasToken(token), way.Rule)
				d.way(candidateOf(p.Name), way, t.Leaving)
			}
		}
	}
	d.noCandidate(m, t, e, token)
	d.named(m, e, token)
	for _, c := range append(compose.Colours(), "") {
		d.HTTP.Middlewares[sayOf(c)] = middleware{Headers: &headers{Response: map[string]string{colourHeader: c.OrNone()}}}
	}
}

// named makes the ways to the colour that a request with the token names.
func (d *dynamic) named(m compose.Model, e entries, token string) {
	if token == "" {
		return
	}
	known := header(compose.PreviewHeader, token)
	for _, p := range m.Pairs {
		for _, c := range compose.Colours() {
			r := p.Routes[c]
			if !p.Has(c) || r.Mode != compose.HTTP {
				continue
			}
			d.HTTP.Routers[colourOf(p.Name, c)] = router{
				EntryPoints: e[r.Listen], Rule: fmt.Sprintf("%s && %s && %s", known, header(colourHeader, string(c)), rule(r)),
				Priority: namedPriority + priority(r), Service: serviceOf(p.Name, c), Middlewares: []string{tryAgain, hideToken, sayOf(c)},
			}
		}
	}
	for port := range previewHosts(m) {
		d.HTTP.Routers[noColourOf(port)] = router{
			EntryPoints: e[port], Rule: fmt.Sprintf("%s && HeaderRegexp(`%s`, `^(blue|green)$`)", known, colourHeader),
			Priority: namedPriority, Service: noColour, Middlewares: []string{sayOf("")},
		}
	}
}

// noCandidate makes the way of all previews that no other one takes.
func (d *dynamic) noCandidate(m compose.Model, t table, e entries, token string) {
	for port, hosts := range previewHosts(m) {
		var rules []string
		if token != "" {
			rules = append(rules, hasToken(token))
		}
		for _, host := range slices.Sorted(maps.Keys(hosts)) {
			rules = append(rules, fmt.Sprintf("Host(`%s`)", host))
		}
		if len(rules) > 0 {
			d.way(noCandidateOf(port), router{
				EntryPoints: e[port], Rule: strings.Join(rules, " || "), Priority: previewPriority, Service: noColour,
				Middlewares: []string{sayOf("")},
			}, t.Leaving)
		}
	}
}

// previewHosts are the hosts of previews on each port with http traffic.
func previewHosts(m compose.Model) map[int]map[string]bool {
	hosts := map[int]map[string]bool{}
	for _, p := range m.Pairs {
		for _, r := range p.Routes {
			if r.Mode != compose.HTTP {
				continue
			}
			if hosts[r.Listen] == nil {
				hosts[r.Listen] = map[string]bool{}
			}
			if r.Preview != "" {
				hosts[r.Listen][r.Preview] = true
			}
		}
	}
	return hosts
}

// hasToken selects the requests whose header or cookie has the token.
func hasToken(token string) string {
	return fmt.Sprintf("%s || HeaderRegexp(`Cookie`, `(^|; *)%s=%s(;|$)`)",
		header(compose.PreviewHeader, token), compose.PreviewHeader, regexp.QuoteMeta(token))
}

// Previews implements switcher.Preview: all routes are the tool's.
func (*control) Previews(context.Context, compose.Model) (bool, error) { return true, nil }

// SetToken implements switcher.Preview: the routes name the token.
func (c *control) SetToken(ctx context.Context, token string) error {
	c.opening = &token
	err := c.renew(ctx)
	if err == nil {
		err = c.SealToken(ctx, token)
	}
	c.opening = nil
	return c.Errors.Wrap("open the preview to its token", err)
}

// token is what opens the preview in the routes that are written next.
func (c *control) token(ctx context.Context) (string, error) {
	if c.opening != nil {
		return *c.opening, nil
	}
	return c.Token(ctx)
}

// renew writes the routes anew, where there are any.
func (c *control) renew(ctx context.Context) error {
	t, _, err := c.read(ctx)
	if err != nil || t == nil {
		return err
	}
	return c.put(ctx, *t)
}
