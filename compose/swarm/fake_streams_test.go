package swarm

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

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
	ctx    context.Context // of the request that it answers
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

// happening has something happen without the API.
func (f *fakeSwarm) happening(what func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	what()
}

// serveEvents tells of what is asked for, as the engine's daemon/events/filter.go
// does: labels are looked for among an event's attributes, and the name of what
// it is about, whatever it is, may begin with the one that is asked for.
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
			named = named || strings.HasPrefix(m.Actor.ID, name) || strings.HasPrefix(m.Actor.Attributes["name"], name)
		}
		if !named {
			return nil
		}
		text, _ := json.Marshal(m)
		return append(bytes.TrimSpace(text), '\n')
	}
	f.watchers = append(f.watchers, watcher{tape: stay(w, r), event: form})
}
