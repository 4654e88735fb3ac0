package switcher

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// callStub is an engine that remembers in which container a hook ran.
type callStub struct {
	Engine
	containers []compose.Container
	in         string
}

func (s *callStub) Observe(context.Context) ([]compose.Container, error) { return s.containers, nil }

func (s *callStub) Call(_ context.Context, c compose.Container, line string, env []string, _ io.Writer) error {
	s.in = c.Name + " " + line + " " + env[0]
	return nil
}

func TestInWhichContainerAHookRuns(t *testing.T) {
	stopped := running().without("web-blue").with("web-blue", 1, "hello:v1", "exited").without("db").Containers
	for _, test := range []struct {
		name       string
		at         compose.Moment
		service    string
		told       occasion
		containers []compose.Container
		in, fails  string
		warns      bool
	}{
		{
			name: "a pair, in the colour that the move is about", at: compose.BeforeSwitch, service: "web", told: occasion{To: compose.Green},
			containers: running().Containers, in: "hello-web-green-1 true BLUEGREEN_HOOK=before_switch",
		},
		{
			name: "a pair, in the colour to go back to", at: compose.AfterRollback, service: "web", told: occasion{To: compose.Blue},
			containers: running().Containers, in: "hello-web-blue-1 true BLUEGREEN_HOOK=after_rollback",
		},
		{
			name: "a shared service", at: compose.AfterSwitch, service: "db", told: occasion{To: compose.Blue},
			containers: running().Containers, in: "hello-db-1 true BLUEGREEN_HOOK=after_switch",
		},
		{
			name: "none runs", at: compose.BeforeSwitch, service: "web", told: occasion{From: compose.Green, To: compose.Blue},
			containers: stopped, fails: "hook before_switch: no container of web-blue runs",
		},
		{
			name: "a service that is down before an up", at: compose.BeforeUp, service: "db", told: occasion{From: compose.Green, To: compose.Blue},
			containers: stopped, fails: "hook before_up: no container of db runs",
		},
		{
			name: "before the first up", at: compose.BeforeUp, service: "db", told: occasion{To: compose.Blue},
			containers: nil, warns: true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine := &callStub{containers: test.containers}
			r := &runner{visit: &visit{
				Switcher: &Switcher{Engine: engine},
				hooked: &compose.Project{Model: model(), Source: &types.Project{
					Services: types.Services{"db": {Name: "db"}, "lb": {Name: "lb"}},
				}},
			}}
			steps := planHooks(compose.Hooks{test.at: {{Run: "true", Service: test.service}}}, test.at, test.told)
			err := r.hook(t.Context(), *steps[0].Hook)
			assert.Equal(t, strings.TrimSpace(engine.in), test.in)
			assert.Equal(t, r.warned, test.warns)
			if test.fails == "" {
				assert.NilError(t, err)
				return
			}
			assert.Error(t, err, test.fails)
		})
	}
}
