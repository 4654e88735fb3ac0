package command

import (
	"context"
	"errors"

	"github.com/docker/cli/cli"

	"github.com/bluegreen/docker-bluegreen/cli-plugin/display"
	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The exit codes of the contract.
const (
	codeFailure     = 1
	codeUsage       = 2
	codeUnhealthy   = 3
	codeChecked     = 4
	codeRolledBack  = 5
	codeLocked      = 6
	codeLost        = 7
	codeInvalid     = 8
	codeProxy       = 9
	codeDockerFlag  = 125
	codeInterrupted = 130
)

// code is the exit code of an error. What was rolled back is so whatever came
// after it; being interrupted comes next, for a release that was cancelled may
// well report what the cancelling broke.
func code(err error) int {
	switch {
	case is[*switcher.RolledBackError](err):
		return codeRolledBack
	case is[*switcher.InterruptedError](err), errors.Is(err, context.Canceled):
		return codeInterrupted
	case is[*usageError](err), is[*display.FormatError](err), is[*switcher.GapError](err), is[*switcher.InstancesError](err):
		return codeUsage
	case is[*switcher.ReplaceError](err):
		return codeProxy
	case is[*compose.UnhealthyError](err), is[*switcher.NotReadyError](err):
		return codeUnhealthy
	case is[*switcher.CheckError](err):
		return codeChecked
	case is[*switcher.LockedError](err), is[*switcher.LockLostError](err):
		return codeLocked
	case is[*switcher.LostError](err):
		return codeLost
	case is[*compose.InvalidError](err), is[*compose.FileError](err):
		return codeInvalid
	case is[*switcher.ProxyError](err), is[*switcher.ProxyDownError](err), unreachable(err):
		return codeProxy
	default:
		return codeFailure
	}
}

// unreachable tells that a Swarm has no leader, or no way to its proxies: what
// these serve lies with its managers.
func unreachable(err error) bool {
	if is[*swarm.ControlError](err) {
		return true
	}
	failed, ok := errors.AsType[*swarm.Error](err)
	return ok && swarm.Unsettled(failed)
}

// status turns an error into what Docker's plugin framework prints on stderr
// and exits with.
func status(err error) error {
	if err == nil {
		return nil
	}
	if already, ok := errors.AsType[cli.StatusError](err); ok {
		return already
	}
	return cli.StatusError{StatusCode: code(err), Status: text(err), Cause: err}
}

// status turns a verb's error into what is printed; programs that read JSON
// events get the error as one more line of JSON.
func (a *app) status(err error) error {
	if err == nil || a.mode() != display.JSON {
		return status(err)
	}
	return cli.StatusError{StatusCode: code(err), Status: jsonText(err), Cause: err}
}

// is tells that an error of type E is in err's chain.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
