package switcher

import (
	"context"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// CheckReport is what `check` has found. The JSON keys are a contract.
type CheckReport struct {
	Project string         `json:"project"`
	Colour  compose.Colour `json:"colour"`
	Release string         `json:"release"`
	Passed  bool           `json:"passed"`
	Checks  []CheckResult  `json:"checks"`
	// Err is the *CheckError of a report that did not pass.
	Err error `json:"-"`
}

// Check makes the file's checks of a colour, "" for the idle one, and changes
// nothing: it takes no lock, and may run beside a release. A colour of which
// nothing runs is a *NotReadyError.
func (s *Switcher) Check(ctx context.Context, c compose.Colour) (CheckReport, error) {
	v := &visit{Switcher: s}
	defer v.end()
	report := CheckReport{Project: s.Project, Colour: c, Checks: []CheckResult{}}
	if err := v.enter(ctx, Options{DryRun: true}); err != nil {
		return report, err
	}
	if v.line == nil {
		return report, &NotStartedError{Project: s.Project, Doing: "check"}
	}
	if err := v.observe(ctx); err != nil {
		return report, err
	}
	switch {
	case !v.state.ProxyRunning:
		return report, &ProxyDownError{Project: s.Project}
	case v.state.Model == nil:
		return report, &NotStartedError{Project: s.Project, Doing: "check"}
	}
	if c == "" {
		report.Colour = v.colourToCheck()
	}
	report.Release = v.state.Release(report.Colour)
	if len(v.state.running(report.Colour)) == 0 {
		return report, &NotReadyError{Colour: report.Colour, Why: []string{"nothing of it runs"}}
	}
	return v.report(ctx, report)
}

// report makes the checks.
func (v *visit) report(ctx context.Context, report CheckReport) (CheckReport, error) {
	v.takeChecks(v.Source)
	r := &runner{visit: v, model: *v.state.Model}
	results, err := r.checkAll(ctx, report.Colour, v.checks)
	if err != nil {
		return report, err
	}
	report.Checks = append(report.Checks, results...)
	failed := slices.DeleteFunc(slices.Clone(results), CheckResult.Passed)
	report.Passed = len(failed) == 0
	if !report.Passed {
		report.Err = &CheckError{
			Colour: report.Colour, Failed: failed, Of: len(results), Containers: r.explainChecks(ctx, report.Colour, failed),
		}
	}
	return report, nil
}

// colourToCheck is the idle colour, or before any is active the one that runs.
func (v *visit) colourToCheck() compose.Colour {
	if active := v.state.Active(); active != "" {
		return active.Other()
	}
	if len(v.state.running(compose.Blue)) == 0 && len(v.state.running(compose.Green)) > 0 {
		return compose.Green
	}
	return compose.Blue
}
