package swarm

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestRefusesWhatTheToolCannotDoOnASwarm(t *testing.T) {
	policies := compose.Policies()
	strictest := policies[len(policies)-1]
	run := compose.Check{}
	run.Exec.Line = "true"
	for name, test := range map[string]struct {
		change func(*compose.Project)
		want   string
	}{
		"Traefik": {
			func(p *compose.Project) { p.Proxy.Kind = compose.Traefik },
			"compose.yml:5: service \"lb\": traefik cannot be told on a Swarm which colour is active: it reads that from a file, which a Swarm gives its tasks only when they start\n" +
				"  fix: use HAProxy, or one engine\n",
		},
		"settings of one's own": {
			func(p *compose.Project) { p.Proxy.Generated = false },
			"compose.yml:5: service \"lb\": its settings are your own, and on a Swarm they are made for the network by which the tool reaches each instance\n" +
				"  fix: have them generated: x-bluegreen: {proxy: {settings: generated}}\n",
		},
		"a check in a container": {
			func(p *compose.Project) { p.Checks = []compose.Check{run} },
			"check \"" + run.Name() + "\" runs a command in a container, and a Swarm's manager enters those of its own node alone\n" +
				"  fix: check by a request, or by a one-shot service: run: SERVICE\n",
		},
		"a hook in a container": {
			func(p *compose.Project) {
				p.Hooks = compose.Hooks{"pre-switch": {{Service: "web"}, {}}}
			},
			"compose.yml:3: service \"web\": hook pre-switch runs in its containers, and a Swarm's manager enters those of its own node alone\n" +
				"  fix: run the hook on the machine where the command is typed: leave service out\n",
		},
		"workers that hand over": {
			func(p *compose.Project) {
				p.Workers = []compose.Worker{{Name: "jobs", Services: map[compose.Colour]string{compose.Blue: "jobs-blue", compose.Green: "jobs-green"}, Terms: map[compose.Colour]compose.Terms{compose.Blue: {Policy: strictest}}}}
			},
			"compose.yml:3: service \"jobs-blue\": its workers hand over by " + string(strictest) + ", for which single containers have to be signalled, and a Swarm's manager reaches those of its own node alone\n" +
				"  fix: have both colours' workers at work: worker: overlap\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := file{}.load(t)
			test.change(p)
			_, err := Map(p)
			assert.Assert(t, err != nil)
			assert.Equal(t, complaints(t, err), test.want)
		})
	}
}
