package haproxy

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/cluster"
)

// instance is a model of one HAProxy on a Swarm, as far as its runtime API is
// asked here.
type instance struct {
	compose.Instance
	environment string
	served      []string // the values in its map; none before it is told
	backends    []string
	stat        []string // rows, after the heading
	info        string
	told        []string // what was to change something

	silent bool // it answers nothing
	stuck  bool // its map does not change
	deaf   int  // how many answers are lost after the command was done
}

const (
	mapFile     = "/var/lib/haproxy/bluegreen/" + routingFile
	statHeading = "# pxname,svname,qcur,scur,status,addr,check_status,check_health,check_rise,check_fall,stot,econ,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,req_tot,rtime,"
)

// ask answers commands in one line.
func (i *instance) ask(line string) string {
	var said strings.Builder
	for command := range strings.SplitSeq(line, ";") {
		said.WriteString(i.one(strings.Fields(command)) + "\n")
	}
	return said.String()
}

func (i *instance) one(words []string) string {
	what := strings.Join(words[:min(2, len(words))], " ")
	if strings.HasSuffix(what, " map") && (len(words) < 3 || words[2] != mapFile) {
		return "Unknown map identifier. Please use #<id> or <file>.\n"
	}
	switch what {
	case "show map":
		text := ""
		for n, value := range i.served {
			text += fmt.Sprintf("0x55%02d %s %s\n", n, mapKey, value)
		}
		return text
	case "set map":
		i.told = append(i.told, strings.Join(words, " "))
		if len(i.served) == 0 {
			return "entry not found.\n"
		}
		for n := range i.served {
			if !i.stuck {
				i.served[n] = words[4]
			}
		}
		return ""
	case "add map":
		i.told = append(i.told, strings.Join(words, " "))
		i.served = append(i.served, words[4])
		return ""
	case "show env":
		return compose.ActiveVariable + "=" + i.environment + "\n"
	case "show backend":
		return "# name\n" + strings.Join(i.backends, "\n") + "\n"
	case "show stat":
		return statHeading + "\n" + strings.Join(i.stat, "\n") + "\n"
	case "show info":
		return i.info
	case "show version":
		return "2.6.12\n"
	case "set server":
		i.told = append(i.told, strings.Join(words, " "))
		return ""
	default:
		return "Unknown command: '" + words[0] + "'\n"
	}
}

// fakeSwarm has instances of HAProxy, and the labels of their service.
type fakeSwarm struct {
	cluster.Swarm // what no test needs

	mu        sync.Mutex
	instances []*instance
	labels    map[string]string
	records   map[string]string
	sets      int
	// committed is done right after labels were set, lookAt before each list
	// of instances.
	committed func()
	lookAt    func()
	setError  error

	configured string
	hash       string
	replaced   error
}

func (f *fakeSwarm) Instances(context.Context) ([]compose.Instance, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lookAt != nil {
		f.lookAt()
	}
	var list []compose.Instance
	for _, i := range f.instances {
		list = append(list, i.Instance)
	}
	return list, nil
}

func (f *fakeSwarm) ProxyLabels(context.Context) (map[string]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.labels), nil
}

func (f *fakeSwarm) SetLabels(_ context.Context, _ int, expected, labels map[string]string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sets++
	if f.setError != nil {
		return f.setError
	}
	for name, value := range expected {
		if f.labels[name] != value {
			return swarm.ErrChanged
		}
	}
	maps.Copy(f.labels, labels)
	if f.committed != nil {
		f.committed()
	}
	return nil
}

func (f *fakeSwarm) Record(_ context.Context, name string) (swarm.Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return swarm.Record{Value: f.records[name]}, nil
}

func (f *fakeSwarm) Replace(_ context.Context, name string, _ swarm.Record, value string) (swarm.Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.records[name] = value
	return swarm.Record{Value: value}, nil
}

func (*fakeSwarm) Take(context.Context, json.RawMessage, time.Duration, func(error)) (*swarm.Lease, error) {
	return &swarm.Lease{}, nil
}

func (*fakeSwarm) ControlSubnet(context.Context) (string, error) { return "10.0.9.0/24", nil }

func (f *fakeSwarm) Configure(_ context.Context, _ compose.Kind, files map[string]string, hash string) error {
	f.configured = strings.Join(slices.Sorted(maps.Keys(files)), " ")
	f.hash = hash
	return nil
}

func (f *fakeSwarm) SettingsHash(context.Context) (string, error) { return f.hash, nil }
func (f *fakeSwarm) ReplaceSettings(context.Context) error        { return f.replaced }

// Control is the process that asks (see session/fan.sh).
func (f *fakeSwarm) Control(context.Context, []string) (compose.Stream, error) {
	requests, in := io.Pipe()
	out, replies := io.Pipe()
	go func() {
		var mu sync.Mutex
		tell := func(text string) {
			mu.Lock()
			defer mu.Unlock()
			_, _ = io.WriteString(replies, text)
		}
		tell("=ok bluegreen-fan\n")
		lines := bufio.NewScanner(requests)
		for lines.Scan() {
			words := strings.SplitN(lines.Text(), " ", 4)
			go func() { // each answer by itself, as there
				said, answered := f.answer(words[1], words[2], words[3])
				if !answered {
					return
				}
				var text strings.Builder
				for line := range strings.Lines(said) {
					text.WriteString(words[0] + " " + line)
				}
				tell(text.String() + words[0] + "=ok\n")
			}()
		}
		_ = replies.Close()
	}()
	return &stream{Writer: in, out: out, end: func() { _, _ = in.Close(), replies.Close() }}, nil
}

func (f *fakeSwarm) answer(address, port, line string) (said string, answered bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range f.instances {
		if i.Address != address || port != fmt.Sprint(controlPort) || i.silent {
			continue
		}
		said := i.ask(line)
		if i.deaf > 0 && strings.Contains(line, "add map") {
			i.deaf--
			return "", false
		}
		return said, true
	}
	return "", false
}

type stream struct {
	io.Writer
	out io.Reader
	end func()
}

func (s *stream) Stdout() io.Reader { return s.out }
func (*stream) Stderr() string      { return "" }
func (s *stream) Close() error      { s.end(); return nil }

// swarmModel is a project with one pair on a Swarm.
func swarmModel() compose.Model {
	m := compose.Model{
		Name: "shop", Engine: compose.Swarm, Proxy: volume, Preview: compose.PreviewOff,
		Pairs: []compose.Pair{pair("web", 2, compose.Route{Port: 8080, Health: "/healthz", Mode: compose.HTTP, Listen: 80})},
	}
	return m
}

// onNode is an instance that serves blue by its environment.
func onNode(n int) *instance {
	return &instance{
		Instance: compose.Instance{
			ID: fmt.Sprint("t", n), Node: fmt.Sprint("node-", n), Address: fmt.Sprint("10.0.9.", n), State: compose.InstanceRunning, Status: "Running",
		},
		environment: "blue", backends: []string{"web_blue", "web_green", "bluegreen_control"},
	}
}

// switching is a test of the fleet.
type switching struct {
	*fakeSwarm
	*fleet
	events []compose.Event
}

// onFleet runs a test with the lock held on a project of which blue is active, in
// a time of its own.
func onFleet(t *testing.T, instances []*instance, test func(t *testing.T, s *switching)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		text, err := json.Marshal(switcher.Routing{Active: compose.Blue})
		assert.NilError(t, err)
		f := &fakeSwarm{
			instances: instances, records: map[string]string{},
			labels: map[string]string{swarm.ActiveLabel: "blue", swarm.RoutingLabel: string(text)},
		}
		s := &switching{fakeSwarm: f}
		var mu sync.Mutex
		doors := FleetDoors{cluster.NewDoor(f, "shop", func(e compose.Event) {
			mu.Lock()
			defer mu.Unlock()
			s.events = append(s.events, e)
		})}
		line, err := doors.Enter(t.Context(), compose.Container{Service: "lb"})
		assert.NilError(t, err)
		s.fleet = line.(*fleet)
		assert.NilError(t, s.SaveModel(t.Context(), swarmModel()))
		assert.NilError(t, s.Acquire(t.Context(), switcher.Holder{Who: "ann"}, 0))
		defer func() {
			if fan, err := s.Fan(context.WithoutCancel(t.Context())); err == nil {
				_ = fan.Close()
			}
		}()
		test(t, s)
	})
}

// toGreen is the routing after a switch.
var toGreen = switcher.Routing{Active: compose.Green, Previous: compose.Blue}

// notTold asserts that no instance was to change anything.
func (s *switching) notTold(t *testing.T) {
	t.Helper()
	for _, i := range s.instances {
		assert.Equal(t, len(i.told), 0, "%s: %v", i.Node, i.told)
	}
}

// degraded lists the nodes that were told to be lost.
func (s *switching) degraded() []string {
	var all []string
	for _, e := range s.events {
		if e.Status == compose.Warning && strings.HasPrefix(e.Text, "degraded: ") {
			all = append(all, e.Subject)
		}
	}
	return all
}
