package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// on is an instance on a node of its own.
func on(n int, state compose.InstanceState) compose.Instance {
	return compose.Instance{ID: fmt.Sprint("t", n), Node: fmt.Sprint("node-", n), Address: fmt.Sprint("10.0.0.", n), State: state}
}

// asking runs a test with a line to instances, in a time of its own.
func asking(t *testing.T, instances []compose.Instance, test func(t *testing.T, f *fakeSwarm, l *Line, seen *told)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		seen := &told{}
		f := &fakeSwarm{instances: instances, says: func(address, text string) reply { return reply{text: address + " got " + text + "\n\n"} }}
		l := NewDoor(f, "shop", seen.take).Open("lb", true)
		defer func() { assert.Check(t, l.Close()) }()
		test(t, f, l, seen)
	})
}

func show(compose.Instance) string { return "show map" }

// nodes are those that have answered.
func nodes(answers []Answer) string {
	var names []string
	for _, a := range answers {
		names = append(names, a.Instance.Node)
	}
	return strings.Join(names, " ")
}

func TestAllAreAskedAtOnce(t *testing.T) {
	instances := []compose.Instance{on(1, compose.InstanceRunning), on(2, compose.InstanceRunning), on(3, compose.InstanceRunning)}
	asking(t, instances, func(t *testing.T, f *fakeSwarm, l *Line, seen *told) {
		var came atomic.Int32
		all := make(chan struct{})
		f.says = func(address, text string) reply {
			if came.Add(1) == int32(len(instances)) {
				close(all)
			}
			<-all // nobody answers before all have been asked
			return reply{text: address + " " + text + "\n"}
		}
		answers, err := l.Ask(t.Context(), 61920, func(i compose.Instance) string { return "show " + i.ID })
		assert.NilError(t, err)
		assert.Equal(t, nodes(answers), "node-1 node-2 node-3", "in the order of instances")
		for i, a := range answers {
			assert.Equal(t, a.Text, fmt.Sprintf("10.0.0.%d show t%d\n", i+1, i+1))
			assert.Assert(t, !a.At.IsZero())
		}
		assert.DeepEqual(t, f.questions(), []string{"10.0.0.1 61920 show t1", "10.0.0.2 61920 show t2", "10.0.0.3 61920 show t3"})
		_, err = l.Ask(t.Context(), 61920, show)
		assert.NilError(t, err)
		assert.Equal(t, f.fans.Load(), int32(1), "one process asks all")
		assert.Equal(t, len(seen.subjects()), 0)
	})
}

func TestALostInstanceIsPassedOverAndToldOnce(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceRunning), on(2, compose.InstanceLost)}, func(t *testing.T, f *fakeSwarm, l *Line, seen *told) {
		for range 3 {
			answers, err := l.Ask(t.Context(), 1, show)
			assert.NilError(t, err)
			assert.Equal(t, nodes(answers), "node-1")
		}
		assert.DeepEqual(t, seen.subjects(), []string{"node-2"})
		assert.Assert(t, strings.HasPrefix(seen.events[0].Text, "degraded: "))
		assert.Equal(t, seen.events[0].Status, compose.Warning)
		for _, q := range f.questions() {
			assert.Assert(t, strings.HasPrefix(q, "10.0.0.1 "), "who is lost is not asked: %s", q)
		}
	})
}

func TestOneThatStartsIsPassedOverInSilence(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceRunning), on(2, compose.InstanceStarting)}, func(t *testing.T, _ *fakeSwarm, l *Line, seen *told) {
		answers, err := l.Ask(t.Context(), 1, show)
		assert.NilError(t, err)
		assert.Equal(t, nodes(answers), "node-1")
		assert.Equal(t, len(seen.subjects()), 0)
	})
}

// Of a node from which the Swarm has not heard, the instance may serve.
func TestAnUnsureInstanceCountsWhenItAnswers(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceRunning), on(2, compose.InstanceUnsure)}, func(t *testing.T, f *fakeSwarm, l *Line, seen *told) {
		answers, err := l.Ask(t.Context(), 1, show)
		assert.NilError(t, err)
		assert.Equal(t, nodes(answers), "node-1 node-2")
		assert.Equal(t, len(seen.subjects()), 0)

		f.says = func(address, _ string) reply { return reply{text: "x\n", silent: address == "10.0.0.2"} }
		began := time.Now()
		answers, err = l.Ask(t.Context(), 1, show)
		assert.NilError(t, err)
		assert.Equal(t, nodes(answers), "node-1")
		assert.Equal(t, time.Since(began), answering)
		assert.DeepEqual(t, seen.subjects(), []string{"node-2"})
	})
}

// The Swarm takes some seconds to notice that a node is lost.
func TestASilentInstanceBecomesLost(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceRunning), on(2, compose.InstanceRunning)}, func(t *testing.T, f *fakeSwarm, l *Line, seen *told) {
		f.says = func(address, _ string) reply { return reply{text: "x\n", silent: address == "10.0.0.2"} }
		f.look = func(n int) {
			if n == 4 { // Ask looks once, and thereafter each silence
				f.instances[1].State = compose.InstanceLost
			}
		}
		answers, err := l.Ask(t.Context(), 1, show)
		assert.NilError(t, err)
		assert.Equal(t, nodes(answers), "node-1")
		assert.DeepEqual(t, seen.subjects(), []string{"node-2"})
		asked := slices.DeleteFunc(f.questions(), func(q string) bool { return !strings.HasPrefix(q, "10.0.0.2") })
		assert.Equal(t, len(asked), 3)
	})
}

func TestASilentInstanceOnAReadyNodeIsAnError(t *testing.T) {
	for name, said := range map[string]reply{"silent": {silent: true}, "refused": {refused: true}, "closed": {text: "\n"}} {
		t.Run(name, func(t *testing.T) {
			asking(t, []compose.Instance{on(1, compose.InstanceRunning), on(2, compose.InstanceRunning)}, func(t *testing.T, f *fakeSwarm, l *Line, seen *told) {
				f.says = func(address, _ string) reply {
					if address == "10.0.0.2" {
						return said
					}
					return reply{text: "x\n"}
				}
				began := time.Now()
				_, err := l.Ask(t.Context(), 1, show)
				var silent *SilentError
				assert.Assert(t, errors.As(err, &silent), "%v", err)
				assert.Equal(t, silent.Instance.Node, "node-2")
				assert.ErrorContains(t, err, "its instance on node-2 gives no answer: ")
				waited := time.Since(began)
				assert.Assert(t, waited >= patience && waited <= patience+answering+glance, "%s", waited)
				assert.Equal(t, len(seen.subjects()), 0)
			})
		})
	}
}

func TestAnInstanceAnswersLate(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceRunning)}, func(t *testing.T, f *fakeSwarm, l *Line, _ *told) {
		tries := 0
		f.says = func(string, string) reply {
			tries++ // one after the other
			return reply{text: "x\n", refused: tries < 4}
		}
		answers, err := l.Ask(t.Context(), 1, show)
		assert.NilError(t, err)
		assert.Equal(t, nodes(answers), "node-1")
		assert.Equal(t, tries, 4)
	})
}

// A task that is replaced while it is asked is not waited for.
func TestAnInstanceThatIsNotWantedAnyMore(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceRunning), on(2, compose.InstanceRunning)}, func(t *testing.T, f *fakeSwarm, l *Line, seen *told) {
		f.says = func(address, _ string) reply { return reply{text: "x\n", refused: address == "10.0.0.2"} }
		f.look = func(n int) {
			if n == 2 {
				f.instances = f.instances[:1]
			}
		}
		answers, err := l.Ask(t.Context(), 1, show)
		assert.NilError(t, err)
		assert.Equal(t, nodes(answers), "node-1")
		assert.Equal(t, len(seen.subjects()), 0)
	})
}

func TestNobody(t *testing.T) {
	nowhere := on(1, compose.InstanceRunning)
	nowhere.Address = ""
	for name, instances := range map[string][]compose.Instance{
		"no instance":        nil,
		"all lost":           {on(1, compose.InstanceLost), on(2, compose.InstanceLost)},
		"all start":          {on(1, compose.InstanceStarting)},
		"without an address": {nowhere},
	} {
		t.Run(name, func(t *testing.T) {
			asking(t, instances, func(t *testing.T, f *fakeSwarm, l *Line, _ *told) {
				_, err := l.Ask(t.Context(), 1, show)
				assert.ErrorIs(t, err, ErrNobody)
				assert.Equal(t, len(f.questions()), 0)
			})
		})
	}
}

// The control task is replaced, or its manager's engine restarts: another process
// goes on asking.
func TestTheProcessThatAsksEnds(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceRunning), on(2, compose.InstanceUnsure)}, func(t *testing.T, f *fakeSwarm, l *Line, seen *told) {
		killed := make(chan struct{}, 1)
		f.says = func(address, _ string) reply {
			select {
			case killed <- struct{}{}:
				return reply{killed: true}
			default:
				return reply{text: address + "\n"}
			}
		}
		answers, err := l.Ask(t.Context(), 1, show)
		assert.NilError(t, err)
		assert.Equal(t, nodes(answers), "node-1 node-2")
		assert.Equal(t, f.fans.Load(), int32(2))
		assert.Equal(t, len(seen.subjects()), 0)
	})
}

func TestWithoutTheControlTaskNobodyIsAsked(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceUnsure)}, func(t *testing.T, f *fakeSwarm, l *Line, seen *told) {
		f.dead = errors.New("the control task on manager node-1 does not run")
		_, err := l.Ask(t.Context(), 1, show)
		assert.ErrorIs(t, err, f.dead)
		assert.Equal(t, len(seen.subjects()), 0, "nobody is passed over for that")
	})
}

func TestAskingIsGivenUp(t *testing.T) {
	asking(t, []compose.Instance{on(1, compose.InstanceRunning)}, func(t *testing.T, f *fakeSwarm, l *Line, _ *told) {
		f.says = func(string, string) reply { return reply{silent: true} }
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		_, err := l.Ask(ctx, 1, show)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Since(began), 5*time.Second)
	})
}

func TestDialLeadsToAnInstanceThatRuns(t *testing.T) {
	f := &fakeSwarm{instances: []compose.Instance{on(1, compose.InstanceLost), on(2, compose.InstanceUnsure)}}
	_, err := NewDoor(f, "shop", nil).Dial(t.Context(), 80)
	assert.ErrorIs(t, err, ErrNobody)
	f.instances = append(f.instances, on(3, compose.InstanceRunning))
	f.dead = errors.New("entered")
	_, err = NewDoor(f, "shop", nil).Dial(t.Context(), 80)
	assert.ErrorIs(t, err, f.dead)
}
