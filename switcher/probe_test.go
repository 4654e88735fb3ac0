package switcher

import (
	"context"
	"errors"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// What visitors get is seen from before the change until after the drain, and
// before anything is stopped.
func TestASwitchIsProbed(t *testing.T) {
	plan, err := planSwitch(running().State, move{Stop: true, Probe: true})
	expect(t, plan, err,
		"probe green: what visitors get while the traffic moves is seen",
		"commit green: every replica is ready",
		"drain blue: it took the traffic until now",
		"tally green: the probe has an end",
		"stop hello-web-blue-1, hello-web-blue-2: asked for by --stop-old",
		"note green: all is done",
	)
}

func TestNothingIsProbedWhereNothingMoves(t *testing.T) {
	s := running().State
	s.Routing.Pending = &Pending{From: compose.Green}
	plan, err := planSwitch(s, move{Probe: true})
	expect(t, plan, err, "drain green: an interrupted up left it", "note blue: all is done")
}

func TestWhatIsProbed(t *testing.T) {
	one := compose.Route{Mode: compose.HTTP, Listen: 80, Host: "shop.example.com", Path: "/shop"}
	moved := one
	moved.Path = "/new"
	pair := func(name string, blue, green compose.Route) compose.Pair {
		return compose.Pair{
			Name: name, Services: map[compose.Colour]string{compose.Blue: name + "-blue", compose.Green: name + "-green"},
			Routes: map[compose.Colour]compose.Route{compose.Blue: blue, compose.Green: green},
		}
	}
	m := compose.Model{Pairs: []compose.Pair{
		pair("a", one, moved), // at another address in the other colour
		pair("b", one, one),
		pair("c", compose.Route{Mode: compose.HTTP, Listen: 80}, compose.Route{Mode: compose.HTTP, Listen: 80}),
		pair("d", compose.Route{Mode: compose.TCP, Listen: 25}, compose.Route{Mode: compose.TCP, Listen: 25}),
		pair("e", compose.Route{Mode: compose.HTTP, Listen: 443}, compose.Route{Mode: compose.HTTP, Listen: 443}),
		pair("f", compose.Route{Mode: compose.HTTP, Listen: 81}, compose.Route{Mode: compose.HTTP, Listen: 81}),
	}}
	only := m.Pairs[5]
	delete(only.Services, compose.Green)
	published := []compose.PublishedPort{{Public: 8443, Container: 443}, {Public: 8080, Container: 80}, {Public: 2525, Container: 25}, {Public: 8081, Container: 81}}
	assert.DeepEqual(t, probeTargets(m, []compose.Container{{Ports: published}}, []int{443}), []ProbeTarget{
		{Port: published[1], Host: "shop.example.com", Path: "/shop"},
		{Port: published[0], Secure: true, Path: "/"},
	})
}

// proberStub is a probe of which a test knows what it will see.
type proberStub struct {
	refuses error
	sees    Probe
	moved   bool
	ended   int
}

func (p *proberStub) Begin(context.Context, ProbeOptions) (Probing, error) { return p, p.refuses }
func (p *proberStub) Moved()                                               { p.moved = true }
func (p *proberStub) End(context.Context) Probe                            { p.ended++; return p.sees }

// probed is a runner with a probe and the lines that it has reported.
func probed(p *proberStub) (*runner, *[]compose.Event) {
	var said []compose.Event
	s := running().State
	m := *s.Model
	m.Pairs[0].Routes = map[compose.Colour]compose.Route{
		compose.Blue: {Mode: compose.HTTP, Listen: 80}, compose.Green: {Mode: compose.HTTP, Listen: 80},
	}
	m.Preview = compose.PreviewOff // there is no line to ask for a token
	s.Model = &m
	s.Containers = append(s.Containers, compose.Container{Service: m.Proxy.Service, State: "running", Ports: []compose.PublishedPort{{Public: 8080, Container: 80}}})
	v := &visit{state: s, Switcher: &Switcher{Prober: p, Report: func(e compose.Event) { said = append(said, e) }}}
	return &runner{visit: v, model: m}, &said
}

func TestAProbeEndsWithItsTally(t *testing.T) {
	first := int64(7)
	p := &proberStub{sees: Probe{Sent: 9, LongestGap: 21, FirstNew: &first}}
	r, said := probed(p)
	assert.NilError(t, r.run(t.Context(), Plan{Steps: []Step{
		{Action: DoProbe, Colour: compose.Green}, {Action: DoTally, Colour: compose.Green},
	}}))
	last := (*said)[len(*said)-1]
	assert.Equal(t, last.Text, "9 sent, 0 lost, longest gap 21ms; first answer of green after 7ms")
	assert.Equal(t, last.Status, compose.Done)
	assert.DeepEqual(t, last.Figures, map[string]int64{"sent": 9, "lost": 0, "longestGapMs": 21, "firstNewMs": 7})
	assert.DeepEqual(t, *r.endProbe(t.Context()), p.sees)
	assert.Equal(t, p.ended, 1)
}

// A plan that fails ends the probe, so that its figures are not lost.
func TestAProbeEndsWithItsPlan(t *testing.T) {
	p := &proberStub{sees: Probe{Sent: 9, Lost: 1, Why: "reset"}}
	r, _ := probed(p)
	var out Outcome
	err := r.execute(t.Context(), r, Plan{Steps: []Step{{Action: DoProbe, Colour: compose.Green}, {Action: "none"}}}, &out)
	assert.ErrorContains(t, err, "unknown")
	assert.DeepEqual(t, *out.Probe, p.sees)
}

// That nothing can be probed from here keeps nobody from releasing.
func TestWhatIsNotProbedIsSaid(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*runner)
		want   string
	}{
		{"refused", func(r *runner) { r.Prober.(*proberStub).refuses = errors.New("port 8080: connection refused") }, "not probed: port 8080: connection refused"},
		{"no prober", func(r *runner) { r.Prober = nil }, "not probed: this program has nothing to probe with"},
		{"nothing published", func(r *runner) { r.state.Containers = nil }, "not probed: no http route that both colours have is at a published port"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, said := probed(&proberStub{})
			test.change(r)
			assert.NilError(t, r.run(t.Context(), Plan{Steps: []Step{
				{Action: DoProbe, Colour: compose.Green}, {Action: DoTally, Colour: compose.Green},
			}}))
			assert.Equal(t, (*said)[len(*said)-1].Text, test.want)
		})
	}
}

func TestALossIsAnErrorOfACommandThatIsDone(t *testing.T) {
	out := Outcome{Verb: Switch, Active: compose.Green, Probe: &Probe{Sent: 9}}
	assert.NilError(t, out.losses(compose.Blue))
	out.Probe.Lost, out.Probe.Why = 2, "connection reset"
	err := out.losses(compose.Blue)
	assert.Error(t, err, "switch: green takes all traffic, but the probe lost requests: 9 sent, 2 lost, longest gap 0s; the first one: connection reset")
	var lost *LostError
	assert.Assert(t, errors.As(err, &lost))
	assert.Check(t, lost.Hint() != (&LostError{Doing: Rollback}).Hint())
}
