package haproxy

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestAMaintenanceIsReadAsItWasWritten(t *testing.T) {
	bare := switcher.Maintenance{RetryAfter: 120, Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), By: "ann@laptop"}
	page := bare
	page.Page, page.Type = `<p>50% "soon" é</p>`, kinds["html"]
	for _, m := range []*switcher.Maintenance{nil, &bare, &page} {
		text, err := formatMaintenance(m)
		assert.NilError(t, err)
		got, err := parseMaintenance(text)
		assert.NilError(t, err)
		assert.DeepEqual(t, got, m)
		for _, entry := range entriesOf(text) {
			assert.Check(t, entry[1] != "" && !strings.ContainsAny(entry[1], " ;\n"), "HAProxy cannot be told %q", entry[1])
		}
	}
}

// HAProxy makes no line breaks.
func TestPagesThatHAProxyCanAnswerWith(t *testing.T) {
	for _, test := range []struct{ kind, page, want, refused string }{
		{"html", "<p>\nsoon\r\n</p>\n", "<p> soon </p>", ""},
		{"text", "soon\n", "soon", ""},
		{"json", "{\n \"soon\": true}", "{  \"soon\": true}", ""},
		{"text", "soon\nor later", "", "has several lines"},
		{"html", "<PRE>a\nb</PRE>", "", "line breaks that count"},
		{"html", "<script>a()</script>", "<script>a()</script>", ""},
		{"html", strings.Repeat("x", maxPage+1), "", "at most 8192"},
	} {
		_, got, err := pageOf(switcher.Maintenance{Page: test.page, Type: kinds[test.kind]})
		if test.refused != "" {
			assert.ErrorContains(t, err, test.refused)
			continue
		}
		assert.NilError(t, err)
		assert.Equal(t, got, test.want)
	}
}
