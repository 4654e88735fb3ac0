package switcher

import (
	"net/http"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestWhatAnAnswerIsHeldAgainst(t *testing.T) {
	const document = `{"status":"ok","count":7,"ratio":0.5,"up":true,"none":null,"items":[{"id":1},{"id":2}],"a.b":"dot"}`
	type check = compose.Check
	for _, test := range []struct {
		name   string
		check  check
		status int
		by     string
		body   string
		want   string
	}{
		{"any good status", check{}, 204, "green", "", ""},
		{"a redirection is none", check{}, 302, "green", "", "is answered 302, want 200 to 299"},
		{"an error", check{}, 500, "green", "", "is answered 500, want 200 to 299"},
		{"the status asked for", check{Status: 404}, 404, "green", "", ""},
		{"another one", check{Status: 404}, 200, "green", "", "is answered 200, want 404"},
		{"the text", check{Text: "ok"}, 200, "green", "all ok", ""},
		{"no text", check{Text: "ok"}, 200, "green", "OK", `is answered without the text "ok"`},
		{"no route", check{}, 503, "none", "", "is answered 503 by the proxy: no route of green takes it"},
		{
			"somebody else",
			check{},
			200, "", "",
			"is answered 200, but not by green: the proxy's settings answer it themselves, or lack the preview's lines (docker bluegreen config --proxy)",
		},
		{
			"values", check{JSON: map[string]any{
				"status": "ok", "count": 7, "ratio": 0.5, "up": true, "none": nil, "items.1.id": 2, "items.#": 2, `a\.b`: "dot",
				"items": []any{map[string]any{"id": 1}, map[string]any{"id": 2}},
			}}, 200, "green", document, "",
		},
		{"what interpolation made a string", check{JSON: map[string]any{"count": "7", "up": "true"}}, 200, "green", document, ""},
		{
			"wrong values",
			check{JSON: map[string]any{"status": "starting", "count": 8, "up": "yes", "none": "null", "nobody": 1}},
			200, "green", document,
			`is answered with JSON that has 7 in count, want 8, has no nobody, has null in none, want "null", has "ok" in status, want "starting", has true in up, want "yes"`,
		},
		{"no JSON", check{JSON: map[string]any{"a": 1}}, 200, "green", "<html>", "is answered with what is no JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := &http.Response{StatusCode: test.status, Header: http.Header{}}
			answer.Header.Set(compose.ColourHeader, test.by)
			got := way{colour: compose.Green}.judge(test.check, answer, []byte(test.body))
			assert.Equal(t, got, test.want)
		})
	}
}

func TestTheFirstLinesOfABody(t *testing.T) {
	assert.DeepEqual(t, firstLines([]byte("\n one\r\n\x1b[31mtwo\n3\n4\n5\n6\n")), []string{"one", "[31mtwo", "3", "4", "5"})
	assert.Equal(t, len(firstLines([]byte(" \n"))), 0)
}
