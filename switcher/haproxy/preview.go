package haproxy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// A request is a preview when its header or cookie has the token, or when it is
// for a preview's host. The token stands in a file of its own, so that the
// settings may be read by anybody, and changes without a reload.
const (
	isPreview = "bluegreen:preview"
	// idleColour is the variable with the colour that a preview gets. No other
	// request has it, and while no colour is active only one that names a colour.
	idleColour = "var(txn.bluegreen_idle)"
	previewed  = "{ " + idleColour + " -m found }"

	noCandidateBackend = "no_candidate"
	noCandidate        = "no candidate: the idle colour does not run\n"
)

// tokenPath is the acl file with the token.
func tokenPath(p compose.Proxy) string { return p.Directory() + "/" + session.TokenFile }

// previews tells that a model has a preview on a listener.
func (l listener) previews(m compose.Model) bool {
	return l.mode == compose.HTTP && m.Preview != compose.PreviewOff
}

// previewAcls tell which requests are previews, and of which colour: the one
// that is not active, unless a request with the token names one.
func previewAcls(p compose.Proxy, l listener, active string) []string {
	by := func(what string) string { return "acl " + isPreview + " " + what }
	lines := []string{
		by("req.hdr(" + compose.PreviewHeader + ") -m str -f " + tokenPath(p)),
		by("req.cook(" + compose.PreviewHeader + ") -m str -f " + tokenPath(p)),
	}
	for _, host := range l.previewHosts() {
		lines = append(lines, by("req.hdr(host),host_only -i -m str -- "+quote(host)))
	}
	for _, c := range compose.Colours() {
		lines = append(lines, fmt.Sprintf("http-request set-%s str(%s) if %s { %s -m str %s }", idleColour, c.Other(), isPreview, active, c))
	}
	for _, c := range compose.Colours() {
		lines = append(lines, fmt.Sprintf("http-request set-%s str(%s) if { req.hdr(%s) -m str -f %s } { req.hdr(%s) -m str %s }",
			idleColour, c, compose.PreviewHeader, tokenPath(p), compose.ColourHeader, c))
	}
	return lines
}

func (l listener) previewHosts() []string {
	var hosts []string
	for _, r := range l.rules {
		if r.route.Preview != "" {
			hosts = append(hosts, r.route.Preview)
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// previewRules send previews to the idle colour, by its own routes, and none to
// the active one.
func previewRules(l listener) []string {
	var all []rule
	for _, r := range l.rules {
		for i, route := range r.route.InPreview() {
			r.route, r.way = route, []string{":preview", ":next"}[i]
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, bySpecificity)
	var lines []string
	for _, r := range all {
		lines = append(lines, ruleLines(r, idleColour, previewed)...)
	}
	return append(lines, "use_backend "+noCandidateBackend+" if "+isPreview)
}

// previewBackendLines keep a colour's replicas from seeing the token, say in a
// sentence that there are none, and which colour answers.
func previewBackendLines(c compose.Colour) []string {
	// Alone, first, last or between others.
	cookie := "^(.*; *)?" + compose.PreviewHeader + "=[^;]*(; *(.*))?$"
	return []string{
		"http-request return status 503 content-type text/plain string " + quote(noCandidate) + " if " + previewed + " { nbsrv lt 1 }",
		"http-request del-header " + compose.PreviewHeader + " if " + previewed,
		"http-request del-header " + compose.ColourHeader + " if " + previewed,
		"http-request replace-header Cookie " + quote(cookie) + " " + quote(`\1\3`) + " if " + previewed,
		sayColour(c) + " if " + previewed,
	}
}

// previewNeed are the lines of a preview in a user's own settings. Whoever
// leaves them out has none.
func previewNeed(m compose.Model, l listener) need {
	lines := []string{"# The preview of the idle colour, and maintenance. Without the lines down to " + noCandidateBackend + " there is neither."}
	lines = append(lines, previewAcls(m.Proxy, l, part(1))...)
	lines = append(lines, probeAcls(m.Proxy)...)
	lines = append(lines, maintenanceRules(m, l)...)
	return need{
		comment: frontendComment(l.port), section: frontendSection(l.port),
		lines: append(lines, previewRules(l)...),
		met:   func(witness) bool { return true },
	}
}

func noCandidateLines() []string {
	return []string{"mode http", "http-request return status 503 content-type text/plain string " + quote(noCandidate), sayColour("")}
}

// sayColour names the colour that answers a preview.
func sayColour(c compose.Colour) string {
	return "http-after-response set-header " + compose.ColourHeader + " " + c.OrNone()
}

// Previews implements switcher.Preview.
func (c *control) Previews(ctx context.Context, m compose.Model) (bool, error) {
	if m.Proxy.Generated {
		return true, nil
	}
	said, err := c.ask(ctx, "show acl")
	return strings.Contains(said, "("+tokenPath(m.Proxy)+")"), c.Errors.Wrap("ask for its acls", err)
}

// SetToken implements switcher.Preview.
func (c *control) SetToken(ctx context.Context, token string) error {
	var err error
	if c.Running {
		err = c.admit(ctx, token)
	}
	if err == nil {
		err = c.SealToken(ctx, token)
	}
	return c.Errors.Wrap("open the preview to its token", err)
}

// admit has the running proxy take the token. One whose settings have no
// preview yet reads it with those that have.
func (c *control) admit(ctx context.Context, token string) error {
	file := c.Session.Path(session.TokenFile)
	commands := []string{"clear acl " + file}
	if token != "" {
		commands = append(commands, "add acl "+file+" "+token)
	}
	said, err := c.ask(ctx, append(commands, "show acl "+file)...)
	var refusal *refusalError
	switch {
	case errors.As(err, &refusal) && strings.HasPrefix(refusal.text, unknownACL):
		return nil
	case err != nil:
		return err
	case token != "" && !slices.Contains(strings.Fields(said), token):
		return errors.New("it has not taken the token")
	default:
		return nil
	}
}

// unknownACL begins HAProxy's answer about a file that its settings do not name.
const unknownACL = "Unknown ACL identifier"
