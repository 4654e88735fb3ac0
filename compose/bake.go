package compose

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Bake says how long a colour is watched once it takes traffic, and what is too
// bad for it to keep that. A zero value is the default's.
type Bake struct {
	// Time is how long; zero is not at all. In JSON in nanoseconds.
	Time time.Duration `json:"time,omitempty"`
	// Errors is the share of requests, 0.01 for 1 %, up to which errors are
	// nobody's fault.
	Errors float64 `json:"errors,omitempty"`
	// Factor is how many times as bad as the other colour a colour may be.
	Factor float64 `json:"factor,omitempty"`
	// Latency is up to which time no answer counts as slow.
	Latency time.Duration `json:"latency,omitempty"`
	// Requests is with how few of them nothing is judged.
	Requests int `json:"requests,omitempty"`
}

// The limits where the file says nothing; docs/bake.md says why they are so.
const (
	DefaultBakeErrors   = 0.01
	DefaultBakeFactor   = 2
	DefaultBakeLatency  = 500 * time.Millisecond
	DefaultBakeRequests = 20
)

// Complete fills in the default limits.
func (b Bake) Complete() Bake {
	whole := Bake{Errors: DefaultBakeErrors, Factor: DefaultBakeFactor, Latency: DefaultBakeLatency, Requests: DefaultBakeRequests}
	setIf(&whole.Time, b.Time)
	setIf(&whole.Errors, b.Errors)
	setIf(&whole.Factor, b.Factor)
	setIf(&whole.Latency, b.Latency)
	setIf(&whole.Requests, b.Requests)
	return whole
}

// bakeTime is the short form of x-bluegreen.bake, and a key of the long one.
func bakeTime() field[Bake] {
	return duration("time", func(b *Bake) *time.Duration { return &b.Time })
}

// bakeFields are the keys of x-bluegreen.bake.
func bakeFields() []field[Bake] {
	return []field[Bake]{
		bakeTime(),
		percent("errors", func(b *Bake) *float64 { return &b.Errors }),
		factor("factor", func(b *Bake) *float64 { return &b.Factor }),
		duration("latency", func(b *Bake) *time.Duration { return &b.Latency }),
		wholeAbove("requests", func(b *Bake) *int { return &b.Requests }),
	}
}

// readBake reads the short form, a time, or the mapping.
func readBake(at place, value any, into *projectSettings) {
	if _, short := value.(string); short {
		bakeTime().read(at, value, &into.Bake)
		return
	}
	readMapping(at, value, bakeFields(), &into.Bake)
}

const percentPattern = `^(100|[1-9]?[0-9](\.[0-9]+)?)%$`

// percent is a field with a share above zero, as a percentage.
func percent[T any](key string, at func(*T) *float64) field[T] {
	valid := regexp.MustCompile(percentPattern)
	return field[T]{key: key, pattern: percentPattern, read: func(place place, value any, into *T) {
		s, _ := value.(string)
		n, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
		if err != nil || n <= 0 || !valid.MatchString(s) {
			place.report("is "+describe(value), "write a percentage above zero: 1%, 0.5%")
			return
		}
		*at(into) = n / 100
	}}
}

// factor is a field with a number of at least 1. Interpolation leaves strings
// behind, so one in a string counts as the number.
func factor[T any](key string, at func(*T) *float64) field[T] {
	return field[T]{key: key, read: func(place place, value any, into *T) {
		n, ok := anyNumber(value)
		if !ok || n < 1 || n > maxFactor {
			place.report("is "+describe(value), "write a number, 1 to 1000")
			return
		}
		*at(into) = n
	}}
}

const maxFactor = 1000

var decimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func anyNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v)
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil && decimal.MatchString(v)
	default:
		return 0, false
	}
}

// wholeAbove is a field with a whole number of at least 1.
func wholeAbove[T any](key string, at func(*T) *int) field[T] {
	return field[T]{key: key, read: func(place place, value any, into *T) {
		n, ok := wholeNumber(value)
		if !ok || n < 1 || n > maxPort {
			place.report("is "+describe(value), "write a whole number, 1 to 65535")
			return
		}
		*at(into) = n
	}}
}
