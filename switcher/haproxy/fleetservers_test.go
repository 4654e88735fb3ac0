package haproxy

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestAReplicaIsUpWhenAllAgree(t *testing.T) {
	up := switcher.Server{Service: "web-blue", Slot: "web_blue/replica-1", Address: "10.0.1.2", Up: true, Why: "UP L7OK", Sessions: 2}
	down := up
	down.Slot, down.Up, down.Why, down.Sessions = "web_blue/replica-2", false, "DOWN L4CON", 1
	fresh := up
	fresh.Unchecked, fresh.Up = true, false
	other := up
	other.Address = "10.0.1.3"
	for name, test := range map[string]struct {
		a, b []switcher.Server
		want []string
	}{
		"both":                  {[]switcher.Server{up}, []switcher.Server{up}, []string{"10.0.1.2 true false UP L7OK 4"}},
		"down in the second":    {[]switcher.Server{up}, []switcher.Server{down}, []string{"10.0.1.2 false false DOWN L4CON in the proxy on node-2 3"}},
		"down in the first":     {[]switcher.Server{down}, []switcher.Server{up}, []string{"10.0.1.2 false false DOWN L4CON 3"}},
		"unchecked in one":      {[]switcher.Server{up}, []switcher.Server{fresh}, []string{"10.0.1.2 false true UP L7OK in the proxy on node-2 4"}},
		"unknown to the second": {[]switcher.Server{up, other}, []switcher.Server{other}, []string{"10.0.1.3 true false UP L7OK 4"}},
		"unknown to the first":  {nil, []switcher.Server{up}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range agreed(test.a, test.b, "node-2") {
				got = append(got, fmt.Sprint(s.Address, " ", s.Up, " ", s.Unchecked, " ", s.Why, " ", s.Sessions))
			}
			assert.DeepEqual(t, got, test.want)
		})
	}
}

func TestReadingsTogether(t *testing.T) {
	a := switcher.Reading{Requests: 10, Errors: 1, Broken: 2, Mean: 10 * time.Millisecond, Samples: 30, Window: 512}
	b := switcher.Reading{Requests: 5, Errors: 2, Broken: 0, Mean: 50 * time.Millisecond, Samples: 10, Window: 512}
	assert.DeepEqual(t, together(a, b), switcher.Reading{Requests: 15, Errors: 3, Broken: 2, Mean: 20 * time.Millisecond, Samples: 40, Window: 1024})
	assert.DeepEqual(t, together(switcher.Reading{}, switcher.Reading{}), switcher.Reading{})
}

// server is a row of the statistics.
func server(name, slot, status, address, check string) string {
	return fmt.Sprintf("%s,%s,0,1,%s,%s,%s,4,2,3,0,0,0,0,0,0,0,0,0,", name, slot, status, address, check)
}

// sees gives an instance replicas of blue, each in the slot of its place.
func sees(i *instance, addresses ...string) *instance {
	for n, address := range addresses {
		status := "UP"
		if address == "" {
			status = "MAINT (resolution)"
		} else {
			address += ":8080"
		}
		i.stat = append(i.stat, server("web_blue", fmt.Sprintf("replica-%d", n+1), status, address, "L7OK"))
	}
	i.stat = append(i.stat, "web_blue,BACKEND,1,2,UP,,,,,,9,1,0,8,0,0,1,9,10,")
	return i
}

func TestServersOfAllInstances(t *testing.T) {
	onFleet(t, []*instance{sees(onNode(1), "10.0.1.2", "10.0.1.3"), sees(onNode(2), "10.0.1.3", "", "10.0.1.2")}, func(t *testing.T, s *switching) {
		side := switcher.Side{Model: swarmModel(), Colour: compose.Blue}
		known, err := s.Servers(t.Context(), side)
		assert.NilError(t, err)
		assert.Equal(t, len(known[compose.Blue]), 2)
		for _, server := range known[compose.Blue] {
			assert.Assert(t, server.Up)
			assert.Equal(t, server.Sessions, 2)
		}
		flight, err := s.InFlight(t.Context(), side)
		assert.NilError(t, err)
		assert.Equal(t, flight.Requests, 6)
	})
}

// A replica is in another slot of each instance.
func TestEachInstanceIsToldOfItsOwnSlots(t *testing.T) {
	onFleet(t, []*instance{sees(onNode(1), "10.0.1.2", "10.0.1.3", ""), sees(onNode(2), "10.0.1.3", "10.0.1.2", "")}, func(t *testing.T, s *switching) {
		told := func(n int, want ...string) {
			t.Helper()
			i := s.instances[n]
			assert.DeepEqual(t, i.told, want)
			i.told = nil
		}
		ctx := t.Context()
		assert.NilError(t, s.Retire(ctx, compose.Container{Service: "web-blue", Addresses: []string{"10.0.1.3"}}))
		told(0, "set server web_blue/replica-2 state drain")
		told(1, "set server web_blue/replica-1 state drain")
		assert.NilError(t, s.Hold(ctx, "web-blue"))
		told(0, "set server web_blue/replica-3 state drain")
		told(1, "set server web_blue/replica-3 state drain")
		assert.NilError(t, s.Recheck(ctx, switcher.Side{Model: swarmModel(), Colour: compose.Blue}))
		told(0, "set server web_blue/replica-1 health down", "set server web_blue/replica-2 health down")
		told(1, "set server web_blue/replica-1 health down", "set server web_blue/replica-2 health down")
		assert.NilError(t, s.Readmit(ctx, "web-blue"))
		assert.Equal(t, len(s.instances[0].told), 3)
		assert.ErrorContains(t, s.Readmit(ctx, "db"), "service db is part of no pair")
	})
}

// Two machines may have one name.
func TestInstancesOnNodesOfOneName(t *testing.T) {
	twin := sees(onNode(2), "10.0.1.3")
	twin.Node = "node-1"
	onFleet(t, []*instance{sees(onNode(1), "10.0.1.2"), twin}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Retire(t.Context(), compose.Container{Service: "web-blue", Addresses: []string{"10.0.1.2"}}))
		assert.DeepEqual(t, s.instances[0].told, []string{"set server web_blue/replica-1 state drain"})
		assert.Equal(t, len(twin.told), 0)
	})
}

func TestMoreCommandsThanOneBatch(t *testing.T) {
	var addresses []string
	for n := range 2*batch + 7 {
		addresses = append(addresses, fmt.Sprintf("10.0.%d.%d", n/200+1, n%200+1))
	}
	onFleet(t, []*instance{sees(onNode(1), addresses...)}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Readmit(t.Context(), "web-blue"))
		told := s.instances[0].told
		assert.Equal(t, len(told), len(addresses))
		for n, command := range told {
			assert.Equal(t, command, fmt.Sprintf("set server web_blue/replica-%d state ready", n+1))
		}
	})
}

func TestCountsOfAllInstances(t *testing.T) {
	first, second := sees(onNode(1), "10.0.1.2"), sees(onNode(2), "10.0.1.2")
	first.info, second.info = "Pid: 8\nStart_time_sec: 100\n", "Pid: 9\nStart_time_sec: 200\n"
	onFleet(t, []*instance{first, second}, func(t *testing.T, s *switching) {
		count, err := s.Count(t.Context(), swarmModel())
		assert.NilError(t, err)
		assert.Equal(t, count.Began, "node-1 8 100, node-2 9 200")
		web := count.Of[compose.Blue]["web"]
		assert.Equal(t, web.Requests, 18)
		assert.Equal(t, web.Errors, 2)
		assert.Equal(t, web.Window, 2*window)
		second.stat = []string{`"x`}
		_, err = s.Count(t.Context(), swarmModel())
		assert.ErrorContains(t, err, "on node-2: ")
	})
}

func TestSettingsOfInstances(t *testing.T) {
	onFleet(t, []*instance{onNode(1)}, func(t *testing.T, s *switching) {
		ctx, m := t.Context(), swarmModel()
		outdated, err := s.Outdated(ctx, m)
		assert.NilError(t, err)
		assert.Assert(t, outdated, "there are none yet")
		assert.NilError(t, s.fleet.Configure(ctx, m))
		assert.Equal(t, s.configured, "/var/lib/haproxy/bluegreen/active.map /var/lib/haproxy/haproxy.cfg")
		outdated, err = s.Outdated(ctx, m)
		assert.NilError(t, err)
		assert.Assert(t, !outdated)

		m.Preview = ""
		assert.NilError(t, s.SetToken(ctx, "one"))
		assert.NilError(t, s.fleet.Configure(ctx, m))
		assert.Assert(t, strings.Contains(s.configured, "preview.token"))
		assert.NilError(t, s.SetToken(ctx, "two"))
		outdated, err = s.Outdated(ctx, m)
		assert.NilError(t, err)
		assert.Assert(t, outdated, "a token comes with the settings")
	})
}

func TestInstancesThatDoNotComeUpWithTheirSettings(t *testing.T) {
	onFleet(t, []*instance{onNode(1)}, func(t *testing.T, s *switching) {
		assert.NilError(t, s.Reload(t.Context()))
		s.replaced = &compose.UnhealthyError{Failures: []compose.Failure{{Container: "shop_lb.1", Reason: "exited with code 1"}}}
		err := s.Reload(t.Context())
		var failed *switcher.ReplaceError
		assert.Assert(t, errors.As(err, &failed), "%v", err)
		assert.Equal(t, len(failed.Failures), 1)
		s.replaced = errors.New("no leader")
		var proxy *switcher.ProxyError
		assert.Assert(t, errors.As(s.Reload(t.Context()), &proxy))
	})
}
