package swarm

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/cli/cli/command"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/moby/moby/api/types/network"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// fakeSwarm is a model of a Swarm behind the engine's HTTP API, as far as this
// package asks it. It answers within the process, without connections: so it
// stands in the bubbles of testing/synctest, where time costs nothing.
//
// Its orchestrator works when somebody looks: services get the tasks that they
// should have, which run at once.
type fakeSwarm struct {
	mu       sync.Mutex
	index    uint64
	ids      int
	services map[string]*api.Service
	tasks    []api.Task
	nodes    []api.Node
	configs  map[string]*api.Config
	secrets  map[string]*api.Secret
	networks map[string]*network.Network
	log      []string // what was changed
	said     []saying // what the tasks wrote
	watchers []watcher

	// before sees each request before it is answered, and may answer it.
	before func(http.ResponseWriter, *http.Request) (answered bool)
	// idle keeps the orchestrator from working.
	idle bool
	// broken are images whose tasks fail.
	broken map[string]bool
	// working are images whose jobs do not end.
	working map[string]bool
	// words are what the tasks of an image write as soon as they run.
	words map[string][]saying
	// ending is how long a task runs that is not wanted any more.
	ending time.Duration
}

func newFake() *fakeSwarm {
	f := &fakeSwarm{
		services: map[string]*api.Service{}, configs: map[string]*api.Config{}, secrets: map[string]*api.Secret{},
		networks: map[string]*network.Network{}, broken: map[string]bool{},
		working: map[string]bool{}, words: map[string][]saying{},
	}
	for n := 1; n <= 3; n++ {
		f.nodes = append(f.nodes, api.Node{
			ID: fmt.Sprintf("n%d", n), Description: api.NodeDescription{Hostname: fmt.Sprintf("node-%d", n)},
			Status: api.NodeStatus{State: api.NodeStateReady, Addr: fmt.Sprintf("192.168.0.%d", n)},
		})
	}
	return f
}

// stub is a command line whose engine is the fake.
type stub struct {
	command.Cli
	client *client.Client
}

func (s stub) Client() client.APIClient         { return s.client }
func (stub) ConfigFile() *configfile.ConfigFile { return configfile.New("") }
func (f *fakeSwarm) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := &recorder{ResponseRecorder: httptest.NewRecorder()}
	f.ServeHTTP(w, r)
	return w.result(), nil
}

// events collects what is reported.
type events struct {
	mu  sync.Mutex
	all []compose.Event
}

func (e *events) take(event compose.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
}

func (e *events) texts() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var texts []string
	for _, event := range e.all {
		texts = append(texts, strings.TrimSpace(fmt.Sprintf("%s %s: %s", event.Step, event.Subject, event.Text)))
	}
	return texts
}

// engine is one command's engine on the fake.
func (f *fakeSwarm) engine(t *testing.T, source *compose.Project) *Engine {
	t.Helper()
	return f.reporting(t, source, nil)
}

func (f *fakeSwarm) reporting(t *testing.T, source *compose.Project, report compose.Reporter) *Engine {
	t.Helper()
	e := New(stub{client: clientOn(t, f)}, "shop", source, report)
	e.patience = &patience{}                                     // a fake elects nobody
	e.prove = func(context.Context, string) error { return nil } // and enters a container only by a connection: see connected
	return e
}

func (f *fakeSwarm) next() api.Meta {
	f.index++
	now := time.Now()
	return api.Meta{Version: api.Version{Index: f.index}, CreatedAt: now, UpdatedAt: now}
}

func (f *fakeSwarm) id(kind string) string {
	f.ids++
	return fmt.Sprintf("%s%d", kind, f.ids)
}

// add makes a service without the API.
func (f *fakeSwarm) add(spec api.ServiceSpec) *api.Service {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &api.Service{ID: f.id("s"), Meta: f.next(), Spec: spec}
	f.services[s.ID] = s
	return s
}

// addProxy makes a proxy's service with an instance on each node.
func (f *fakeSwarm) addProxy(labels map[string]string) *api.Service {
	all := map[string]string{
		stackLabel: "shop", serviceLabel: "lb", compose.ProxyLabel: string(compose.HAProxy), hashLabel: "made", replicasLabel: "1",
		settingsLabel: "settings-1",
	}
	for k, v := range labels {
		all[k] = v
	}
	return f.add(api.ServiceSpec{
		Annotations:  api.Annotations{Name: "shop_lb", Labels: all},
		Mode:         api.ServiceMode{Global: &api.GlobalService{}},
		TaskTemplate: api.TaskSpec{ContainerSpec: &api.ContainerSpec{Image: "haproxy:3.2"}},
	})
}

// addReplicated makes a service with replicas.
func (f *fakeSwarm) addReplicated(name string, replicas uint64, labels map[string]string) *api.Service {
	all := map[string]string{stackLabel: "shop", serviceLabel: name, hashLabel: "made", replicasLabel: strconv.FormatUint(replicas, 10)}
	for k, v := range labels {
		all[k] = v
	}
	return f.add(api.ServiceSpec{
		Annotations:  api.Annotations{Name: "shop_" + name, Labels: all},
		Mode:         api.ServiceMode{Replicated: &api.ReplicatedService{Replicas: &replicas}},
		TaskTemplate: api.TaskSpec{ContainerSpec: &api.ContainerSpec{Image: "web:1"}},
	})
}

// service is what the Swarm has now of a service; nil for none.
func (f *fakeSwarm) service(name string) *api.Service {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.services {
		if s.Spec.Name == "shop_"+name {
			now := *s
			return &now
		}
	}
	return nil
}

// changes are the requests that changed something, and forgets them.
func (f *fakeSwarm) changes() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log = nil
	return log
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (f *fakeSwarm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/v1.41")
	if f.before != nil && f.before(w, r) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		f.log = append(f.log, r.Method+" "+r.URL.Path)
	}
	switch path[0] {
	case "_ping":
	case "info":
		answer(w, http.StatusOK, map[string]any{"Name": "node-1", "Swarm": map[string]any{"NodeID": "n1"}})
	case "services":
		f.serveServices(w, r, path[1:])
	case "tasks":
		f.serveTasks(w, r, path[1:])
	case "events":
		f.serveEvents(w, r)
	case "containers":
		f.serveContainers(w, r, path[1:])
	case "exec":
		f.serveExec(w, r, path[1:])
	case "nodes":
		answer(w, http.StatusOK, f.nodes)
	case "configs":
		f.serveConfigs(w, r, path[1:])
	case "secrets":
		f.serveSecrets(w, r, path[1:])
	case "networks":
		f.serveNetworks(w, r, path[1:])
	default:
		refuse(w, http.StatusNotFound, "page not found: "+r.URL.Path)
	}
}

// filter is what a list is asked for.
func filter(r *http.Request) (labels, names []string) {
	var terms map[string]map[string]bool
	_ = json.Unmarshal([]byte(r.URL.Query().Get("filters")), &terms)
	for label := range terms["label"] {
		labels = append(labels, label)
	}
	for name := range terms["name"] {
		names = append(names, name)
	}
	return labels, names
}

// meant tells that something of a name and labels is asked for. A Swarm finds
// what begins with a name.
func meant(r *http.Request, name string, has map[string]string) bool {
	labels, names := filter(r)
	for _, label := range labels {
		key, value, _ := strings.Cut(label, "=")
		if has[key] != value {
			return false
		}
	}
	return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(name, n) })
}

// stale answers a change of what has changed since it was read.
func stale(w http.ResponseWriter, r *http.Request, now api.Version) bool {
	if r.URL.Query().Get("version") == now.String() {
		return false
	}
	refuse(w, http.StatusInternalServerError, "rpc error: code = Unknown desc = update out of sequence")
	return true
}

func (f *fakeSwarm) serveServices(w http.ResponseWriter, r *http.Request, path []string) {
	switch {
	case len(path) == 0:
		list := []api.Service{}
		f.orchestrate()
		for _, s := range f.services {
			if meant(r, s.Spec.Name, s.Spec.Labels) {
				list = append(list, *s)
			}
		}
		answer(w, http.StatusOK, list)
	case path[0] == "create":
		s := &api.Service{ID: f.id("s"), Meta: f.next()}
		_ = json.NewDecoder(r.Body).Decode(&s.Spec)
		for _, other := range f.services {
			if other.Spec.Name == s.Spec.Name {
				refuse(w, http.StatusConflict, "rpc error: code = AlreadyExists desc = name conflicts with an existing object")
				return
			}
		}
		f.services[s.ID] = s
		f.publish("create", s)
		answer(w, http.StatusCreated, map[string]string{"ID": s.ID})
	case f.services[path[0]] == nil:
		refuse(w, http.StatusNotFound, "service "+path[0]+" not found")
	case r.Method == http.MethodDelete:
		f.remove(f.services[path[0]])
	case len(path) == 2 && path[1] == "logs":
		f.serveLogs(w, r, tty(f.services[path[0]].Spec.TaskTemplate), func(s saying) bool { return s.service == path[0] })
	case r.Method == http.MethodGet:
		answer(w, http.StatusOK, f.services[path[0]])
	default:
		s := f.services[path[0]]
		if stale(w, r, s.Version) {
			return
		}
		var spec api.ServiceSpec
		_ = json.NewDecoder(r.Body).Decode(&spec)
		made := s.CreatedAt
		s.PreviousSpec, s.Spec, s.Meta, s.UpdateStatus = &s.Spec, spec, f.next(), nil
		former := *s.PreviousSpec
		s.PreviousSpec = &former
		s.CreatedAt = made
		f.publish("update", s)
		answer(w, http.StatusOK, map[string]any{})
	}
}

// remove takes a service away; its tasks end by and by.
func (f *fakeSwarm) remove(s *api.Service) {
	delete(f.services, s.ID)
	f.publish("remove", s)
	for i := range f.tasks {
		if f.tasks[i].ServiceID == s.ID {
			f.end(&f.tasks[i])
		}
	}
}

func (f *fakeSwarm) end(t *api.Task) {
	if t.DesiredState == api.TaskStateRunning || t.DesiredState == api.TaskStateComplete {
		t.DesiredState, t.UpdatedAt = api.TaskStateShutdown, time.Now()
	}
}

func image(s api.TaskSpec) string { return s.ContainerSpec.Image }

// orchestrate gives services the tasks that they should have, and ends others.
func (f *fakeSwarm) orchestrate() {
	if f.idle {
		return
	}
	for _, s := range f.services {
		changed := false
		for i := range f.tasks {
			t := &f.tasks[i]
			if t.ServiceID != s.ID || t.DesiredState != api.TaskStateRunning {
				continue
			}
			switch {
			case f.surplus(s, *t):
				f.end(t)
			case !equalSpecs(t.Spec, s.Spec.TaskTemplate):
				f.end(t)
				changed = true
			}
		}
		paused := s.UpdateStatus != nil && s.UpdateStatus.State == api.UpdateStatePaused
		if !paused {
			f.fill(s)
		}
		if began := time.Now(); changed {
			s.UpdateStatus = &api.UpdateStatus{State: api.UpdateStateCompleted, StartedAt: &began}
			if f.broken[image(s.Spec.TaskTemplate)] {
				s.UpdateStatus.State, s.UpdateStatus.Message = api.UpdateStatePaused, "update paused due to failure or early termination of task"
				before := began.Add(-time.Millisecond)
				s.UpdateStatus.StartedAt = &before
			}
		}
	}
	f.tasks = slices.DeleteFunc(f.tasks, func(t api.Task) bool {
		past := t.Status.State == api.TaskStateFailed || t.Status.State == api.TaskStateComplete
		kept := past && f.services[t.ServiceID] != nil // to be looked at
		return t.DesiredState == api.TaskStateShutdown && time.Since(t.UpdatedAt) >= f.ending && !kept
	})
}

func equalSpecs(a, b api.TaskSpec) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func (f *fakeSwarm) surplus(s *api.Service, t api.Task) bool {
	return s.Spec.Mode.Replicated != nil && t.Slot > int(*s.Spec.Mode.Replicated.Replicas) //nolint:gosec // a number of replicas
}

// fill makes the tasks that a service lacks.
func (f *fakeSwarm) fill(s *api.Service) {
	has := map[string]bool{}
	for _, t := range f.tasks {
		if t.ServiceID == s.ID && t.DesiredState != api.TaskStateShutdown {
			has[slotKey(t)] = true
		}
	}
	wants := []api.Task{}
	switch mode := s.Spec.Mode; {
	case mode.Replicated != nil:
		for n := 1; n <= int(*mode.Replicated.Replicas); n++ { //nolint:gosec // a number of replicas
			wants = append(wants, api.Task{Slot: n, NodeID: f.nodes[(n-1)%len(f.nodes)].ID})
		}
	case mode.Global != nil:
		for _, n := range f.nodes {
			wants = append(wants, api.Task{NodeID: n.ID})
		}
	case mode.ReplicatedJob != nil:
		for n := 1; n <= int(*mode.ReplicatedJob.TotalCompletions); n++ { //nolint:gosec // a number of tasks
			wants = append(wants, api.Task{Slot: n, NodeID: f.nodes[(n-1)%len(f.nodes)].ID})
		}
	case mode.GlobalJob != nil:
		for _, n := range f.nodes {
			wants = append(wants, api.Task{NodeID: n.ID})
		}
	}
	for _, t := range wants {
		t.ServiceID = s.ID
		if !has[slotKey(t)] {
			t.ID, t.Meta, t.Spec, t.Labels = f.id("t"), f.next(), s.Spec.TaskTemplate, s.Spec.Labels
			f.run(s, &t)
			f.tasks = append(f.tasks, t)
		}
	}
}

// run starts a task, and ends one that is a job's.
func (f *fakeSwarm) run(s *api.Service, t *api.Task) {
	t.DesiredState = api.TaskStateRunning
	t.Status = api.TaskStatus{State: api.TaskStateRunning, ContainerStatus: &api.ContainerStatus{ContainerID: "c-" + t.ID}}
	if isJob(*s) {
		if t.DesiredState = api.TaskStateComplete; !f.working[image(t.Spec)] {
			t.Status.State = api.TaskStateComplete
		}
	}
	if f.broken[image(t.Spec)] {
		t.Status = api.TaskStatus{State: api.TaskStateFailed, Err: "task: non-zero exit (1)", ContainerStatus: &api.ContainerStatus{ExitCode: 1}}
	}
	for _, word := range f.words[image(t.Spec)] {
		f.write(*t, word)
	}
}

func (f *fakeSwarm) serveTasks(w http.ResponseWriter, r *http.Request, path []string) {
	f.orchestrate()
	if len(path) == 2 && path[1] == "logs" {
		i := slices.IndexFunc(f.tasks, func(t api.Task) bool { return t.ID == path[0] })
		if i < 0 {
			refuse(w, http.StatusNotFound, "task "+path[0]+" not found")
			return
		}
		f.serveLogs(w, r, tty(f.tasks[i].Spec), func(s saying) bool { return s.task == path[0] })
		return
	}
	of, known := f.filterService(r)
	if !known {
		refuse(w, http.StatusNotFound, "service "+of+" not found")
		return
	}
	list := []api.Task{}
	for _, t := range f.tasks {
		if meant(r, "", t.Labels) && (of == "" || t.ServiceID == of) {
			list = append(list, t)
		}
	}
	answer(w, http.StatusOK, list)
}

// filterService is the id of the service whose tasks are asked for; "" for all.
// A Swarm looks it up first, by its whole name, and refuses one that it has not.
func (f *fakeSwarm) filterService(r *http.Request) (of string, known bool) {
	var terms map[string]map[string]bool
	_ = json.Unmarshal([]byte(r.URL.Query().Get("filters")), &terms)
	for name := range terms["service"] {
		for id, s := range f.services {
			if s.Spec.Name == name {
				return id, true
			}
		}
		return name, false
	}
	return "", true
}

func (f *fakeSwarm) serveConfigs(w http.ResponseWriter, r *http.Request, path []string) {
	switch {
	case len(path) == 0:
		list := []api.Config{}
		for _, c := range f.configs {
			if meant(r, c.Spec.Name, c.Spec.Labels) {
				list = append(list, *c)
			}
		}
		answer(w, http.StatusOK, list)
	case path[0] == "create":
		c := &api.Config{ID: f.id("c"), Meta: f.next()}
		_ = json.NewDecoder(r.Body).Decode(&c.Spec)
		for _, other := range f.configs {
			if other.Spec.Name == c.Spec.Name {
				refuse(w, http.StatusConflict, "rpc error: code = AlreadyExists desc = config "+c.Spec.Name+" already exists")
				return
			}
		}
		f.configs[c.ID] = c
		answer(w, http.StatusCreated, map[string]string{"ID": c.ID})
	case f.configs[path[0]] == nil:
		refuse(w, http.StatusNotFound, "config "+path[0]+" not found")
	case r.Method == http.MethodDelete:
		c := f.configs[path[0]]
		for _, s := range f.services {
			for _, ref := range s.Spec.TaskTemplate.ContainerSpec.Configs {
				if ref.ConfigID == c.ID {
					refuse(w, http.StatusBadRequest, "rpc error: code = InvalidArgument desc = config '"+c.Spec.Name+"' is in use by the following service: "+s.Spec.Name)
					return
				}
			}
		}
		delete(f.configs, c.ID)
		w.WriteHeader(http.StatusNoContent)
	default:
		c := f.configs[path[0]]
		if stale(w, r, c.Version) {
			return
		}
		var spec api.ConfigSpec
		_ = json.NewDecoder(r.Body).Decode(&spec)
		if string(spec.Data) != string(c.Spec.Data) {
			refuse(w, http.StatusBadRequest, "rpc error: code = InvalidArgument desc = only updates to Labels are allowed")
			return
		}
		c.Spec.Labels, c.Meta = spec.Labels, f.next()
	}
}

func (f *fakeSwarm) serveSecrets(w http.ResponseWriter, r *http.Request, path []string) {
	switch {
	case len(path) == 0:
		list := []api.Secret{}
		for _, s := range f.secrets {
			if meant(r, s.Spec.Name, s.Spec.Labels) {
				list = append(list, *s)
			}
		}
		answer(w, http.StatusOK, list)
	case path[0] == "create":
		s := &api.Secret{ID: f.id("x"), Meta: f.next()}
		_ = json.NewDecoder(r.Body).Decode(&s.Spec)
		f.secrets[s.ID] = s
		answer(w, http.StatusCreated, map[string]string{"ID": s.ID})
	default:
		delete(f.secrets, path[0])
		w.WriteHeader(http.StatusNoContent)
	}
}

func (f *fakeSwarm) serveNetworks(w http.ResponseWriter, r *http.Request, path []string) {
	switch {
	case len(path) == 0:
		list := []network.Network{}
		for _, n := range f.networks {
			if meant(r, n.Name, n.Labels) {
				list = append(list, *n)
			}
		}
		answer(w, http.StatusOK, list)
	case path[0] == "create":
		var request network.CreateRequest
		_ = json.NewDecoder(r.Body).Decode(&request)
		f.ids++
		n := &network.Network{
			ID: fmt.Sprintf("w%d", f.ids), Name: request.Name, Scope: "swarm", Driver: request.Driver, Internal: request.Internal, Labels: request.Labels,
			IPAM: network.IPAM{Config: []network.IPAMConfig{{Subnet: netip.MustParsePrefix(fmt.Sprintf("10.0.%d.0/24", f.ids))}}},
		}
		f.networks[n.ID] = n
		answer(w, http.StatusCreated, map[string]string{"Id": n.ID})
	default:
		for _, t := range f.tasks {
			for _, attached := range t.Spec.Networks {
				if n := f.networks[path[0]]; n != nil && attached.Target == n.Name {
					refuse(w, http.StatusBadRequest, "rpc error: code = FailedPrecondition desc = network "+n.Name+" is in use by task "+t.ID)
					return
				}
			}
		}
		delete(f.networks, path[0])
		w.WriteHeader(http.StatusNoContent)
	}
}

func clientOn(t *testing.T, transport http.RoundTripper) *client.Client {
	t.Helper()
	c, err := client.New(client.WithHTTPClient(&http.Client{Transport: transport}), client.WithAPIVersion("1.41"))
	assert.NilError(t, err)
	return c
}

// briefly bounds what would else go on for ever in a bubble, where time costs
// nothing and nothing ever hangs.
func briefly(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := contextFor(t, 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}
