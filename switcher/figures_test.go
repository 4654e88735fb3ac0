package switcher

import (
	"math"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// average is a proxy's moving average as HAProxy keeps it: a plain one until
// its window is full, then each value takes the place of a window-th.
type average struct{ sum, n float64 }

const testWindow = 512

func (a *average) add(ms float64) {
	if a.n++; a.n > testWindow {
		a.sum -= a.sum / testWindow
	}
	a.sum += ms
}

func (a average) reading() Reading {
	value := a.sum / min(max(a.n, 1), testWindow)
	return Reading{Samples: int(a.n), Window: testWindow, Mean: time.Duration(math.Round(value)) * time.Millisecond}
}

// What a new release's requests took is told from what those of the release
// before it took, which had the same counters.
func TestAMeanIsThatOfTheNewRequests(t *testing.T) {
	for _, before := range []int{0, 10, 300, 512, 5000} {
		for _, after := range []int{5, 50, 500, 5000} {
			var a average
			for range before {
				a.add(20)
			}
			from := a.reading()
			for range after {
				a.add(300)
			}
			got, margin := meanSince(from, a.reading())
			if wrong := (got - 300*time.Millisecond).Abs(); wrong > margin+time.Millisecond {
				t.Errorf("%d requests after %d: %s, which is wrong by more than %s", after, before, got, margin)
			}
			if after >= 50 && margin > 25*time.Millisecond {
				t.Errorf("%d requests after %d: known within %s only", after, before, margin)
			}
		}
	}
	mean, margin := meanSince(Reading{Samples: 5, Window: 512, Mean: time.Second}, Reading{Samples: 5, Window: 512, Mean: time.Second})
	assert.Equal(t, mean+margin, time.Duration(0))
}

func TestPercentile(t *testing.T) {
	f := Figures{Buckets: []Bucket{{10 * time.Millisecond, 90}, {50 * time.Millisecond, 95}, {time.Second, 99}, {Endless, 100}}}
	assert.Equal(t, f.percentile(), 50*time.Millisecond)
	n, bound := f.slower(20 * time.Millisecond)
	assert.Equal(t, n, 5)
	assert.Equal(t, bound, 50*time.Millisecond)
	assert.Equal(t, Figures{}.percentile(), time.Duration(0))
	sum := f.plus(f)
	assert.Equal(t, sum.timed(), 200)
}

// counted is a count of one pair in green.
func countOf(began string, r Reading) Count {
	return Count{Began: began, Of: map[compose.Colour]map[string]Reading{compose.Green: {"web": r}}}
}

// What a process of the proxy has counted is not lost when another one begins
// to count from zero.
func TestCountsOfAProxyThatIsRestarted(t *testing.T) {
	first := countOf("1", Reading{Requests: 1000, Errors: 10})
	counts := &tracker{from: first, last: first, ended: map[compose.Colour]Sample{}}
	assert.DeepEqual(t, counts.of(compose.Green), Sample{"web": {}})
	counts.take(countOf("1", Reading{Requests: 1100, Errors: 12}))
	counts.take(countOf("2", Reading{Requests: 1050, Errors: 5}))
	counts.take(countOf("2", Reading{Requests: 1060, Errors: 6}))
	assert.DeepEqual(t, counts.of(compose.Green), Sample{"web": {Requests: 1160, Errors: 8}})
	assert.Equal(t, len(counts.of(compose.Blue)), 0)
}

func TestPercentages(t *testing.T) {
	for share, want := range map[float64]string{0: "0%", 0.2: "20%", 0.2013: "20.1%", 0.0004: "0.04%", 1: "100%", 0.001: "0.1%"} {
		assert.Equal(t, percentage(share), want)
	}
}
