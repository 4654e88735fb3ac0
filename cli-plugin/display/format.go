package display

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/docker/cli/cli/command/formatter"
	"github.com/docker/cli/templates"
)

// FormatError is a --format that cannot be read or applied.
type FormatError struct {
	Format string
	Err    error
}

func (e *FormatError) Error() string { return fmt.Sprintf("format %q: %v", e.Format, e.Err) }

func (e *FormatError) Unwrap() error { return e.Err }

// Hint says what to write instead.
func (*FormatError) Hint() string {
	return "it is table, json, or a Go template over the fields, as '{{json .}}' shows them"
}

// One writes a single value in the format that the user asked for: the
// default is text, which is made by table.
func One(out io.Writer, format string, value any, table func() string) error {
	switch format {
	case "", formatter.TableFormatKey:
		_, err := io.WriteString(out, table())
		return err
	case formatter.JSONFormatKey:
		return json.NewEncoder(out).Encode(value)
	}
	text, err := byTemplate(format, value)
	if err != nil {
		return &FormatError{Format: format, Err: err}
	}
	_, err = fmt.Fprintln(out, text)
	return err
}

// byTemplate fills a template with the value's fields, or, as `docker
// inspect` does, with what its JSON has: {{.Active}} or {{.colours.blue.state}}.
func byTemplate(format string, value any) (string, error) {
	parsed, err := templates.Parse(unescape(format))
	if err != nil {
		return "", err
	}
	var text strings.Builder
	if err := parsed.Execute(&text, value); err == nil {
		return text.String(), nil
	}
	var keys map[string]any
	encoded, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(encoded, &keys)
	}
	if err != nil {
		return "", err
	}
	text.Reset()
	err = parsed.Option("missingkey=error").Execute(&text, keys)
	return text.String(), err
}

// unescape reads the \t and \n that shells pass on as they are.
func unescape(format string) string {
	return strings.NewReplacer(`\t`, "\t", `\n`, "\n").Replace(format)
}

// list writes values in the format that the user asked for, by Docker's own
// formatter: "json" gives an object on each line.
func list[R formatter.SubContext](out io.Writer, format, table string, values []R, header formatter.SubHeaderContext) error {
	asked := format
	if format == "" || format == formatter.TableFormatKey {
		format = table
	}
	ctx := formatter.Context{Output: out, Format: formatter.Format(format)}
	err := ctx.Write(&formatter.HeaderContext{Header: header}, func(each func(formatter.SubContext) error) error {
		for _, v := range values {
			if err := each(v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return &FormatError{Format: asked, Err: err}
	}
	return nil
}
