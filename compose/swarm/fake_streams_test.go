package swarm

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	moby "github.com/moby/moby/api/types/events"
	api "github.com/moby/moby/api/types/swarm"
)

// recorder is an answer, which may have no end.
type recorder struct {
	*httptest.ResponseRecorder
	rest *tape
}

func (r *recorder) result() *http.Response {
	w := r.Result()
	if r.rest != nil {
		w.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(w.Body, r.rest), w.Body}
	}
	return w
}

// tape is what comes later of an answer, until whoever has asked goes away.
type tape struct {
	ctx    context.Context //nolint:containedctx // of the request that it answers
	comes  chan []byte
	unread []byte
}

// stay leaves an answer open.
func stay(w http.ResponseWriter, r *http.Request) *tape {
	t := &tape{ctx: r.Context(), comes: make(chan []byte, 100)}
	w.(*recorder).rest = t //nolint:forcetypeassert // who streams is asked within the process
	return t
}

func (t *tape) Read(p []byte) (int, error) {
	if len(t.unread) == 0 {
		select {
		case t.unread = <-t.comes:
		case <-t.ctx.Done():
			return 0, t.ctx.Err()
		}
	}
	n := copy(p, t.unread)
	t.unread = t.unread[n:]
	return n, nil
}

// watcher is who hears of what happens.
type watcher struct {
	tape *tape
	// event and saying put what happens into the stream's form; nil for
	// nothing.
	event  func(moby.Message) []byte
	saying func(saying) []byte
}

// saying is a line that a task wrote.
type saying struct {
	task, service, node string
	at                  time.Time
	stream              stdcopy.StdType
	text                string
}

// wrote and moaned are lines that a task writes to its outputs.
func wrote(text string) saying  { return saying{stream: stdcopy.Stdout, text: text} }
func moaned(text string) saying { return saying{stream: stdcopy.Stderr, text: text} }

// write has a task write a line now.
func (f *fakeSwarm) write(t api.Task, s saying) {
	s.task, s.service, s.node, s.at = t.ID, t.ServiceID, t.NodeID, time.Now()
	f.said = append(f.said, s)
	for _, w := range f.watchers {
		if w.saying != nil {
			if text := w.saying(s); text != nil {
				w.tape.comes <- text
			}
		}
	}
}

func tty(s api.TaskSpec) bool { return s.ContainerSpec.TTY }

// serveLogs tells what was said, as the engine's httputils.WriteLogStream does.
func (f *fakeSwarm) serveLogs(w http.ResponseWriter, r *http.Request, raw bool, of func(saying) bool) {
	query := r.URL.Query()
	seconds, _ := strconv.ParseFloat(query.Get("since"), 64)
	since := time.Unix(0, int64(seconds*float64(time.Second)))
	form := func(s saying) []byte {
		if !of(s) || s.at.Before(since) || s.stream == stdcopy.Stdout && query.Get("stdout") == "" || s.stream == stdcopy.Stderr && query.Get("stderr") == "" {
			return nil
		}
		line := s.text + "\n"
		if query.Get("details") != "" && s.stream != stdcopy.Systemerr {
			line = fmt.Sprintf("com.docker.swarm.node.id=%s,com.docker.swarm.service.id=%s,com.docker.swarm.task.id=%s %s", s.node, s.service, s.task, line)
		}
		if query.Get("timestamps") != "" && s.stream != stdcopy.Systemerr {
			line = s.at.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") + " " + line
		}
		if raw {
			return []byte(line)
		}
		return frame(s.stream, line)
	}
	left := map[string]int{} // how many lines of each task are not its last ones
	if tail, err := strconv.Atoi(query.Get("tail")); err == nil {
		for _, s := range f.said {
			if form(s) != nil {
				left[s.task]++
			}
		}
		for task := range left {
			left[task] -= tail
		}
	}
	for _, s := range f.said {
		text := form(s)
		if text == nil {
			continue
		}
		if left[s.task]--; left[s.task] < 0 {
			_, _ = w.Write(text)
		}
	}
	if query.Get("follow") != "" {
		f.watchers = append(f.watchers, watcher{tape: stay(w, r), saying: form})
	}
}

// frame is a piece of one of several outputs on one connection.
func frame(stream stdcopy.StdType, text string) []byte {
	head := make([]byte, 8)
	head[0] = byte(stream)
	binary.BigEndian.PutUint32(head[4:], uint32(len(text))) //nolint:gosec // a line
	return append(head, text...)
}

// publish tells of a change of a service. Of a service, an event has the name
// alone, and no labels (moby, daemon/events.go, logServiceEvent).
func (f *fakeSwarm) publish(action moby.Action, s *api.Service) {
	f.happen(moby.Message{Type: moby.ServiceEventType, Action: action, Scope: "swarm", Actor: moby.Actor{
		ID: s.ID, Attributes: map[string]string{"name": s.Spec.Name},
	}})
}

func (f *fakeSwarm) happen(m moby.Message) {
	for _, w := range f.watchers {
		if w.event != nil {
			if text := w.event(m); text != nil {
				w.tape.comes <- text
			}
		}
	}
}

// isOf finds a service's tasks.
func (f *fakeSwarm) isOf(service string) func(api.Task) bool {
	return func(t api.Task) bool {
		s := f.services[t.ServiceID]
		return s != nil && s.Spec.Name == "shop_"+service
	}
}

// happening has something happen without the API.
func (f *fakeSwarm) happening(what func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	what()
}

// serveEvents tells of what is asked for, as the engine's daemon/events/filter.go
// does: labels are looked for among an event's attributes, and the name of what
// it is about may begin with the one that is asked for.
func (f *fakeSwarm) serveEvents(w http.ResponseWriter, r *http.Request) {
	var terms map[string]map[string]bool
	_ = json.Unmarshal([]byte(r.URL.Query().Get("filters")), &terms)
	form := func(m moby.Message) []byte {
		if len(terms["type"]) > 0 && !terms["type"][string(m.Type)] {
			return nil
		}
		for label := range terms["label"] {
			key, value, _ := strings.Cut(label, "=")
			if m.Actor.Attributes[key] != value {
				return nil
			}
		}
		named := len(terms["service"]) == 0
		for name := range terms["service"] {
			named = named || m.Type == moby.ServiceEventType && (strings.HasPrefix(m.Actor.ID, name) || strings.HasPrefix(m.Actor.Attributes["name"], name))
		}
		if !named {
			return nil
		}
		text, _ := json.Marshal(m)
		return append(bytes.TrimSpace(text), '\n')
	}
	f.watchers = append(f.watchers, watcher{tape: stay(w, r), event: form})
}
