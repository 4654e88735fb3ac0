package switcher

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// mean are figures of a proxy that knows only means, percent of whose requests
// fail.
func mean(n, errors int, took time.Duration) Figures {
	return Figures{Requests: n, Errors: errors, Mean: took}
}

// timed are figures of a proxy that has buckets: slow of n take a second, the
// others 80 ms.
func timedFigures(n, slow int) Figures {
	return Figures{Requests: n, Buckets: []Bucket{
		{50 * time.Millisecond, 0},
		{100 * time.Millisecond, n - slow},
		{500 * time.Millisecond, n - slow},
		{time.Second, n},
		{Endless, n},
	}}
}

func TestJudge(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		name       string
		limits     compose.Bake
		now, other Figures
		sure       confidence
		want       string // a part of the reason; "" is good
	}{
		{"no requests", compose.Bake{}, mean(0, 0, 0), mean(1000, 0, ms), atTheEnd, ""},
		{"all fail of too few", compose.Bake{}, mean(19, 19, ms), mean(1000, 0, ms), atTheEnd, ""},
		{"all fail of few", compose.Bake{}, mean(20, 20, ms), mean(1000, 0, ms), meanwhile, "web answered 100% of 20 requests with 5xx (blue before: 0% of 1000; the limit is 1%)"},
		{"a few errors", compose.Bake{}, mean(20, 4, ms), mean(1000, 0, ms), atTheEnd, ""},
		{"every fifth fails", compose.Bake{}, mean(200, 40, ms), mean(100, 0, ms), meanwhile, "answered 20% of 200 requests"},
		{"as many as the floor", compose.Bake{}, mean(10000, 100, ms), mean(10000, 0, ms), atTheEnd, ""},
		{"just above the floor, in doubt", compose.Bake{}, mean(1000, 12, ms), mean(1000, 0, ms), atTheEnd, ""},
		{"above the floor, for sure", compose.Bake{}, mean(10000, 140, ms), mean(10000, 0, ms), atTheEnd, "answered 1.4% of"},
		{"a higher floor", compose.Bake{Errors: 0.05}, mean(10000, 140, ms), mean(10000, 0, ms), atTheEnd, ""},
		{"sure at the end, not before", compose.Bake{}, mean(200, 6, ms), mean(1000, 0, ms), meanwhile, ""},
		{"sure at the end", compose.Bake{}, mean(200, 6, ms), mean(1000, 0, ms), atTheEnd, "answered 3% of 200"},
		{"both alike: a bad database", compose.Bake{}, mean(1000, 210, ms), mean(300, 60, ms), atTheEnd, ""},
		{"both bad, less than twice", compose.Bake{}, mean(1000, 300, ms), mean(1000, 160, ms), atTheEnd, ""},
		{"both bad, more than twice", compose.Bake{}, mean(1000, 300, ms), mean(1000, 100, ms), atTheEnd, "answered 30% of 1000 requests with 5xx (blue before: 10% of 1000"},
		{"another factor", compose.Bake{Factor: 4}, mean(1000, 300, ms), mean(1000, 100, ms), atTheEnd, ""},
		{"nothing to compare with", compose.Bake{}, mean(200, 40, ms), Figures{}, atTheEnd, "too little of blue before to compare with"},
		{"too little to compare with", compose.Bake{}, mean(200, 40, ms), mean(49, 49, ms), atTheEnd, "too little of blue before"},

		{"replicas out of reach", compose.Bake{}, Figures{Requests: 200, Broken: 50}, mean(200, 0, 0), atTheEnd, "the proxy could not reach web in 20% of 250 attempts"},
		{"of both", compose.Bake{}, Figures{Requests: 200, Broken: 50}, Figures{Requests: 200, Broken: 40}, atTheEnd, ""},

		{"slow on average", compose.Bake{}, mean(200, 0, 600*ms), mean(200, 0, 20*ms), atTheEnd, "web took 600ms on average over 200 requests (blue before: 20ms of 200; the limit is 500ms)"},
		{"slow, in doubt before the end", compose.Bake{}, mean(200, 0, 600*ms), mean(200, 0, 20*ms), meanwhile, ""},
		{"very slow", compose.Bake{}, mean(200, 0, 1100*ms), mean(200, 0, 20*ms), meanwhile, "web took 1.1s on average"},
		{"very slow, of few", compose.Bake{}, mean(99, 0, 1100*ms), mean(200, 0, 20*ms), meanwhile, ""},
		{"ten times as slow, and quick", compose.Bake{}, mean(200, 0, 200*ms), mean(200, 0, 20*ms), atTheEnd, ""},
		{"slow as ever", compose.Bake{}, mean(200, 0, 1900*ms), mean(200, 0, 1000*ms), atTheEnd, ""},
		{"slower than ever", compose.Bake{}, mean(200, 0, 2100*ms), mean(200, 0, 1000*ms), atTheEnd, "the limit is 2s"},
		{"slow, with nothing to compare with", compose.Bake{}, mean(200, 0, 2100*ms), Figures{}, atTheEnd, ""},
		{"within the rounding", compose.Bake{}, Figures{Requests: 200, Mean: 510 * ms, Margin: 20 * ms}, mean(200, 0, 20*ms), atTheEnd, ""},

		{"a tenth is slow", compose.Bake{}, timedFigures(1000, 100), timedFigures(1000, 0), atTheEnd, "web took more than 500ms for 10% of 1000 requests (blue before: 95% within 100ms of 1000; the limit is 500ms)"},
		{"few are slow", compose.Bake{}, timedFigures(1000, 50), timedFigures(1000, 0), atTheEnd, ""},
		{"slow as before", compose.Bake{}, timedFigures(1000, 100), timedFigures(1000, 100), atTheEnd, ""},
		{"between two bounds", compose.Bake{Latency: 150 * ms}, timedFigures(1000, 100), timedFigures(1000, 0), meanwhile, "more than 500ms for 10%"},
	} {
		t.Run(test.name, func(t *testing.T) {
			why := judge(test.limits.Complete(), Sample{"web": test.now}, rival{Sample: Sample{"web": test.other}, named: "blue before"}, test.sure)
			if test.want == "" {
				assert.Equal(t, len(why), 0, "%q", why)
				return
			}
			assert.Assert(t, len(why) == 1 && strings.Contains(why[0], test.want), "%q", why)
		})
	}
}

// One bad pair is not hidden by the good ones, and errors that are spread thin
// are seen together.
func TestJudgeOfSeveralPairs(t *testing.T) {
	limits := compose.Bake{}.Complete()
	good := Sample{"api": mean(1000, 0, 0), "web": mean(100000, 0, 0)}
	why := judge(limits, Sample{"api": mean(100, 50, 0), "web": mean(100000, 0, 0)}, rival{Sample: good, named: "blue"}, meanwhile)
	assert.Assert(t, len(why) == 1 && strings.HasPrefix(why[0], "api answered 50% of 100"), "%q", why)
	thin := Sample{}
	for _, pair := range []string{"a", "b", "c", "d", "e"} {
		thin[pair] = mean(19, 4, 0)
	}
	why = judge(limits, thin, rival{named: "blue"}, atTheEnd)
	assert.Assert(t, len(why) == 1 && strings.HasPrefix(why[0], "all pairs answered 21.1% of 95"), "%q", why)
}

// A release that is as good as the former one is hardly ever blamed, at any of
// the looks; the random numbers are the same each time.
func TestAGoodReleaseIsHardlyEverBlamed(t *testing.T) {
	limits := compose.Bake{}.Complete()
	blamed := 0
	const bakes = 2000
	state := uint64(1)
	chance := func(p float64) bool { // a linear congruential generator, for one sequence everywhere
		state = state*6364136223846793005 + 1442695040888963407
		return float64(state>>11)/(1<<53) < p
	}
	for range bakes {
		var now Figures
		other := mean(500, 0, 0)
		for range other.Requests {
			if chance(0.02) {
				other.Errors++
			}
		}
		for look := range 60 {
			for range 50 {
				now.Requests++
				if chance(0.02) {
					now.Errors++
				}
			}
			sure := meanwhile
			if look == 59 {
				sure = atTheEnd
			}
			if len(judge(limits, Sample{"web": now}, rival{Sample: Sample{"web": other}, named: "blue"}, sure)) > 0 {
				blamed++
				break
			}
		}
	}
	t.Logf("%d of %d bakes were wrong, with 2%% of errors in both colours", blamed, bakes)
	assert.Check(t, blamed <= bakes/100)
}

// A colour beside is counted from the same moment on: what is not known of it yet
// convicts nobody, and at the end little of it is all there is.
func TestJudgeBeside(t *testing.T) {
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		now, other Figures
		sure       confidence
		want       string
	}{
		"both bad, the other hardly counted": {mean(23, 6, ms), mean(20, 6, ms), meanwhile, ""},
		"the other not counted yet":          {mean(40, 40, ms), Figures{}, meanwhile, ""},
		"both bad, at the end":               {mean(60, 18, ms), mean(40, 12, ms), atTheEnd, ""},
		"worse than few, at the end":         {mean(60, 30, ms), mean(40, 0, ms), atTheEnd, "answered 50% of 60 requests with 5xx (blue: 0% of 40"},
		"worse than nobody, at the end":      {mean(60, 30, ms), Figures{}, atTheEnd, "too little of blue to compare with"},
		"worse than many, meanwhile":         {mean(60, 30, ms), mean(400, 0, ms), meanwhile, "answered 50% of 60"},
	} {
		why := strings.Join(judge(compose.Bake{}.Complete(), Sample{"web": test.now}, rival{Sample{"web": test.other}, "blue", true}, test.sure), "; ")
		assert.Check(t, strings.Contains(why, test.want) && (why == "") == (test.want == ""), "%s: %q, want %q", name, why, test.want)
	}
}
