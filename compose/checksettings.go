package compose

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a check's values may be: they are written into a request.
const (
	targetPattern = `^/[!"$-~]*$` // without a fragment, which is not sent
	methodPattern = `^[A-Z]+$`
	// RFC 9110, section 5.1, and no line breaks in values.
	headerPattern      = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
	headerValuePattern = `^[^\x00-\x1f\x7f]*$`

	minStatus, maxStatus = 100, 599
	maxRetries           = 1000
)

// checkPath is the short form of a check, and a key of the long one.
func checkPath() field[Check] {
	return text("path", targetPattern, "a path that begins with / and has no blanks: /healthz", func(c *Check) *string { return &c.Path })
}

// fieldsOfCheck are the keys of one check.
func fieldsOfCheck() []field[Check] {
	type c = Check
	return []field[c]{
		checkPath(),
		text("method", methodPattern, "a method in capitals: POST", func(c *c) *string { return &c.Method }),
		{key: "headers", read: readHeaders},
		text("body", `.`, "a text", func(c *c) *string { return &c.Body }),
		whole("status", minStatus, maxStatus, "a status, 100 to 599", func(c *c) *int { return &c.Status }),
		text("text", `.`, "a text that the body contains", func(c *c) *string { return &c.Text }),
		{key: "json", read: readExpectations},
		{key: "exec", read: readCommand},
		text("run", namePattern, "the name of a one-shot service", func(c *c) *string { return &c.Run }),
		duration("timeout", func(c *c) *time.Duration { return &c.Timeout }),
		whole("retries", 0, maxRetries, "how often it is tried again, 0 to 1000", func(c *c) *int { return &c.Retries }),
		duration("interval", func(c *c) *time.Duration { return &c.Interval }),
	}
}

// fieldsOfProjectCheck are the keys of one check at the top level.
func fieldsOfProjectCheck() []field[Check] {
	pair := text("pair", namePattern, "the name of a pair", func(c *Check) *string { return &c.Pair })
	return append([]field[Check]{pair}, fieldsOfCheck()...)
}

// readChecks reads a list of checks. Items are counted from 1.
func readChecks(at place, value any, fields []field[Check], into *[]Check) {
	list, ok := value.([]any)
	if !ok {
		at.report("is "+describe(value), "write a list of checks: [/healthz]")
		return
	}
	for i, item := range list {
		var check Check
		readCheck(at.child(strconv.Itoa(i+1)), item, fields, &check)
		*into = append(*into, check)
	}
}

// readCheck reads the short form, a path, or the mapping.
func readCheck(at place, value any, fields []field[Check], into *Check) {
	mapping, long := value.(map[string]any)
	if !long && fields[0].key == "path" {
		checkPath().read(at, value, into)
		return
	}
	readMapping(at, value, fields, into)
	if !long {
		return
	}
	kinds := 0
	for _, kind := range []string{"path", "exec", "run"} {
		if _, said := mapping[kind]; said {
			kinds++
		}
	}
	_, asks := mapping["path"]
	switch {
	case kinds != 1:
		at.report("has none of path, exec and run, or several", "write what it asks for, {path: /healthz}, or what it runs: {exec: bin/smoke-test}, {run: SERVICE}")
	case !asks:
		for _, key := range []string{"method", "headers", "body", "status", "text", "json"} {
			if _, said := mapping[key]; said {
				at.child(key).report("is said of a command", "remove it, or write path instead")
			}
		}
	}
}

// readHeaders reads a request's headers.
func readHeaders(at place, value any, into *Check) {
	mapping, ok := value.(map[string]any)
	if !ok {
		at.report("is "+describe(value), "write a mapping of headers: {Accept: application/json}")
		return
	}
	into.Headers = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(mapping)) {
		if !headerName.MatchString(name) {
			at.child(name).report("is no name of a header", "write letters, digits and dashes: Accept")
			continue
		}
		if isOwnHeader(name) {
			at.child(name).report("is the tool's own", "remove it: a check asks for its colour by itself")
			continue
		}
		text, ok := scalar(mapping[name])
		if !ok || !headerValue.MatchString(text) {
			// The value is not shown: it may be a password.
			at.child(name).report("is not one line of text", "write the header's value")
			continue
		}
		into.Headers[name] = text
	}
}

var (
	headerName  = regexp.MustCompile(headerPattern)
	headerValue = regexp.MustCompile(headerValuePattern)
)

// isOwnHeader tells of the headers by which a check finds its colour.
func isOwnHeader(name string) bool {
	return strings.EqualFold(name, PreviewHeader) || strings.EqualFold(name, ColourHeader)
}

// scalar is a single value as text.
func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case int, bool, float64:
		return fmt.Sprint(v), true
	default:
		return "", false
	}
}

// readExpectations reads the values that a JSON document must have.
func readExpectations(at place, value any, into *Check) {
	mapping, ok := value.(map[string]any)
	if !ok || len(mapping) == 0 {
		at.report("is "+describe(value), "write a mapping of paths to values: {status: ok, items.0.id: 7}")
		return
	}
	into.JSON = mapping
}

// readCommand reads a line of shell, or a program and its arguments.
func readCommand(at place, value any, into *Check) {
	const want = "write a command, bin/smoke-test, or a list of words: [/app, check]"
	switch v := value.(type) {
	case string:
		if strings.TrimSpace(v) != "" {
			into.Exec.Line = v
			return
		}
	case []any:
		for _, word := range v {
			text, ok := word.(string)
			if !ok {
				at.report("has "+describe(word)+" among its words", want)
				return
			}
			into.Exec.Args = append(into.Exec.Args, text)
		}
		if len(v) > 0 && into.Exec.Args[0] != "" {
			return
		}
	}
	at.report("is "+describe(value), want)
}

// whole is a field with a whole number. Digits in a string count as one.
func whole[T any](key string, least, most int, want string, at func(*T) *int) field[T] {
	return field[T]{key: key, read: func(place place, value any, into *T) {
		n, ok := wholeNumber(value)
		if !ok || n < least || n > most {
			place.report("is "+describe(value), "write "+want)
			return
		}
		*at(into) = n
	}}
}
