package haproxy

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/cluster"
)

func TestWhomAnInstanceServes(t *testing.T) {
	for _, test := range []struct {
		said string
		want switcher.Traffic
		err  string
	}{
		{said: "0x1 active green\n\nBLUEGREEN_ACTIVE=blue\n\n", want: switcher.Traffic{Active: compose.Green}},
		{said: "\nBLUEGREEN_ACTIVE=blue\n\n", want: switcher.Traffic{Active: compose.Blue}},
		{said: "\nBLUEGREEN_ACTIVE=blue:10:green\n\n", want: switcher.Traffic{Active: compose.Blue, Canary: 10}},
		{said: "0x1 active none\n\nBLUEGREEN_ACTIVE=blue\n\n"},
		{said: "\nBLUEGREEN_ACTIVE=none\n\n"},
		{said: "\n\n", err: "it says neither by its map nor by its environment whom it serves"},
		{said: "\nBLUEGREEN_ACTIVE=red\n\n", err: "red"},
		{said: "0x1 active blue\n0x2 active green\n\nBLUEGREEN_ACTIVE=blue\n", err: "has 2 values"},
	} {
		got, err := servedBy(test.said)
		if test.err != "" {
			assert.ErrorContains(t, err, test.err)
			continue
		}
		assert.NilError(t, err, "%q", test.said)
		assert.Equal(t, got, test.want, "%q", test.said)
	}
}

func TestHowItIsAskedWhomItServes(t *testing.T) {
	assert.Equal(t, askWhom("/x/active.map"), "show map /x/active.map;show env BLUEGREEN_ACTIVE")
	assert.Equal(t, whom(compose.Proxy{}), "none")
	assert.Equal(t, whom(compose.Proxy{Control: "10.0.9.0/24"}), "${BLUEGREEN_ACTIVE}")
}

// One has been told before, the others serve by their environment.
func TestCommitTellsAllInstances(t *testing.T) {
	first := onNode(1)
	first.served = []string{"blue"}
	onFleet(t, []*instance{first, onNode(2), onNode(3)}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Commit(t.Context(), toGreen))
		for _, i := range s.instances {
			assert.DeepEqual(t, i.served, []string{"green"})
		}
		assert.DeepEqual(t, first.told, []string{"set map " + mapFile + " active green"})
		assert.Equal(t, s.labels[swarm.ActiveLabel], "green")
		r, err := s.Routing(t.Context())
		assert.NilError(t, err)
		assert.DeepEqual(t, *r, toGreen)
		live, err := s.Live(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, live.Active, compose.Green)
		last := s.events[len(s.events)-1]
		assert.Equal(t, last.Step, "commit")
		assert.Equal(t, last.Text, "3 instances, 0 ms apart")
		assert.Equal(t, last.Figures["instances"], int64(3))
	})
}

func TestCommitOfAShare(t *testing.T) {
	onFleet(t, []*instance{onNode(1)}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Commit(t.Context(), switcher.Routing{Active: compose.Blue, Canary: 10}))
		assert.Equal(t, s.labels[swarm.ActiveLabel], "blue:10:green")
		assert.DeepEqual(t, s.instances[0].served, []string{"blue:10:green"})
	})
}

// Nothing is committed unless each instance could serve it.
func TestCommitIsPreparedFirst(t *testing.T) {
	old, away := onNode(2), onNode(2)
	old.backends = []string{"web_blue"}
	away.silent = true
	elsewhere := onNode(2)
	for name, test := range map[string]struct {
		second *instance
		want   string
	}{
		"no backend":        {old, "on node-2: its settings have no backend web_green"},
		"no answer":         {away, "its instance on node-2 gives no answer"},
		"another directory": {elsewhere, "on node-2: HAProxy answered: Unknown map identifier"},
	} {
		t.Run(name, func(t *testing.T) {
			instances := []*instance{onNode(1), test.second}
			if name == "another directory" {
				instances = []*instance{test.second}
			}
			onFleet(t, instances, func(t *testing.T, s *switching) {
				if name == "another directory" {
					m := swarmModel()
					m.Proxy.Volume, m.Proxy.Settings = "/elsewhere", "/elsewhere/haproxy.cfg"
					assert.NilError(t, s.SaveModel(t.Context(), m))
				}
				err := s.Commit(t.Context(), toGreen)
				assert.ErrorContains(t, err, test.want)
				var failed *switcher.ProxyError
				assert.Assert(t, errors.As(err, &failed))
				assert.Equal(t, s.sets, 0)
				assert.Equal(t, s.labels[swarm.ActiveLabel], "blue")
				s.notTold(t)
			})
		})
	}
}

func TestCommitWithoutInstances(t *testing.T) {
	lost := onNode(1)
	lost.State = compose.InstanceLost
	for name, instances := range map[string][]*instance{"none": nil, "all lost": {lost}} {
		t.Run(name, func(t *testing.T) {
			onFleet(t, instances, func(t *testing.T, s *switching) {
				assert.ErrorIs(t, s.Commit(t.Context(), toGreen), cluster.ErrNobody)
				assert.Equal(t, s.sets, 0)
				s.notTold(t)
			})
		})
	}
}

// While no proxy runs only the label is written.
func TestCommitBeforeTheProxyRuns(t *testing.T) {
	onFleet(t, nil, func(t *testing.T, s *switching) {
		s.Running = false
		assert.NilError(t, s.Commit(t.Context(), toGreen))
		assert.Equal(t, s.labels[swarm.ActiveLabel], "green")
	})
}

func TestCommitThatLosesTheLabelTellsNobody(t *testing.T) {
	for name, cause := range map[string]error{"to another writer": fmt.Errorf("the label: %w", swarm.ErrChanged), "with the lock": &swarm.LostError{Epoch: 1}} {
		t.Run(name, func(t *testing.T) {
			onFleet(t, []*instance{onNode(1), onNode(2)}, func(t *testing.T, s *switching) {
				s.setError = cause
				err := s.Commit(t.Context(), toGreen)
				var lost *switcher.LockLostError
				assert.Assert(t, errors.As(err, &lost), "%v", err)
				assert.ErrorIs(t, err, cause)
				assert.Equal(t, s.sets, 1)
				s.notTold(t)
			})
		})
	}
}

// The label that is expected is the one that the command has read, whatever it is.
func TestNoteRacesAsCommitDoes(t *testing.T) {
	onFleet(t, []*instance{onNode(1)}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Note(t.Context(), switcher.Routing{Active: compose.Blue, Release: "r1"}))
		r, err := s.Routing(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, r.Release, "r1")
		s.notTold(t)
		s.setError = swarm.ErrChanged
		var lost *switcher.LockLostError
		assert.Assert(t, errors.As(s.Note(t.Context(), toGreen), &lost))
	})
}

// One that starts while the label is changed may have read the former one.
func TestAnInstanceThatStartsMeanwhileIsTold(t *testing.T) {
	for name, comes := range map[string]func(*switching){
		"running at once": func(s *switching) { s.instances = append(s.instances, onNode(2)) },
		"starting first": func(s *switching) {
			late := onNode(2)
			late.State = compose.InstanceStarting
			s.instances = append(s.instances, late)
			began := time.Now()
			s.lookAt = func() {
				if time.Since(began) > 3*time.Second {
					late.State = compose.InstanceRunning
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			onFleet(t, []*instance{onNode(1)}, func(t *testing.T, s *switching) {
				s.committed = func() { comes(s) }
				assert.NilError(t, s.Commit(t.Context(), toGreen))
				assert.Equal(t, len(s.instances), 2)
				for _, i := range s.instances {
					assert.DeepEqual(t, i.served, []string{"green"})
				}
			})
		})
	}
}

func TestAnInstanceThatDoesNotStart(t *testing.T) {
	late := onNode(2)
	late.State, late.Status = compose.InstanceStarting, "Preparing on node-2"
	onFleet(t, []*instance{onNode(1), late}, func(t *testing.T, s *switching) {
		began := time.Now()
		err := s.Commit(t.Context(), toGreen)
		assert.ErrorContains(t, err, "the Swarm has recorded it, and not each instance serves it yet: its instance on node-2 does not start (Preparing on node-2)")
		waited := time.Since(began)
		assert.Assert(t, waited >= starting && waited < starting+time.Second, "%s", waited)
		assert.DeepEqual(t, s.instances[0].served, []string{"green"})
	})
}

// A task that fails to start goes, and nobody waits for it.
func TestAnInstanceThatStartsAndGoes(t *testing.T) {
	late := onNode(2)
	late.State = compose.InstanceStarting
	onFleet(t, []*instance{onNode(1), late}, func(t *testing.T, s *switching) {
		began := time.Now()
		s.lookAt = func() {
			if time.Since(began) > 2*time.Second {
				s.instances = s.instances[:1]
			}
		}
		assert.NilError(t, s.Commit(t.Context(), toGreen))
	})
}

func TestADegradedInstanceIsPassedOver(t *testing.T) {
	lost, unsure := onNode(2), onNode(3)
	lost.State, lost.silent = compose.InstanceLost, true
	unsure.State, unsure.silent = compose.InstanceUnsure, true
	onFleet(t, []*instance{onNode(1), lost, unsure}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Commit(t.Context(), toGreen))
		assert.DeepEqual(t, s.instances[0].served, []string{"green"})
		assert.DeepEqual(t, s.degraded(), []string{"node-2", "node-3"})
		assert.Equal(t, s.events[len(s.events)-1].Ready, 1)
	})
}

// The node is lost between the label and the instances.
func TestANodeIsLostAfterTheLabel(t *testing.T) {
	onFleet(t, []*instance{onNode(1), onNode(2)}, func(t *testing.T, s *switching) {
		second := s.instances[1]
		var gone time.Time
		s.committed = func() { second.silent, gone = true, time.Now() }
		s.lookAt = func() {
			if second.silent && time.Since(gone) > 12*time.Second {
				second.State = compose.InstanceLost
			}
		}
		assert.NilError(t, s.Commit(t.Context(), toGreen))
		assert.DeepEqual(t, s.instances[0].served, []string{"green"})
		assert.DeepEqual(t, s.degraded(), []string{"node-2"})
	})
}

// It was lost for the Swarm when it was told, and comes back while another one is
// waited for: it may serve the former colour.
func TestAnUnsureInstanceAnswersAndIsTold(t *testing.T) {
	unsure := onNode(2)
	unsure.State = compose.InstanceUnsure
	onFleet(t, []*instance{onNode(1), unsure}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Commit(t.Context(), toGreen))
		assert.DeepEqual(t, unsure.served, []string{"green"})
		assert.Equal(t, len(s.degraded()), 0)
	})
}

func TestAnInstanceIsReadBack(t *testing.T) {
	stuck := onNode(2)
	stuck.served, stuck.stuck = []string{"blue"}, true
	onFleet(t, []*instance{onNode(1), stuck}, func(t *testing.T, s *switching) {
		err := s.Commit(t.Context(), toGreen)
		assert.ErrorContains(t, err, "not each instance serves it yet: on node-2: it still serves")
		assert.Equal(t, s.labels[swarm.ActiveLabel], "green")
	})
}

// The answer to "add map" is lost, so it is asked again: that must not leave a map
// of which nobody can tell what it says.
func TestAnAnswerThatIsLostWhenAnInstanceIsTold(t *testing.T) {
	first := onNode(1)
	first.deaf = 1
	onFleet(t, []*instance{first}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Commit(t.Context(), toGreen))
		live, err := s.Live(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, live.Active, compose.Green)
		assert.NilError(t, s.Commit(t.Context(), switcher.Routing{Active: compose.Blue}))
	})
}

func TestLiveIsWhatDiffersFromTheLabel(t *testing.T) {
	second := onNode(2)
	onFleet(t, []*instance{onNode(1), second}, func(t *testing.T, s *switching) {
		live, err := s.Live(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, live.Active, compose.Blue)
		second.served = []string{"green"}
		live, err = s.Live(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, live.Active, compose.Green)
		second.environment, second.served = "red", nil
		_, err = s.Live(t.Context())
		assert.ErrorContains(t, err, "on node-2: ")
	})
}

func TestLabelsThatDoNotAgree(t *testing.T) {
	onFleet(t, []*instance{onNode(1)}, func(t *testing.T, s *switching) {
		s.labels[swarm.ActiveLabel] = "green"
		_, err := s.Routing(t.Context())
		assert.ErrorContains(t, err, "the label bluegreen.routing says blue, and bluegreen.active says green")
		s.labels[swarm.RoutingLabel] = "{"
		_, err = s.Routing(t.Context())
		assert.ErrorContains(t, err, "the label bluegreen.routing is damaged")
		delete(s.labels, swarm.RoutingLabel)
		r, err := s.Routing(t.Context())
		assert.NilError(t, err)
		assert.Assert(t, r == nil)
	})
}

func TestWithoutARecordedProjectNothingIsCommitted(t *testing.T) {
	onFleet(t, []*instance{onNode(1)}, func(t *testing.T, s *switching) {
		delete(s.records, "project")
		assert.ErrorIs(t, s.Commit(t.Context(), toGreen), errNoModel)
		assert.Equal(t, s.sets, 0)
	})
}
