package haproxy

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestRoutingFile(t *testing.T) {
	for _, want := range []switcher.Routing{
		{},
		{Active: compose.Green, Previous: compose.Blue, Release: "line\nactive blue\n# x", By: "ann", Since: time.Unix(1, 2).UTC()},
	} {
		text, err := formatRouting(want)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(text, "\n"); lines != 2 {
			t.Errorf("the file has %d lines: %q", lines, text)
		}
		got, err := parseRouting(text)
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%q reads as %+v, %v", text, got, err)
		}
	}
}

func TestDamagedRoutingFiles(t *testing.T) {
	const comment = `# {"active":"blue","since":"2026-01-02T03:04:05Z"}` + "\n"
	for text, why := range map[string]string{
		"":                                     "first line",
		"active blue\n":                        "first line",
		"# {\"active\":\nactive blue\n":        "damaged",
		comment:                                "no entry",
		comment + "active green\n":             "says that blue is active, its entry says green",
		comment + "active blue\nactive blue\n": "unexpected",
		comment + "other blue\n":               "unexpected",
	} {
		if r, err := parseRouting(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q reads as %+v, %v; want an error with %q", text, r, err, why)
		}
	}
}

func TestARoutingThatHAProxyCannotReadIsRefused(t *testing.T) {
	if _, err := formatRouting(switcher.Routing{By: strings.Repeat("x", maxComment)}); err == nil {
		t.Error("a comment longer than HAProxy's buffer is written")
	}
}
