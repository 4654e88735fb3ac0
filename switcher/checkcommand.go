package switcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// checkCommand runs a command of a check, or a one-shot service.
func (r *runner) checkCommand(ctx context.Context, c compose.Colour, check compose.Check) CheckResult {
	said := sayings{tell: func(line string) {
		r.Report.Report(compose.Event{Step: string(DoCheck), Subject: check.Name(), Colour: c, Status: compose.Output, Text: line})
	}}
	err := r.runCommand(ctx, c, check, &said)
	said.end()
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("took longer than %s, its time limit", limitOf(check))
	}
	if err == nil {
		return CheckResult{}
	}
	return CheckResult{Why: err.Error(), Answer: said.last}
}

// runCommand does so where the engine has one that is ready. A one-shot service
// gets a container of its own.
func (r *runner) runCommand(ctx context.Context, c compose.Colour, check compose.Check, out io.Writer) error {
	pair, _ := r.model.Pair(check.Pair)
	if !pair.Has(c) {
		return fmt.Errorf("cannot run: %s has no %s", c, check.Pair)
	}
	env := []string{"BLUEGREEN_PROJECT=" + r.Project, "BLUEGREEN_COLOUR=" + string(c), "BLUEGREEN_PAIR=" + check.Pair}
	if check.Run != "" {
		return r.runService(ctx, c, pair, check, env, out)
	}
	for _, ctr := range r.state.Of(pair.Services[c]) {
		switch {
		case !ctr.Ready():
		case check.Exec.Line != "":
			return r.Engine.Call(ctx, ctr, check.Exec.Line, env, out)
		default:
			return r.Engine.Program(ctx, ctr, check.Exec.Args, env, out)
		}
	}
	return fmt.Errorf("cannot run: no container of %s is ready", pair.Services[c])
}

// runService runs a one-shot service, which is told two ways to the colour: its
// service's name, and the proxy's address with the token of the preview.
func (r *runner) runService(ctx context.Context, c compose.Colour, pair compose.Pair, check compose.Check, env []string, out io.Writer) error {
	env = append(env, "BLUEGREEN_SERVICE="+pair.Services[c])
	route := pair.Routes[c]
	if route.Mode == compose.HTTP && r.model.Preview != compose.PreviewOff {
		token, err := r.line.Token(ctx)
		if err != nil {
			return err
		}
		secure, err := r.line.Secure(ctx, r.model)
		if err != nil {
			return err
		}
		scheme := "http"
		if slices.Contains(secure, route.Listen) {
			scheme = "https"
		}
		url := fmt.Sprintf("%s://%s:%d%s", scheme, r.model.Proxy.Service, route.Listen, route.Path)
		env = append(env, "BLUEGREEN_URL="+url, "BLUEGREEN_TOKEN="+token)
	}
	return r.Engine.Once(ctx, r.checked, check.Run, env, out)
}
