package compose

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A field is one known key of a mapping below x-bluegreen. The library's own
// decoding drops unknown keys silently, so the keys are read by these tables;
// a test holds them against the published schema.
type field[T any] struct {
	key string
	// pattern, or values, or neither, is what the schema says of the value.
	pattern string
	values  []string
	read    func(at place, value any, into *T)
}

// A place is where in the file a value stands, for the message about it.
type place struct {
	problems *problems
	service  string
	path     []string
}

func (at place) child(key string) place {
	at.path = append(slices.Clip(at.path), key)
	return at
}

func (at place) report(problem, fix string) {
	at.problems.add(at.service, at.name()+" "+problem, fix, at.path...)
}

// name is the path as a person writes it: x-bluegreen.defaults.port.
func (at place) name() string {
	from := slices.Index(at.path, extension)
	return strings.Join(at.path[from:], ".")
}

// readMapping reads the known keys of a mapping, and reports all others.
func readMapping[T any](at place, value any, fields []field[T], into *T) {
	mapping, ok := value.(map[string]any)
	if !ok {
		at.report("is "+describe(value), "write a mapping of "+listing(keysOf(fields)))
		return
	}
	for _, key := range slices.Sorted(maps.Keys(mapping)) {
		i := slices.IndexFunc(fields, func(f field[T]) bool { return f.key == key })
		if i < 0 {
			at.child(key).report("is not a known key", meant(key, keysOf(fields)))
			continue
		}
		fields[i].read(at.child(key), mapping[key], into)
	}
}

func keysOf[T any](fields []field[T]) []string {
	keys := make([]string, 0, len(fields))
	for _, f := range fields {
		keys = append(keys, f.key)
	}
	return keys
}

// text is a field whose string value matches a pattern; want says so in words.
func text[T any](key, pattern, want string, at func(*T) *string) field[T] {
	valid := regexp.MustCompile(pattern)
	return field[T]{key: key, pattern: pattern, read: func(place place, value any, into *T) {
		s, ok := value.(string)
		if !ok || !valid.MatchString(s) {
			place.report("is "+describe(value), "write "+want)
			return
		}
		*at(into) = s
	}}
}

// choice is a field with a few known values.
func choice[T any, V ~string](key string, values []V, at func(*T) *V) field[T] {
	known := make([]string, 0, len(values))
	for _, v := range values {
		known = append(known, string(v))
	}
	return field[T]{key: key, values: known, read: func(place place, value any, into *T) {
		s, ok := value.(string)
		if !ok || !slices.Contains(known, s) {
			place.report("is "+describe(value), "write "+strings.Join(known, " or "))
			return
		}
		*at(into) = V(s)
	}}
}

const maxPort = 65535

// port is a field with a TCP port. Interpolation leaves strings behind, so
// digits in a string count as the number.
func port[T any](key string, at func(*T) *int) field[T] {
	return field[T]{key: key, read: func(place place, value any, into *T) {
		n, ok := wholeNumber(value)
		if !ok || n < 1 || n > maxPort {
			place.report("is "+describe(value), "write a port, 1 to 65535")
			return
		}
		*at(into) = n
	}}
}

// maxCount bounds a count; more is a slip of the finger.
const maxCount = 1000

// count is a field with a number of things, which may be none; nil is not
// said.
func count[T any](key string, at func(*T) **int) field[T] {
	return field[T]{key: key, read: func(place place, value any, into *T) {
		n, ok := wholeNumber(value)
		if !ok || n < 0 || n > maxCount {
			place.report("is "+describe(value), "write a number, 0 to 1000")
			return
		}
		*at(into) = &n
	}}
}

func wholeNumber(value any) (int, bool) {
	switch v := value.(type) {
	case int:
		return v, true
	case float64:
		return int(v), v == math.Trunc(v) && math.Abs(v) <= maxPort
	case string:
		n, err := strconv.Atoi(v)
		return n, err == nil && v == strconv.Itoa(n)
	default:
		return 0, false
	}
}

// durationPattern is what Go's durations are made of, without a sign.
const durationPattern = `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`

// duration is a field with a time above zero, with its units.
func duration[T any](key string, at func(*T) *time.Duration) field[T] {
	valid := regexp.MustCompile(durationPattern)
	return field[T]{key: key, pattern: durationPattern, read: func(place place, value any, into *T) {
		s, _ := value.(string)
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 || !valid.MatchString(s) {
			place.report("is "+describe(value), "write a time above zero with its unit: 30s, 1m30s")
			return
		}
		*at(into) = d
	}}
}

// describe shows a wrong value as it stands in the file.
func describe(value any) string {
	switch v := value.(type) {
	case nil:
		return "empty"
	case string:
		return strconv.Quote(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	default:
		return fmt.Sprint(v)
	}
}

// meant is the fix of a word that is not known.
func meant(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known are " + listing(known)
}

// listing joins words as a sentence does: "a, b and c".
func listing(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
