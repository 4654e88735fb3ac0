package haproxy

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// A maintenance is a map file of its own: a comment with all of it but the page,
// which the tool reads, then what HAProxy reads. The kind is written last and
// read first: it tells whether there is maintenance at all, and with which
// content type.
const (
	maintenanceFile = "maintenance.map"
	kindKey         = "kind"
	retryKey        = "retry"
	pageKey         = "page"
	noMaintenance   = "off"
)

// maxPage bounds a page in bytes: HAProxy takes a command, and makes an answer, in
// a buffer of 16 KiB (tune.bufsize), and a page travels in base64.
const maxPage = 8 << 10

// defaultPage is the page of a maintenance that has none.
const defaultPage = "We are working on this site and will be back soon."

// kinds are the content types that the settings can answer with.
var kinds = map[string]string{"text": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8", "json": "application/json"}

func maintenancePath(p compose.Proxy) string { return p.Directory() + "/" + maintenanceFile }

// maintenanceRules turn visitors away. Workers from before a reload leave that to
// their successor, which is the one that hears of it.
func maintenanceRules(m compose.Model, l listener) []string {
	const kind = "var(txn.bluegreen_maintenance)"
	read := func(key string) string {
		return fmt.Sprintf("%%[str(%s),map(%s)", key, maintenancePath(m.Proxy))
	}
	except := "!{ stopping }"
	if l.previews(m) {
		except += " !" + isPreview + " !" + isProbe
	}
	lines := []string{fmt.Sprintf("http-request set-%s str(%s),map(%s,%s)", kind, kindKey, maintenancePath(m.Proxy), noMaintenance)}
	for _, name := range []string{"html", "json", "text"} {
		lines = append(lines, fmt.Sprintf("http-request return status 503 content-type %s lf-string %s hdr Retry-After %s hdr Cache-Control no-store if { %s -m str %s } %s",
			quote(kinds[name]), quote(read(pageKey)+",b64dec]"), quote(read(retryKey)+"]"), kind, name, except))
	}
	return lines
}

// maintenanceNeed are the lines of maintenance in a user's own settings where
// there is no preview. Whoever leaves them out has none.
func maintenanceNeed(m compose.Model, l listener) need {
	lines := append([]string{"# Maintenance. Without these lines there is none."}, maintenanceRules(m, l)...)
	return need{
		comment: frontendComment(l.port), section: frontendSection(l.port), lines: lines,
		met: func(witness) bool { return true },
	}
}

// formatMaintenance is the content of the file.
func formatMaintenance(m *switcher.Maintenance) (string, error) {
	kind, page, retry := noMaintenance, defaultPage, 0
	comment := "none"
	if m != nil {
		var err error
		if kind, page, err = pageOf(*m); err != nil {
			return "", err
		}
		retry = m.RetryAfter
		bare := *m
		bare.Page = ""
		text, err := json.Marshal(bare)
		if err != nil {
			return "", err
		}
		comment = string(text)
	}
	return fmt.Sprintf("# %s\n%s %s\n%s %d\n%s %s\n", comment, kindKey, kind, retryKey, retry,
		pageKey, base64.StdEncoding.EncodeToString([]byte(page))), nil
}

// pageOf is what HAProxy answers, and as what. It writes no line break into an
// answer that it makes (it encodes it), so there may be none that counts.
func pageOf(m switcher.Maintenance) (kind, page string, err error) {
	refuse := func(problem, fix string) (string, string, error) {
		return "", "", &compose.InvalidError{Problem: "the maintenance page " + problem, Fix: fix}
	}
	if m.Page == "" {
		return "text", defaultPage, nil
	}
	for name, contentType := range kinds {
		if contentType == m.Type {
			kind = name
		}
	}
	page = strings.Join(strings.FieldsFunc(strings.TrimSpace(m.Page), func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	lower := strings.ToLower(page)
	switch {
	case kind == "":
		return refuse("has the type "+m.Type, "HAProxy answers with .html, .txt or .json")
	case len(page) > maxPage:
		return refuse(fmt.Sprintf("has %d bytes, and HAProxy takes at most %d at run time", len(page), maxPage), "make it shorter; have it load pictures and styles from elsewhere")
	case kind == "text" && page != strings.TrimSpace(m.Page):
		return refuse("has several lines, and HAProxy makes no line breaks at run time", "write it as HTML: --page page.html")
	case kind == "html" && (strings.Contains(lower, "<pre") || strings.Contains(lower, "<textarea") || strings.Contains(lower, "<script")) && page != strings.TrimSpace(m.Page):
		return refuse("has line breaks that count (in <pre>, <textarea> or <script>), and HAProxy makes none at run time", "write it without these elements, or on one line")
	}
	return kind, page, nil
}

// Maintenance implements switcher.Upkeep. Settings that do not name the file have
// taken that there is none.
func (c *control) Maintenance(ctx context.Context) (*switcher.Maintenance, bool, error) {
	const doing = "read the maintenance"
	path := c.Session.Path(maintenanceFile)
	contents, err := c.Session.Read(ctx, path)
	text, found := contents[path]
	if err != nil || !found {
		return nil, true, c.Errors.Wrap(doing, err)
	}
	m, err := parseMaintenance(text)
	if err != nil || !c.Running {
		return m, true, c.Errors.Wrap(doing, err)
	}
	said, err := c.ask(ctx, "show map "+path)
	var refusal *refusalError
	if errors.As(err, &refusal) {
		return m, m == nil, nil
	}
	return m, missing(said, entriesOf(text)) == "", c.Errors.Wrap(doing, err)
}

// parseMaintenance reads the file; the page of its own words is none.
func parseMaintenance(text string) (*switcher.Maintenance, error) {
	entries := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, found := strings.Cut(strings.TrimSpace(line), " "); found {
			entries[key] = value
		}
	}
	if entries[kindKey] == noMaintenance {
		return nil, nil
	}
	var m switcher.Maintenance
	if err := json.Unmarshal([]byte(entries["#"]), &m); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", maintenanceFile, err)
	}
	page, err := base64.StdEncoding.DecodeString(entries[pageKey])
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", maintenanceFile, err)
	}
	if m.Type != "" {
		m.Page = string(page)
	}
	return &m, nil
}

// Maintain implements switcher.Upkeep.
func (c *control) Maintain(ctx context.Context, m *switcher.Maintenance) error {
	const doing = "turn visitors away"
	text, err := formatMaintenance(m)
	if err != nil {
		return err
	}
	path := c.Session.Path(maintenanceFile)
	said, err := c.ask(ctx, "show map")
	if err != nil {
		return c.Errors.Wrap(doing, err)
	}
	if !strings.Contains(said, "("+path+")") {
		return &compose.InvalidError{
			Service: c.Errors.Proxy, Problem: "the proxy's settings lack the lines for maintenance",
			Fix: "add those that this prints, then restart the proxy: docker bluegreen config; or where they are generated: docker bluegreen up",
		}
	}
	if err := c.Session.Write(ctx, path, text); err != nil {
		return c.Errors.Wrap(doing, err)
	}
	return c.Errors.Wrap(doing, c.setMaintenance(ctx, path, text))
}

// setMaintenance has the running proxy take the file's entries and reads them
// back. The kind comes last, for it makes the others count.
func (c *control) setMaintenance(ctx context.Context, path, text string) error {
	wanted := entriesOf(text)
	for _, entry := range slices.Backward(wanted) {
		if _, err := c.ask(ctx, fmt.Sprintf("set map %s %s %s", path, entry[0], entry[1])); err != nil {
			return err
		}
	}
	said, err := c.ask(ctx, "show map "+path)
	if err != nil {
		return err
	}
	if key := missing(said, wanted); key != "" {
		return errors.New("it has not taken the " + key + " of the answer")
	}
	return nil
}

// entriesOf are the keys and values of the file, in its order.
func entriesOf(text string) [][2]string {
	var entries [][2]string
	for line := range strings.Lines(text) {
		if key, value, _ := strings.Cut(strings.TrimSpace(line), " "); key != "#" {
			entries = append(entries, [2]string{key, value})
		}
	}
	return entries
}

// missing is the first key of which the answer to "show map" has another value;
// "" for none.
func missing(said string, entries [][2]string) string {
	for _, entry := range entries {
		if !strings.Contains(said, " "+entry[0]+" "+entry[1]+"\n") {
			return entry[0]
		}
	}
	return ""
}
