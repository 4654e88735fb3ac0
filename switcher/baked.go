package switcher

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The results of a bake.
const (
	BakeGood = "good"
	BakeBad  = "bad"
	// BakeUnjudged is for too little traffic to judge.
	BakeUnjudged = "unjudged"
)

// Baked is what came of a bake. The JSON keys are a contract: keys may be
// added, never renamed.
type Baked struct {
	Colour compose.Colour `json:"colour"`
	Result string         `json:"result"`
	// Watched is how long, in milliseconds.
	Watched int64 `json:"watchedMs"`
	// Why says in what the colour was worse.
	Why []string `json:"why,omitempty"`
	// Pairs are the figures; Failures of them are what visitors saw.
	Pairs []BakedPair `json:"pairs"`
}

// BakedPair are the figures of one pair.
type BakedPair struct {
	Pair string `json:"pair"`
	Counted
	// Other is what the other colour showed; nil where nothing is known.
	Other *Counted `json:"other,omitempty"`
}

// Counted are figures as a program reads them.
type Counted struct {
	Requests int `json:"requests"`
	Errors   int `json:"errors"`
	Broken   int `json:"broken"`
	// Mean is the mean time until an answer begins, P95 the time within which
	// 95 % of the requests were answered, in milliseconds: whichever the proxy
	// tells. Zero is not known.
	Mean float64 `json:"meanMs,omitempty"`
	P95  float64 `json:"p95Ms,omitempty"`
}

func counted(f Figures) Counted {
	c := Counted{Requests: f.Requests, Errors: f.Errors, Broken: f.Broken, Mean: milliseconds(f.Mean)}
	if p := f.percentile(); p != Endless {
		c.P95 = milliseconds(p)
	}
	return c
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// bakedOf puts together what came of a bake.
func bakedOf(c compose.Colour, watched time.Duration, now, other Sample) Baked {
	b := Baked{Colour: c, Watched: watched.Milliseconds(), Pairs: []BakedPair{}}
	for _, pair := range slices.Sorted(maps.Keys(now)) {
		p := BakedPair{Pair: pair, Counted: counted(now[pair])}
		if f, found := other[pair]; found {
			of := counted(f)
			p.Other = &of
		}
		b.Pairs = append(b.Pairs, p)
	}
	return b
}

// Seen is how many requests visitors made meanwhile, and how many failed.
func (b Baked) Seen() (requests, failed int) {
	for _, p := range b.Pairs {
		requests += p.Requests
		failed += p.Errors
	}
	return requests, failed
}

// String says what came of it in a sentence.
func (b Baked) String() string {
	took := span(time.Duration(b.Watched) * time.Millisecond)
	n, failed := b.Seen()
	figures := fmt.Sprintf("%s in %s, %s of them failed", requests(n), took, percentage(share(failed, n)))
	switch b.Result {
	case BakeUnjudged:
		return fmt.Sprintf("too little traffic to judge %s: %s in %s", b.Colour, requests(n), took)
	case BakeBad:
		text := fmt.Sprintf("%s is worse: %s", b.Colour, strings.Join(b.Why, "; "))
		if n > 0 {
			text += "; visitors saw " + figures
		}
		return text
	default:
		return fmt.Sprintf("%s has proved itself: %s", b.Colour, figures)
	}
}
