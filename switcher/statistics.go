package switcher

import "math"

// confidence is how sure a judgement has to be.
type confidence struct {
	// z is the number of standard deviations beyond which chance is ruled out,
	// on one side.
	z float64
	// early tells that more requests are still to come: what is near a limit
	// is then left open.
	early bool
}

// A bake is judged once at its end, where one good release in a hundred that is
// as bad as the limit would be blamed by chance. Before that it is looked at
// again and again, and each look is a chance to be wrong: so those rule out all
// but one in two thousand.
var (
	atTheEnd  = confidence{z: 2.33}
	meanwhile = confidence{z: 3.29, early: true}
)

// atLeast is the share that is at least behind hits of n: the lower bound of
// Wilson's score interval (E. B. Wilson, Journal of the American Statistical
// Association 22, 1927), which holds for few requests, too.
func (c confidence) atLeast(hits, n int) float64 {
	if n == 0 {
		return 0
	}
	p, m, zz := share(hits, n), float64(n), c.z*c.z
	centre := p + zz/(2*m)
	spread := c.z * math.Sqrt(p*(1-p)/m+zz/(4*m*m))
	return max(0, (centre-spread)/(1+zz/m))
}

// above tells that the share behind a of n is above that behind b of m: the
// test of two proportions with their pooled variance, on one side.
func (c confidence) above(a, n, b, m int) bool {
	if n == 0 || m == 0 {
		return false
	}
	pooled := share(a+b, n+m)
	deviation := math.Sqrt(pooled * (1 - pooled) * (1/float64(n) + 1/float64(m)))
	return share(a, n)-share(b, m) > c.z*deviation
}
