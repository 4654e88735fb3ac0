package switcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestHooksArePlannedInTheirOrder(t *testing.T) {
	hooks := compose.Hooks{
		compose.BeforeSwitch: {{Run: "./check.sh"}, {Run: "set -e\nbin/smoke-test", Service: "web"}},
		compose.AfterSwitch:  {{Run: " ./notify.sh\n"}},
	}
	plan := Plan{Steps: planHooks(hooks, compose.BeforeSwitch, occasion{To: compose.Green})}
	expect(t, plan, nil, "hook before_switch 1: ./check.sh", "hook before_switch 2: in web: set -e ...")
	expect(t, Plan{Steps: planHooks(hooks, compose.AfterSwitch, occasion{})}, nil, "hook after_switch: ./notify.sh")
	assert.Equal(t, len(planHooks(hooks, compose.OnFailure, occasion{})), 0)
}

func TestAPlanShowsWhatIsDoneOnFailure(t *testing.T) {
	hooks := compose.Hooks{compose.AfterUp: {{Run: "a"}}, compose.OnFailure: {{Run: "b"}}}
	p := Plan{Steps: planHooks(hooks, compose.AfterUp, occasion{}), OnFailure: planHooks(hooks, compose.OnFailure, occasion{})}
	assert.Equal(t, p.String(), "1. hook after_up: a\non failure: hook on_failure: b\n")
}

func TestEnvironmentOfAHook(t *testing.T) {
	told := occasion{
		Project: "shop", Action: Deploy, From: compose.Blue, To: compose.Green, Release: "5a1c0b77e2",
		Images: map[string]string{"web": "shop:v2", "api": "api:v2"},
	}
	assert.Equal(t, strings.Join(told.done().environment(compose.AfterSwitch), "\n"), strings.TrimSpace(`
BLUEGREEN_HOOK=after_switch
BLUEGREEN_PROJECT=shop
BLUEGREEN_ACTION=deploy
BLUEGREEN_FROM=blue
BLUEGREEN_TO=green
BLUEGREEN_RELEASE=5a1c0b77e2
BLUEGREEN_IMAGES={"api":"api:v2","web":"shop:v2"}
BLUEGREEN_RESULT=done
BLUEGREEN_ERROR=
`))
	env := strings.Join(occasion{Result: "failed", Error: oneLine(errors.New("a\nb"))}.environment(compose.OnFailure), "\n")
	assert.Check(t, strings.HasSuffix(env, "BLUEGREEN_IMAGES={}\nBLUEGREEN_RESULT=failed\nBLUEGREEN_ERROR=a; b"), env)
}

// What a plan moves, and what the rest of a killed move is told.
func TestWhichPlansHaveHooks(t *testing.T) {
	killed := func(action string) State {
		s := running().State
		s.Routing.Action, s.Routing.Pending = action, &Pending{From: compose.Green}
		return s
	}
	for _, test := range []struct {
		name  string
		state State
		to    compose.Colour
		verb  string
		want  string
	}{
		{"a switch", running().State, "", Switch, "blue>green moves"},
		{"to the active colour", running().State, compose.Blue, Switch, ">"},
		{"the rest of a switch", killed(Switch), "", Switch, "green>blue"},
		{"the rest of a deploy", killed(Deploy), "", Switch, "green>blue"},
		{"the rest of a rollback", killed(Rollback), "", Switch, ">"},
		{"the rest of a switch, by name, and back", killed(Switch), compose.Green, Switch, "blue>green moves"},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, err := planSwitch(test.state, move{To: test.to, By: by})
			assert.NilError(t, err)
			v := &visit{Switcher: &Switcher{Project: "hello"}, state: test.state}
			told, moves := v.movedBy(plan, test.verb)
			got := fmt.Sprintf("%s>%s", told.From, told.To)
			if moves {
				got += " moves"
			}
			assert.Equal(t, got, test.want)
		})
	}
}

// shellStub ends as it is told.
type shellStub struct {
	err error
	ran []ShellCommand
}

func (s *shellStub) Run(ctx context.Context, c ShellCommand, out io.Writer) error {
	s.ran = append(s.ran, c)
	_, _ = io.WriteString(out, "one\ntwo")
	if s.err == context.DeadlineExceeded { //nolint:errorlint // it stands for a command that never ends
		<-ctx.Done()
	}
	return s.err
}

func TestWhatAFailedHookDoes(t *testing.T) {
	for _, test := range []struct {
		at   compose.Moment
		err  error
		want string
		said string
	}{
		{compose.BeforeSwitch, nil, "", "output one, output two"},
		{compose.BeforeSwitch, errors.New("exited with code 3"), "hook before_switch: exited with code 3", "output one, output two"},
		{compose.BeforeUp, context.DeadlineExceeded, "hook before_up: killed after 1ms, its time limit", "output one, output two"},
		{compose.AfterUp, errors.New("exited with code 3"), "", "output one, output two, warning exited with code 3: this is left as it is"},
		{compose.OnFailure, errors.New("exited with code 3"), "", "output one, output two, warning exited with code 3: this is left as it is"},
	} {
		t.Run(string(test.at), func(t *testing.T) {
			var said []string
			shell := &shellStub{err: test.err}
			r := &runner{visit: &visit{
				Switcher: &Switcher{Shell: shell, Report: func(e compose.Event) {
					assert.Equal(t, e.Subject, string(test.at))
					said = append(said, string(e.Status)+" "+e.Text)
				}},
				hooked: &compose.Project{Source: &types.Project{WorkingDir: "/srv/shop"}},
			}}
			steps := planHooks(compose.Hooks{test.at: {{Run: "./a.sh", Timeout: time.Millisecond}}}, test.at, occasion{To: compose.Green})
			err := r.hook(t.Context(), *steps[0].Hook)
			assert.Equal(t, strings.Join(said, ", "), test.said)
			assert.Equal(t, shell.ran[0].Directory+" "+shell.ran[0].Line, "/srv/shop ./a.sh")
			if test.want == "" {
				assert.NilError(t, err)
				return
			}
			assert.Error(t, err, test.want)
			var failed *HookError
			assert.Assert(t, errors.As(err, &failed))
			assert.DeepEqual(t, failed.Output, []string{"one", "two"})
		})
	}
}

func TestLongOutputIsBrokenAndForgotten(t *testing.T) {
	lines := 0
	s := &sayings{tell: func(string) { lines++ }}
	for range 3 * lineLength {
		_, _ = s.Write([]byte("x"))
	}
	assert.Equal(t, lines, 3)
	for i := range 20 {
		_, _ = fmt.Fprintf(s, "line %d\r\n", i)
	}
	s.end()
	assert.Equal(t, strings.Join(s.last, " "), "line 10 line 11 line 12 line 13 line 14 line 15 line 16 line 17 line 18 line 19")
}

func TestWithoutAFileARollbackGoesOnAndASwitchDoesNot(t *testing.T) {
	broken := errors.New("read compose.yml:\nno such file")
	for _, test := range []struct {
		verb           string
		recorded, off  bool
		fails, remarks bool
	}{
		{verb: Switch},
		{verb: Switch, recorded: true, fails: true},
		{verb: Switch, recorded: true, off: true},
		{verb: Rollback, recorded: true, remarks: true},
		{verb: Rollback},
		{verb: Stop, recorded: true},
	} {
		remarked := false
		v := &visit{
			Switcher: &Switcher{
				Hooked: func(context.Context) (*compose.Project, error) { return nil, broken },
				Report: func(e compose.Event) {
					remarked = true
					assert.Equal(t, e.Text, "the hooks are left out, for the file cannot be read: read compose.yml:; no such file")
				},
			},
			state: State{Model: &compose.Model{Hooked: test.recorded}}, sign: Signature{Action: test.verb},
		}
		err := v.readHooks(t.Context(), Options{NoHooks: test.off})
		var unread *HooksUnreadError
		assert.Equal(t, errors.As(err, &unread), test.fails, "%+v", test)
		assert.Equal(t, remarked, test.remarks, "%+v", test)
	}
}
