package switcher

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Sample is what was counted of a colour in some time, by pair.
type Sample map[string]Figures

// together is the sum over all pairs.
func (s Sample) together() Figures {
	var sum Figures
	for _, f := range s {
		sum = sum.plus(f)
	}
	return sum
}

// known is from how many requests on the other colour is compared with.
// With fewer, what it shows says nothing of what it would.
const known = 50

// fewest is how many errors are nobody's fault, whatever their share.
const fewest = 5

// plenty is from how many requests on a mean is believed before the end, and
// only when it is above the limit twice over: nobody tells how much the
// requests differ of which it is the mean.
const plenty = 100

// charge is one pair under judgement.
type charge struct {
	limits compose.Bake
	who    string // "web", or "all pairs"
	now    Figures
	other  Figures
	named  string // how the other colour's figures are called: "blue before"
	// beside tells that the other colour is counted at the same time: what is not
	// known of it yet will be, and little of it is all there is.
	beside bool
	sure   confidence
}

// rival is what a colour is compared with.
type rival struct {
	Sample
	named  string
	beside bool
}

// judge tells in what a colour is worse than the limits, each in words with its
// figures; nothing for a good one. It is judged pair by pair, and where there
// are several, all together, for errors may be spread thin. Each is held
// against a floor, up to which nobody is blamed, and against what the other
// colour shows, for what both suffer from is not the release's fault.
func judge(limits compose.Bake, now Sample, other rival, sure confidence) []string {
	var why []string
	try := func(who string, now, against Figures) {
		t := charge{limits, who, now, against, other.named, other.beside, sure}
		for _, found := range []string{t.errors(), t.broken(), t.latency()} {
			if found != "" {
				why = append(why, found)
			}
		}
	}
	for _, pair := range slices.Sorted(maps.Keys(now)) {
		try(pair, now[pair], other.Sample[pair])
	}
	if len(why) == 0 && len(now) > 1 {
		try("all pairs", now.together(), other.together())
	}
	return why
}

// enough tells that there was the traffic to judge any pair, or all together.
func enough(limits compose.Bake, now Sample) bool {
	return now.together().Requests >= limits.Requests
}

// errors judges the answers of 5xx.
func (t charge) errors() string {
	if !t.worse(t.now.Errors, t.now.Requests, t.other.Errors, t.other.Requests) {
		return ""
	}
	return fmt.Sprintf("%s answered %s of %s with 5xx (%s; the limit is %s)",
		t.who, percentage(t.now.share()), requests(t.now.Requests),
		t.otherwise(percentage(t.other.share())), percentage(t.limits.Errors))
}

// broken judges the attempts to reach a replica.
func (t charge) broken() string {
	tries, otherTries := t.now.Requests+t.now.Broken, t.other.Requests+t.other.Broken
	if !t.worse(t.now.Broken, tries, t.other.Broken, otherTries) {
		return ""
	}
	return fmt.Sprintf("the proxy could not reach %s in %s of %d attempts (%s; the limit is %s)",
		t.who, percentage(share(t.now.Broken, tries)), tries,
		t.otherwise(percentage(share(t.other.Broken, otherTries))), percentage(t.limits.Errors))
}

// worse tells that hits of n are above the floor, and above what the other
// colour has, where enough is known of that.
func (t charge) worse(hits, n, otherHits, otherN int) bool {
	if n < t.limits.Requests || hits < fewest || t.sure.atLeast(hits, n) <= t.limits.Errors {
		return false
	}
	switch {
	case otherN >= known, t.beside && otherN > 0 && !t.sure.early:
		return share(hits, n) > t.limits.Factor*share(otherHits, otherN) && t.sure.above(hits, n, otherHits, otherN)
	case t.beside:
		return !t.sure.early
	default:
		return true
	}
}

// latency judges how long answers take. What is slow is a matter of the
// application: without the other colour's figures nothing is.
func (t charge) latency() string {
	if t.now.Requests < t.limits.Requests || t.other.Requests < known {
		return ""
	}
	if len(t.now.Buckets) > 0 {
		return t.percentile()
	}
	return t.mean()
}

func (t charge) limit(other time.Duration) time.Duration {
	return max(t.limits.Latency, time.Duration(t.limits.Factor*float64(other)))
}

// percentile judges by the share of requests that take longer than the limit:
// more of them than the percentile leaves out means that it is above the limit.
func (t charge) percentile() string {
	before := t.other.percentile()
	if before == 0 || before == Endless {
		return ""
	}
	n, bound := t.now.slower(t.limit(before))
	if bound == Endless || n < fewest || t.sure.atLeast(n, t.now.timed()) <= slowest {
		return ""
	}
	return fmt.Sprintf("%s took more than %s for %s of %s (%s; the limit is %s)",
		t.who, span(bound), percentage(share(n, t.now.timed())), requests(t.now.timed()),
		t.otherwise("95% within "+span(before)), span(t.limit(before)))
}

func (t charge) mean() string {
	limit := t.limit(t.other.Mean + t.other.Margin)
	needed := limit
	if t.sure.early {
		needed = 2 * limit
	}
	if t.sure.early && t.now.Requests < plenty || t.now.Mean-t.now.Margin <= needed {
		return ""
	}
	return fmt.Sprintf("%s took %s on average over %s (%s; the limit is %s)",
		t.who, span(t.now.Mean), requests(t.now.Requests), t.otherwise(span(t.other.Mean)), span(limit))
}

// otherwise says what the other colour showed.
func (t charge) otherwise(value string) string {
	if t.other.Requests < known && (!t.beside || t.other.Requests == 0) {
		return "too little of " + t.named + " to compare with"
	}
	return fmt.Sprintf("%s: %s of %d", t.named, value, t.other.Requests)
}

// summary says what was counted, in a few words.
func (f Figures) summary() string {
	parts := []string{requests(f.Requests)}
	if f.Requests > 0 {
		parts = append(parts, percentage(f.share())+" errors")
	}
	if f.Broken > 0 {
		parts = append(parts, fmt.Sprintf("%d failed attempts to reach a replica", f.Broken))
	}
	switch p := f.percentile(); {
	case p == Endless:
		parts = append(parts, "more than 5% endlessly slow")
	case p > 0:
		parts = append(parts, "95% within "+span(p))
	case f.Mean > 0:
		parts = append(parts, span(f.Mean)+" on average")
	}
	return strings.Join(parts, ", ")
}

func requests(n int) string {
	if n == 1 {
		return "1 request"
	}
	return fmt.Sprintf("%d requests", n)
}

// percentage writes a share with as many digits as tell something.
func percentage(share float64) string {
	switch percent := 100 * share; {
	case percent == 0:
		return "0%"
	case percent < 0.1:
		return fmt.Sprintf("%.2g%%", percent)
	default:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", percent), ".0") + "%"
	}
}

// span writes a time as people say it.
func span(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	default:
		return d.Round(10 * time.Millisecond).String()
	}
}
