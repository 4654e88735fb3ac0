package cluster

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/swarm"
)

// fakeSwarm is a Swarm with a proxy whose instances answer as they are told to.
type fakeSwarm struct {
	Swarm // what no test needs

	mu        sync.Mutex
	instances []compose.Instance
	// looks counts the lists of instances; look is told of each before it is made.
	looks int
	look  func(n int)
	// says is what an instance answers, by its address and what it is asked.
	says  func(address, text string) reply
	asked []string // "ADDRESS PORT TEXT"
	fans  atomic.Int32
	// dead keeps the control task from being entered.
	dead error

	records map[string]string
	races   int // how many writes lose
	writes  int
	holder  json.RawMessage
	take    func(holder json.RawMessage, wait time.Duration, lost func(error)) (*swarm.Lease, error)
}

// reply is what is seen of one question.
type reply struct {
	text    string
	refused bool
	silent  bool
	killed  bool // the process that asks ends
}

func (f *fakeSwarm) Instances(context.Context) ([]compose.Instance, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looks++
	if f.look != nil {
		f.look(f.looks)
	}
	return slices.Clone(f.instances), nil
}

func (f *fakeSwarm) Record(_ context.Context, name string) (swarm.Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return swarm.Record{Value: f.records[name]}, nil
}

func (f *fakeSwarm) Replace(_ context.Context, name string, former swarm.Record, value string) (swarm.Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes++
	if f.races > 0 {
		f.races--
		return swarm.Record{}, fmt.Errorf("write the record %s: %w", name, swarm.ErrChanged)
	}
	if f.records[name] != former.Value {
		return swarm.Record{}, swarm.ErrChanged
	}
	if f.records == nil {
		f.records = map[string]string{}
	}
	f.records[name] = value
	return swarm.Record{Value: value}, nil
}

func (f *fakeSwarm) Holder(context.Context) (json.RawMessage, error) { return f.holder, nil }

func (f *fakeSwarm) Take(_ context.Context, holder json.RawMessage, wait time.Duration, lost func(error)) (*swarm.Lease, error) {
	return f.take(holder, wait, lost)
}

// Control is the process that asks (see session/fan.sh).
func (f *fakeSwarm) Control(context.Context, []string) (compose.Stream, error) {
	if f.dead != nil {
		return nil, f.dead
	}
	f.fans.Add(1)
	requests, in := io.Pipe()
	out, replies := io.Pipe()
	s := &stream{Writer: in, out: out, end: func() { _, _ = in.Close(), replies.Close() }}
	go func() {
		var mu sync.Mutex
		tell := func(lines string) {
			mu.Lock()
			defer mu.Unlock()
			_, _ = io.WriteString(replies, lines)
		}
		tell("=ok bluegreen-fan\n")
		lines := bufio.NewScanner(requests)
		for lines.Scan() {
			id, rest, _ := strings.Cut(lines.Text(), " ")
			words := strings.SplitN(rest, " ", 3)
			go f.answer(id, words[0], words[2], rest, tell, s.end)
		}
		_ = replies.Close()
	}()
	return s, nil
}

func (f *fakeSwarm) answer(id, address, text, all string, tell func(string), end func()) {
	f.mu.Lock()
	f.asked = append(f.asked, all)
	f.mu.Unlock()
	switch said := f.says(address, text); {
	case said.killed:
		end()
	case said.silent:
	case said.refused:
		tell(id + "=err no connection to " + address + "\n")
	default:
		var lines strings.Builder
		for line := range strings.Lines(said.text) {
			lines.WriteString(id + " " + line)
		}
		tell(lines.String() + id + "=ok\n")
	}
}

func (f *fakeSwarm) questions() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(slices.Values(f.asked))
}

type stream struct {
	io.Writer
	out io.Reader
	end func()
}

func (s *stream) Stdout() io.Reader { return s.out }
func (*stream) Stderr() string      { return "" }
func (s *stream) Close() error      { s.end(); return nil }

// told collects what is reported.
type told struct {
	mu     sync.Mutex
	events []compose.Event
}

func (t *told) take(e compose.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events = append(t.events, e)
}

func (t *told) subjects() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for _, e := range t.events {
		all = append(all, e.Subject)
	}
	slices.Sort(all)
	return all
}
