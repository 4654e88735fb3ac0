package switcher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// What holds of a check that does not say it.
const (
	DefaultCheck    = 5 * time.Second  // for a request
	DefaultCommand  = 60 * time.Second // for a command
	DefaultInterval = time.Second      // between two tries
)

// requestsAtOnce bounds how many requests are under way: each is a process in
// the proxy's container.
const requestsAtOnce = 4

// readChecks finds the checks that this command makes. A file that cannot be
// read ends it where the last `up` knew of checks.
func (v *visit) readChecks(ctx context.Context, o Options) error {
	switch {
	case o.NoChecks || !checkable(v.sign.Action):
		return nil
	case v.Source != nil:
		v.takeChecks(v.Source)
		return nil
	case v.hooked != nil:
		v.takeChecks(v.hooked)
		return nil
	case v.Hooked == nil:
		return nil
	}
	file, err := v.Hooked(ctx)
	switch {
	case err == nil && file != nil:
		v.takeChecks(file)
	case err != nil && v.state.Model != nil && v.state.Model.Checked:
		return &ChecksUnreadError{Doing: v.sign.Action, Err: err}
	}
	return nil
}

// takeChecks takes the checks of a file.
func (v *visit) takeChecks(file *compose.Project) { v.checks, v.checked = file.Checks, file }

// check makes a step's checks. All that failed are told, not the first alone.
func (r *runner) check(ctx context.Context, s Step) error {
	results, err := r.checkAll(ctx, s.Colour, s.Checks)
	if err != nil {
		return err
	}
	failed := slices.DeleteFunc(slices.Clone(results), CheckResult.Passed)
	r.examined = &Checked{Passed: len(results) - len(failed), Of: len(results)}
	if len(failed) == 0 {
		r.outcome = fmt.Sprintf("%d of %d passed", len(results), len(results))
		return nil
	}
	return &CheckError{Colour: s.Colour, Failed: failed, Of: len(results), Containers: r.explainChecks(ctx, s.Colour, failed)}
}

// checkAll makes checks of a colour and returns their results in their order:
// the requests beside each other, then the commands and one-shot services one
// after the other, for they may build on each other. The error is why none could be made.
func (r *runner) checkAll(ctx context.Context, c compose.Colour, checks []compose.Check) ([]CheckResult, error) {
	if err := r.observeContainers(ctx); err != nil {
		return nil, err
	}
	way, err := r.way(ctx, c, checks)
	if err != nil {
		return nil, err
	}
	results := make([]CheckResult, len(checks))
	var requests errgroup.Group
	requests.SetLimit(requestsAtOnce)
	for i, check := range checks {
		if check.Asks() {
			requests.Go(func() error {
				results[i] = r.attempt(ctx, c, check, func(ctx context.Context) CheckResult { return way.ask(ctx, check) })
				return nil // the result tells
			})
		}
	}
	_ = requests.Wait()
	for i, check := range checks {
		if !check.Asks() && ctx.Err() == nil {
			results[i] = r.attempt(ctx, c, check, func(ctx context.Context) CheckResult {
				return timed(ctx, limitOf(check), func(ctx context.Context) CheckResult { return r.checkCommand(ctx, c, check) })
			})
		}
	}
	return results, ctx.Err()
}

// attempt makes one check until it passes or its tries are over.
func (r *runner) attempt(ctx context.Context, c compose.Colour, check compose.Check, once func(context.Context) CheckResult) CheckResult {
	say := func(status compose.Status, text string) {
		r.Report.Report(compose.Event{Step: string(DoCheck), Subject: check.Name(), Colour: c, Status: status, Text: text})
	}
	say(compose.Working, "")
	for tries := 1; ; tries++ {
		result := once(ctx)
		result.Name, result.Pair, result.Tries = check.Name(), check.Pair, tries
		switch {
		case result.Passed():
			say(compose.Done, result.sum())
			return result
		case ctx.Err() != nil:
			return result
		case tries > check.Retries:
			say(compose.Failed, result.Why)
			return result
		}
		say(compose.Working, fmt.Sprintf("%s, try %d of %d", result.Why, tries, check.Retries+1))
		select {
		case <-ctx.Done():
			return result
		case <-time.After(first(check.Interval, DefaultInterval)):
		}
	}
}

// limitOf is how long a try may take.
func limitOf(check compose.Check) time.Duration {
	if check.Asks() {
		return first(check.Timeout, DefaultCheck)
	}
	return first(check.Timeout, DefaultCommand)
}

// timed makes one try in its time, and measures it.
func timed(ctx context.Context, limit time.Duration, once func(context.Context) CheckResult) CheckResult {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	began := time.Now()
	result := once(ctx)
	result.Took = time.Since(began)
	return result
}

// sum says in words how a check has passed.
func (r CheckResult) sum() string {
	took := r.Took.Round(time.Millisecond)
	if r.Status != 0 {
		return fmt.Sprintf("%d in %s", r.Status, took)
	}
	return fmt.Sprintf("passed in %s", took)
}

// explainChecks are the containers of the pairs that failed, with their last
// lines.
func (r *runner) explainChecks(ctx context.Context, c compose.Colour, failed []CheckResult) []compose.Failure {
	seen := map[string]bool{}
	var list []compose.Failure
	for _, f := range failed {
		pair, found := r.model.Pair(f.Pair)
		if !found || seen[f.Pair] {
			continue
		}
		seen[f.Pair] = true
		for _, ctr := range r.state.Of(pair.Services[c]) {
			list = append(list, compose.Failure{Container: ctr.Name, Service: ctr.Service, Reason: condition(ctr)})
		}
	}
	return r.Engine.Explain(ctx, list)
}
