package switcher

import (
	"context"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// tracker follows the proxy's counts from one moment on.
type tracker struct {
	began      time.Time
	from, last Count
	// ended is what processes of the proxy have counted that run no more.
	ended map[compose.Colour]Sample
}

// track begins to follow the counts.
func (v *visit) track(ctx context.Context, m compose.Model) (*tracker, error) {
	count, err := v.line.Count(ctx, m)
	if err != nil {
		return nil, err
	}
	return &tracker{began: time.Now(), from: count, last: count, ended: map[compose.Colour]Sample{}}, nil
}

// look reads the counts anew.
func (t *tracker) look(ctx context.Context, v *visit, m compose.Model) error {
	count, err := v.line.Count(ctx, m)
	if err != nil {
		return err
	}
	t.take(count)
	return nil
}

// take takes a count in. A process that has begun since the last one counts
// from zero.
func (t *tracker) take(count Count) {
	if count.Began != t.last.Began {
		for _, c := range compose.Colours() {
			t.ended[c] = t.of(c)
		}
		t.from = Count{Began: count.Began}
	}
	t.last = count
}

// of is what was counted of a colour since the beginning.
func (t *tracker) of(c compose.Colour) Sample {
	sample := Sample{}
	for pair, f := range t.ended[c] {
		sample[pair] = f
	}
	for pair, reading := range t.last.Of[c] {
		sample[pair] = sample[pair].plus(since(t.from.Of[c][pair], reading))
	}
	return sample
}
