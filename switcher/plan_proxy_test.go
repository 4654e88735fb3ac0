package switcher

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// behind is a running project whose proxy uses the network of a holder.
func behind() *project {
	p := running()
	p.Model.Proxy.Holder = "entrance"
	p.with("entrance", 1, "haproxy:3.2", "running")
	for i, c := range p.Containers {
		if c.Service == "lb" {
			p.Containers[i].NetworkMode = "container:entrance-1"
		}
	}
	return p
}

// proxied observes which container is the proxy.
func (p *project) proxied() State {
	p.Proxy = pick(p.Of("lb"))
	p.Strays = strays(p.Containers, p.Proxy)
	p.ProxyRunning = p.Proxy != nil && p.Proxy.Running()
	return p.State
}

// stray adds a container of the proxy's service, the n-th that was made.
func (p *project) stray(n int, name, state string) *project {
	p.Containers = append(p.Containers, compose.Container{
		ID: name, Name: name, Service: "lb", Number: n, State: state, Image: "haproxy:3.3",
		ImageID: "sha256:haproxy:3.3", ConfigHash: "hash", Created: time.Unix(int64(n), 0), NetworkMode: "container:entrance-1",
	})
	return p
}

// next is what the file wants of the proxy.
func next(p *project, image string) nextProxy {
	return nextProxy{
		Model: *p.Model, Gap: Gap{Last: 2100 * time.Millisecond, Drain: DefaultDrain},
		Spec: compose.Spec{Service: "lb", Image: image, ImageID: "sha256:" + image, ConfigHash: "hash", Replicas: 1},
	}
}

// Nothing of the container tells that a file in it has changed.
func TestAProxyIsReplacedWhereThatIsAskedFor(t *testing.T) {
	p := behind()
	n := next(p, "haproxy:3.2")
	plan, err := planUpgrade(p.proxied(), n)
	assert.NilError(t, err)
	assert.Equal(t, plan.String(), "nothing to do: lb runs as the file says\n")
	n.Force = true
	plan, err = planUpgrade(p.proxied(), n)
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[1].String(), "add-proxy lb: asked for by --force")
}

func TestAProxyWithAHolderIsReplacedBesideTheRunningOne(t *testing.T) {
	p := behind()
	plan, err := planUpgrade(p.proxied(), next(p, "haproxy:3.3"))
	expect(t, plan, err,
		"try lb: its program must accept the settings",
		"add-proxy lb: the file wants the image haproxy:3.3",
		"succeed lb: the new proxy takes connections too from here on",
		"prove lb: it must serve what the former one does",
		"retire-proxy hello-lb-1: the new proxy has proved itself",
	)
	assert.Check(t, plan.Gap == nil)
	assert.Equal(t, plan.Steps[2].Former.Name, "hello-lb-1")
	untouched(t, plan, "entrance", "web-blue", "web-green", "db")
}

func TestAProxyWithoutAHolderIsReplacedWithAGap(t *testing.T) {
	p := running()
	plan, err := planUpgrade(p.proxied(), next(p, "haproxy:3.3"))
	expect(t, plan, err,
		"try lb: its program must accept the settings",
		"add-proxy lb: the file wants the image haproxy:3.3",
		"stop-proxy hello-lb-1: its ports must be free: visitors get no answer from here on, 2.1s the last time, and what is in flight has up to 30s to end and is cut then",
		"succeed lb: its ports are free",
		"prove lb: it must serve what the former one does",
		"remove hello-lb-1: the new proxy has proved itself",
	)
	assert.Equal(t, plan.Gap.Last, 2100*time.Millisecond)
}

// One that cannot stand beside another is replaced in the network of its holder
// as one without a holder is, and the gap says why.
func TestAProxyThatCannotStandBesideAnotherIsReplacedWithAGap(t *testing.T) {
	p := behind()
	n := next(p, "traefik:v3.7")
	n.Gap.Why = "has settings of your own"
	n.Joins = errors.New("of no interest where there is a gap")
	plan, err := planUpgrade(p.proxied(), n)
	replaced := []string{
		"try lb: its program must accept the settings",
		"add-proxy lb: the file wants the image traefik:v3.7",
		"stop-proxy hello-lb-1: its ports must be free: visitors get no answer from here on, 2.1s the last time, and what is in flight has up to 30s to end and is cut then",
		"succeed lb: its ports are free",
		"prove lb: it must serve what the former one does",
		"remove hello-lb-1: the new proxy has proved itself",
	}
	expect(t, plan, err, replaced...)
	assert.Check(t, plan.Steps[3].Former == nil, "they do not meet")
	refused := GapError{Proxy: "lb", Gap: *plan.Gap}
	assert.ErrorContains(t, &refused, "proxy lb has settings of your own, so replacing it leaves visitors without an answer: 2.1s the last time")
	assert.Equal(t, refused.Hint(), "agree to it: docker bluegreen proxy upgrade --yes; or have the proxy's settings generated, and with a holder there is no gap: see examples/holder")

	// A holder that mounts the proxy's volume may stand in meanwhile.
	for i, c := range p.Containers {
		switch c.Service {
		case "lb":
			p.Containers[i].Labels = map[string]string{compose.VolumeLabel: "/state"}
			p.Containers[i].NetworkMode = "container:hello-entrance-1"
		case "entrance":
			p.Containers[i].ID, p.Containers[i].Mounts = "hello-entrance-1", []string{"/state"}
		}
	}
	plan, err = planUpgrade(p.proxied(), n)
	expect(t, plan, err, slices.Insert(replaced, 3, "yield hello-entrance-1: it may have begun to stand in for the proxy")...)
}

func TestAStandInIsRelievedWithAGapByAProxyThatCannotStandBesideIt(t *testing.T) {
	p := behind().without("lb").stray(1, "hello-lb-1", "exited")
	s := p.proxied()
	s.Proxy, s.Strays, s.ProxyRunning = &p.Of("entrance")[0], nil, true
	n := next(p, "traefik:v3.7")
	n.Gap.Why = "has settings of your own"
	plan, err := planUpgrade(s, n)
	expect(t, plan, err,
		"try lb: its program must accept the settings",
		"add-proxy lb: hello-entrance-1 stands in for it",
		"yield hello-entrance-1: its ports must be free: visitors get no answer from here on, 2.1s the last time, and what is in flight has up to 30s to end and is cut then",
		"succeed lb: its ports are free",
		"prove lb: it must serve what its stand-in did",
		"remove hello-lb-1: the new proxy has taken its place",
	)
	assert.Check(t, plan.Gap != nil)
	n.Named = "edge"
	_, err = planUpgrade(s, n)
	assert.ErrorContains(t, err, "has container_name edge")
}

func TestAProxyMovesIntoTheNetworkOfAHolderWithAGap(t *testing.T) {
	p := running()
	n := next(p, "haproxy:3.2")
	n.Model.Proxy.Holder, n.Spec.ConfigHash = "entrance", "other"
	plan, err := planUpgrade(p.proxied(), n)
	expect(t, plan, err,
		"try lb: its program must accept the settings",
		"create entrance: the proxy is to use its network",
		"add-proxy lb: its container differs from the file",
		"stop-proxy hello-lb-1: its ports must be free: visitors get no answer from here on, 2.1s the last time, and what is in flight has up to 30s to end and is cut then",
		"start entrance: the proxy is to use its network",
		"succeed lb: its ports are free",
		"prove lb: it must serve what the former one does",
		"remove hello-lb-1: the new proxy has proved itself",
		"save lb: later commands need no file",
	)
}

func TestAStoppedProxyIsReplacedWithoutAsking(t *testing.T) {
	p := running().without("lb").with("lb", 1, "haproxy:3.2", "exited")
	plan, err := planUpgrade(p.proxied(), next(p, "haproxy:3.3"))
	expect(t, plan, err,
		"try lb: its program must accept the settings",
		"add-proxy lb: the file wants the image haproxy:3.3",
		"succeed lb: its ports are free",
		"prove lb: it must serve what the former one does",
		"remove hello-lb-1: the new proxy has proved itself",
	)
	assert.Check(t, plan.Gap == nil)
}

func TestWhatAReloadCanDoIsNoReplacement(t *testing.T) {
	p := behind()
	p.Outdated = true
	plan, err := planUpgrade(p.proxied(), next(p, "haproxy:3.2"))
	expect(t, plan, err,
		"configure lb: its settings differ from the file's",
		"reload lb: it runs with the former settings",
	)
	p.Outdated = false
	plan, err = planUpgrade(p.proxied(), next(p, "haproxy:3.2"))
	assert.NilError(t, err)
	assert.Equal(t, plan.String(), "nothing to do: lb runs as the file says\n")
}

func TestAReloadValidatesFirst(t *testing.T) {
	p := running()
	plan, err := planReload(p.proxied(), next(p, "haproxy:3.2"))
	expect(t, plan, err,
		"configure lb: asked for",
		"reload lb: it runs with the former settings",
	)
	n := next(p, "haproxy:3.2")
	n.Model.Proxy.Generated = false
	plan, err = planReload(p.proxied(), n)
	expect(t, plan, err,
		"save lb: later commands need no file",
		"configure lb: asked for",
		"reload lb: it runs with the former settings",
		"verify lb: its settings are yours",
	)
}

func TestWhatKeepsAProxyFromBeingReplacedIsSaidBefore(t *testing.T) {
	p := behind()
	n := next(p, "haproxy:3.3")
	n.Joins = &compose.InvalidError{Service: "lb", Problem: "it lacks -x"}
	_, err := planUpgrade(p.proxied(), n)
	assert.Error(t, err, `service "lb": it lacks -x`)

	bare := running()
	n = next(bare, "haproxy:3.3")
	n.Joins = errors.New("of no interest without a holder")
	_, err = planUpgrade(bare.proxied(), n)
	assert.NilError(t, err)
	n.Named = "edge"
	_, err = planUpgrade(bare.proxied(), n)
	assert.ErrorContains(t, err, "has container_name edge")

	_, err = planUpgrade(State{Project: "hello"}, n)
	assert.Error(t, err, "proxy upgrade: no colour of project hello is active yet")
}

// Of several containers one is the proxy, and every command ends the others
// first.
func TestWhatAKilledUpgradeLeavesIsCleared(t *testing.T) {
	const unproved, taken = "an interrupted upgrade of the proxy has left it", "another proxy has taken its place"
	for _, c := range []struct {
		name  string
		p     *project
		proxy string
		first string
	}{
		{"made, not started", behind().stray(2, "hello-lb-2", "created"), "hello-lb-1", "retire-proxy hello-lb-2: " + unproved},
		{"started, not proved", behind().stray(2, "hello-lb-2", "running"), "hello-lb-1", "retire-proxy hello-lb-2: " + unproved},
		{"the former one retires", behind().without("lb").stray(1, "hello-lb-1-retiring", "running").stray(2, "hello-lb-2", "running"), "hello-lb-2", "retire-proxy hello-lb-1-retiring: " + taken},
		{"the former one has ended", behind().without("lb").stray(1, "hello-lb-1-retiring", "exited").stray(2, "hello-lb-2", "running"), "hello-lb-2", "retire-proxy hello-lb-1-retiring: " + taken},
		{"the next one crashed since", behind().without("lb").stray(1, "hello-lb-1-retiring", "running").stray(2, "hello-lb-2", "exited"), "hello-lb-2", "retire-proxy hello-lb-1-retiring: " + taken},
		{"killed in the gap", behind().without("lb").stray(1, "hello-lb-1", "exited").stray(2, "hello-lb-2", "running"), "hello-lb-2", "retire-proxy hello-lb-1: " + unproved},
		{"killed before the start", behind().without("lb").stray(1, "hello-lb-1", "exited").stray(2, "hello-lb-2", "created"), "hello-lb-1", "remove hello-lb-2: " + unproved},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.p.proxied()
			assert.Equal(t, s.Proxy.Name, c.proxy)
			plan, err := planSwitch(s, move{To: compose.Green, By: by})
			assert.NilError(t, err)
			assert.Equal(t, plan.Steps[0].String(), c.first)
			assert.Check(t, plan.Steps[0].Action == DoRemove || plan.Steps[0].Brief, "a switch waits for nobody's end")
		})
	}
}

func TestTheHolderComesBeforeTheProxy(t *testing.T) {
	w := wants(compose.Blue, "hello:v1", 2)
	w.Model.Proxy.Holder = "entrance"
	plan, err := planUp(State{Project: "hello"}, w, by)
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "create entrance: the proxy uses its network")
	assert.Equal(t, plan.Steps[1].String(), "create-proxy lb: it has no container")
	started := slices.IndexFunc(plan.Steps, func(s Step) bool { return s.Action == DoStartProxy })
	assert.Equal(t, plan.Steps[started-1].String(), "start entrance: the proxy uses its network")

	p := behind().without("entrance").with("entrance", 1, "haproxy:3.2", "exited").without("lb").stray(1, "hello-lb-1", "exited")
	w.Model = *p.Model
	plan, err = planUp(p.proxied(), w, by)
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "start entrance: the proxy uses its network")

	p = behind().without("entrance").without("lb").stray(1, "hello-lb-1", "exited")
	plan, err = planUp(p.proxied(), w, by)
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "remove hello-lb-1: the network that it was in is gone")
	assert.Equal(t, plan.Steps[1].String(), "create entrance: the proxy uses its network")
}

func TestAHolderThatStandsInIsRelieved(t *testing.T) {
	p := behind().without("lb").stray(1, "hello-lb-1", "exited")
	s := p.proxied()
	s.Proxy, s.Strays, s.ProxyRunning = &p.Of("entrance")[0], nil, true
	plan, err := planUpgrade(s, next(p, "haproxy:3.3"))
	expect(t, plan, err,
		"try lb: its program must accept the settings",
		"add-proxy lb: hello-entrance-1 stands in for it",
		"succeed lb: the proxy takes connections too from here on",
		"prove lb: it must serve what its stand-in does",
		"rest hello-entrance-1: the proxy has proved itself",
		"remove hello-lb-1: the new proxy has taken its place",
	)
	p = behind().without("lb").stray(1, "hello-lb-1", "restarting")
	s = p.proxied()
	s.Proxy, s.Strays, s.ProxyRunning = &p.Of("entrance")[0], nil, true
	plan, err = planUpgrade(s, next(p, "haproxy:3.3"))
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "remove hello-lb-1: it fails to start again and again")
	s = behind().proxied()
	s.StandIn = &s.Of("entrance")[0]
	plan, err = planSwitch(s, move{To: compose.Green, By: by})
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "rest hello-entrance-1: it stands in for a proxy that is there again")
}

func TestTheLastGapIsTheHistorys(t *testing.T) {
	assert.Equal(t, lastGap(nil), time.Duration(0))
	records := []Record{{Gap: 1000, Result: "done"}, {Gap: 2500, Result: "done"}, {Gap: 9000, Result: "failed"}, {Result: "done"}}
	assert.Equal(t, lastGap(records), 2500*time.Millisecond)
	assert.Equal(t, Gap{Drain: time.Minute}.String(), "for how long is not known yet, and what is in flight has up to 1m0s to end and is cut then")
}
