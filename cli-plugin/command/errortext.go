package command

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// text is an error as a person reads it: what failed and why, what its
// containers said, and the next thing to type.
func text(err error) string {
	if several := joined(err); several != nil {
		return texts(several)
	}
	var b strings.Builder
	unhealthy, ok := errors.AsType[*compose.UnhealthyError](err)
	if ok && err.Error() == unhealthy.Error() {
		b.WriteString(services(unhealthy) + " did not become ready: ")
	}
	b.WriteString(err.Error())
	b.WriteString(checksText(err))
	for _, f := range failures(err) {
		b.WriteString(failureText(f))
	}
	if hook, ok := errors.AsType[*switcher.HookError](err); ok && len(hook.Output) > 0 {
		b.WriteString("\n  its last lines:" + indented(hook.Output))
	}
	if hint := hint(err); hint != "" {
		b.WriteString("\nhint: " + hint)
	}
	return b.String()
}

// failures are the containers that an error is about.
func failures(err error) []compose.Failure {
	if replaced, ok := errors.AsType[*switcher.ReplaceError](err); ok {
		return replaced.Failures
	}
	if back, ok := errors.AsType[*switcher.RolledBackError](err); ok {
		return back.Failures
	}
	if stranded, ok := errors.AsType[*switcher.StrandedError](err); ok {
		return stranded.Failures
	}
	if failed, ok := errors.AsType[*switcher.CheckError](err); ok {
		return failed.Containers
	}
	if unhealthy, ok := errors.AsType[*compose.UnhealthyError](err); ok {
		return unhealthy.Failures
	}
	return nil
}

// texts are several errors, each with its own hint.
func texts(errs []error) string {
	lines := make([]string, 0, len(errs))
	for _, err := range errs {
		lines = append(lines, text(err))
	}
	return strings.Join(lines, "\n")
}

// joined are the errors that errors.Join made one; nil for a single one.
func joined(err error) []error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return several.Unwrap()
	}
	return nil
}

// hint is the next thing to type: the first hint in an error's chain.
func hint(err error) string {
	if several := joined(err); len(several) > 0 {
		return hint(several[0])
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		return hinted.Hint()
	}
	if client.IsErrConnectionFailed(err) {
		return "is the engine running, and is it the one you mean? docker context ls"
	}
	if unhealthy, ok := errors.AsType[*compose.UnhealthyError](err); ok && len(unhealthy.Failures) > 0 {
		return "see all that it said: " + cmp.Or(unhealthy.Failures[0].See, "docker logs "+unhealthy.Failures[0].Container)
	}
	return ""
}

// services names the services of failed containers, each once.
func services(e *compose.UnhealthyError) string {
	names := make([]string, 0, len(e.Failures))
	for _, f := range e.Failures {
		names = append(names, f.Service)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// failureText shows what a failed container left to say, indented. What the
// reason has told is not told again.
func failureText(f compose.Failure) string {
	var b strings.Builder
	b.WriteString("\n  " + f.Container + ": " + f.Reason)
	if health := strings.TrimSpace(f.Health); health != "" && !strings.Contains(f.Reason, health) {
		b.WriteString("\n    last health check:")
		b.WriteString(indented(strings.Split(health, "\n")))
	}
	if len(f.Logs) > 0 {
		b.WriteString("\n    last log lines:")
		b.WriteString(indented(f.Logs))
	}
	return b.String()
}

func indented(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("\n      " + strings.TrimRight(line, "\r\n"))
	}
	return b.String()
}
