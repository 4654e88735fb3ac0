package switcher

import (
	"context"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Counters are the proxy's own counts of what its replicas have answered to
// visitors. The tool's own requests, and those of previews where the proxy can
// tell them, are not in them.
type Counters interface {
	// Count reads them for all pairs of a model.
	Count(ctx context.Context, m compose.Model) (Count, error)
	// Countable finds what the running proxy lacks for it: a
	// *compose.InvalidError.
	Countable(ctx context.Context, m compose.Model) error
}

// Count is what a proxy has counted at one moment.
type Count struct {
	// Began tells one run of the proxy's process from another: a new one counts
	// from zero.
	Began string
	// Of are the readings by colour and pair. A pair that the proxy does not
	// count is not there.
	Of map[compose.Colour]map[string]Reading
}

// Reading is a proxy's count for one pair of one colour since it began.
type Reading struct {
	// Requests have been answered (of a tcp pair: connections taken), Errors of
	// them with a status of 5xx, by a replica or by the proxy for want of one.
	Requests, Errors int
	// Broken are attempts to reach a replica that failed, also those after
	// which another replica has answered.
	Broken int
	// Mean is a moving average of the time until an answer begins, over the
	// last Window of Samples requests; zero where the proxy has Buckets.
	Mean            time.Duration
	Samples, Window int
	// Buckets count requests by the time until their answer had ended; nil
	// where the proxy has only a mean.
	Buckets []Bucket
}

// Bucket counts the requests that took UpTo or less, those of the smaller
// buckets included. The last one is Endless.
type Bucket struct {
	UpTo  time.Duration
	Count int
}

// Endless is the bound of the bucket with all requests.
const Endless = time.Duration(1<<63 - 1)
