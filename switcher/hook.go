package switcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// DefaultHook is how long a hook may take that does not say it.
const DefaultHook = 60 * time.Second

// hook runs one hook. When one fails that comes after its move, the failure is
// told, and that is all.
func (r *runner) hook(ctx context.Context, call hookCall) error {
	said := &sayings{tell: func(line string) { r.sayHook(call, compose.Output, line) }}
	err := r.callHook(ctx, call, said)
	said.end()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if guards(call.At) && !tooEarly(call, err) {
		return &HookError{Hook: call.Name, Err: err, Output: said.last}
	}
	r.sayHook(call, compose.Warning, err.Error()+": this is left as it is")
	r.warned = true
	return nil
}

// tooEarly tells that a hook failed because its service is one that the first
// `up` is only going to start.
func tooEarly(call hookCall, err error) bool {
	var down *serviceDownError
	return errors.As(err, &down) && call.At == compose.BeforeUp && call.Told.From == ""
}

// serviceDownError tells that a hook has no container to run in.
type serviceDownError struct{ service string }

func (e *serviceDownError) Error() string { return fmt.Sprintf("no container of %s runs", e.service) }

// callHook runs a hook where it belongs, within its time.
func (r *runner) callHook(ctx context.Context, call hookCall, out io.Writer) error {
	limit := first(call.Timeout, DefaultHook)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	env := call.Told.environment(call.At)
	var err error
	if call.Service == "" {
		err = r.Shell.Run(ctx, ShellCommand{Line: call.Run, Directory: r.hooked.Source.WorkingDir, Env: env}, out)
	} else {
		err = r.callInService(ctx, call, env, out)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("killed after %s, its time limit", limit)
	}
	return err
}

// callInService runs a hook in a container of its service that runs. What a
// pair's service is called goes by the colour that the move is about.
func (r *runner) callInService(ctx context.Context, call hookCall, env []string, out io.Writer) error {
	service := call.Service
	if _, shared := r.hooked.Source.Services[service]; !shared {
		services, _, _ := r.hooked.Part(service)
		service = services[call.Told.To]
	}
	containers, err := r.Engine.Observe(ctx)
	if err != nil {
		return err
	}
	for _, c := range containers {
		if c.Service == service && c.Running() {
			return r.Engine.Call(ctx, c, call.Run, env, out)
		}
	}
	return &serviceDownError{service}
}

// sayHook reports what a hook does.
func (r *runner) sayHook(call hookCall, status compose.Status, text string) {
	r.Report.Report(compose.Event{Step: string(DoHook), Subject: call.Name, Colour: call.Told.To, Status: status, Text: text})
}
