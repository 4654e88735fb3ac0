package switcher

import (
	"math"
	"time"
)

// Figures are what a proxy counted for one pair of one colour in some time.
type Figures struct {
	Requests, Errors, Broken int
	// Mean is the mean time until an answer begins, known within Margin; zero
	// where there are Buckets, or nothing.
	Mean, Margin time.Duration
	Buckets      []Bucket
}

// since is what was counted between two readings of one process.
func since(from, to Reading) Figures {
	f := Figures{
		Requests: max(0, to.Requests-from.Requests), Errors: max(0, to.Errors-from.Errors), Broken: max(0, to.Broken-from.Broken),
	}
	f.Mean, f.Margin = meanSince(from, to)
	for _, b := range to.Buckets {
		f.Buckets = append(f.Buckets, Bucket{b.UpTo, b.Count - countUpTo(from.Buckets, b.UpTo)})
	}
	return f
}

// countUpTo is a bucket's count; 0 where there is none.
func countUpTo(buckets []Bucket, upTo time.Duration) int {
	for _, b := range buckets {
		if b.UpTo == upTo {
			return b.Count
		}
	}
	return 0
}

// resolution is how finely a proxy tells a mean.
const resolution = time.Millisecond

// meanSince takes what an average was before out of what it is now. The average
// is a plain one over the first requests, up to its window; from then on each
// request takes the place of a window-th of it. What is left of the former
// average after some requests is therefore known. The fewer they are, the more
// the rounding of both averages falsifies the result, which margin says.
func meanSince(from, to Reading) (mean, margin time.Duration) {
	fresh := to.Samples - from.Samples
	if fresh <= 0 || to.Window == 0 {
		return 0, 0
	}
	left := remains(float64(from.Samples), float64(to.Samples), float64(to.Window))
	value := (float64(to.Mean) - left*float64(from.Mean)) / (1 - left)
	rounding := (1 + left) / (1 - left) * float64(resolution) / 2
	return time.Duration(max(0, value)), time.Duration(rounding)
}

// remains is how much of an average over before requests is in one over after.
func remains(before, after, window float64) float64 {
	switch {
	case after <= window:
		return before / after
	case before < window: // the first ones up to a full window, then one by one
		return before / window * math.Pow(1-1/window, after-window)
	default:
		return math.Pow(1-1/window, after-before)
	}
}

// plus adds figures of another time, or of another pair.
func (f Figures) plus(g Figures) Figures {
	sum := Figures{Requests: f.Requests + g.Requests, Errors: f.Errors + g.Errors, Broken: f.Broken + g.Broken}
	switch {
	case f.Mean == 0 && f.Margin == 0:
		sum.Mean, sum.Margin = g.Mean, g.Margin
	case g.Mean == 0 && g.Margin == 0:
		sum.Mean, sum.Margin = f.Mean, f.Margin
	case sum.Requests > 0:
		weigh := func(a, b time.Duration) time.Duration {
			return time.Duration((float64(a)*float64(f.Requests) + float64(b)*float64(g.Requests)) / float64(sum.Requests))
		}
		sum.Mean, sum.Margin = weigh(f.Mean, g.Mean), weigh(f.Margin, g.Margin)
	}
	longer, other := f.Buckets, g.Buckets
	if len(longer) == 0 {
		longer, other = other, longer
	}
	for _, b := range longer {
		sum.Buckets = append(sum.Buckets, Bucket{b.UpTo, b.Count + countUpTo(other, b.UpTo)})
	}
	return sum
}

// share is the part of the requests that were errors.
func (f Figures) share() float64 { return share(f.Errors, f.Requests) }

func share(part, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(part) / float64(of)
}

// timed is how many requests the buckets hold.
func (f Figures) timed() int {
	if len(f.Buckets) == 0 {
		return 0
	}
	return f.Buckets[len(f.Buckets)-1].Count
}

// slowest is the share of requests that the percentile leaves out.
const slowest = 0.05

// percentile is the time within which all but the slowest requests were
// answered: the bound of the bucket in which that falls.
func (f Figures) percentile() time.Duration {
	for _, b := range f.Buckets {
		if float64(b.Count) >= (1-slowest)*float64(f.timed()) {
			return b.UpTo
		}
	}
	return 0
}

// slower counts the requests beyond a time, and tells from which bound on they
// are known: the next one that there is.
func (f Figures) slower(than time.Duration) (n int, bound time.Duration) {
	for _, b := range f.Buckets {
		if b.UpTo >= than {
			return f.timed() - b.Count, b.UpTo
		}
	}
	return 0, than
}
