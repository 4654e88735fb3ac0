package switcher

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// judge says what an answer is not as it should be; "" when it is.
func (w way) judge(check compose.Check, answer *http.Response, body []byte) string {
	switch by := answer.Header.Get(compose.ColourHeader); by {
	case string(w.colour):
	case compose.Colour("").OrNone():
		return fmt.Sprintf("is answered %d by the proxy: no route of %s takes it", answer.StatusCode, w.colour)
	default:
		return fmt.Sprintf("is answered %d, but not by %s: the proxy's settings answer it themselves, or lack the preview's lines (docker bluegreen config --proxy)",
			answer.StatusCode, w.colour)
	}
	if !expected(check.Status, answer.StatusCode) {
		return fmt.Sprintf("is answered %d, want %s", answer.StatusCode, statusWanted(check.Status))
	}
	if check.Text != "" && !bytes.Contains(body, []byte(check.Text)) {
		return fmt.Sprintf("is answered without the text %q", check.Text)
	}
	return judgeJSON(check.JSON, body)
}

// expected tells that a status is what was asked for; zero is any good one.
func expected(want, status int) bool {
	if want == 0 {
		return status >= http.StatusOK && status < http.StatusMultipleChoices
	}
	return status == want
}

func statusWanted(want int) string {
	if want == 0 {
		return "200 to 299"
	}
	return fmt.Sprint(want)
}

// judgeJSON holds a document against the values that it must have.
func judgeJSON(want map[string]any, body []byte) string {
	if len(want) == 0 {
		return ""
	}
	if !gjson.ValidBytes(body) {
		return "is answered with what is no JSON"
	}
	var wrong []string
	for _, path := range slices.Sorted(maps.Keys(want)) {
		value := gjson.GetBytes(body, path)
		switch {
		case !value.Exists():
			wrong = append(wrong, "has no "+path)
		case !sameValue(want[path], value):
			wrong = append(wrong, fmt.Sprintf("has %s in %s, want %s", brief(value.Raw), path, brief(written(want[path]))))
		}
	}
	if len(wrong) == 0 {
		return ""
	}
	return "is answered with JSON that " + strings.Join(wrong, ", ")
}

// sameValue tells that a document has a value of the file. Interpolation makes
// strings of everything, so that a string is also what it reads as.
func sameValue(want any, got gjson.Result) bool {
	if text, ok := want.(string); ok {
		return got.Type != gjson.JSON && got.Type != gjson.Null && got.String() == text
	}
	var plain any
	if json.Unmarshal([]byte(written(want)), &plain) != nil {
		return false
	}
	return reflect.DeepEqual(plain, got.Value())
}

// written is a value of the file as JSON.
func written(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// brief is a value that is not too long for a message.
func brief(value string) string {
	const most = 80
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return value
}
