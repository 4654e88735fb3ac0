package command

import (
	"strings"
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestCheckShowsItsReportAndEndsByIt(t *testing.T) {
	report := switcher.CheckReport{
		Project: "hello", Colour: compose.Green, Passed: false,
		Checks: []switcher.CheckResult{{Name: "GET / of web", Status: 200, Tries: 1}, {Name: "GET /orders of web", Status: 500, Why: "is answered 500", Tries: 1}},
	}
	report.Err = &switcher.CheckError{Colour: compose.Green, Of: 2, Failed: report.Checks[1:]}
	for format, want := range map[string]string{
		"table": "GET / of web", "json": `"passed":false`, "{{.Colour}}": "green\n",
	} {
		f := &fake{checked: report}
		out, _, err := f.run(t, "check", "green", "--format", format)
		if code(err) != codeChecked && !strings.Contains(err.Error(), "1 of 2 checks of green failed") || !strings.Contains(out, want) {
			t.Errorf("--format %s: %v, %s", format, err, out)
		}
		if f.asked != compose.Green || f.need != needFile {
			t.Errorf("asked %v, need %v", f.asked, f.need)
		}
	}
	f := &fake{checked: switcher.CheckReport{Passed: true}}
	if out, _, err := f.run(t, "check"); err != nil || out != "nothing to do: the file has no checks\n" {
		t.Errorf("%v, %s", err, out)
	}
}
