package switcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// checkEngine has commands end as their words say.
type checkEngine struct {
	Engine
	containers []compose.Container
	ran        []string
}

func (e *checkEngine) Observe(context.Context) ([]compose.Container, error) { return e.containers, nil }

func (*checkEngine) Explain(_ context.Context, f []compose.Failure) []compose.Failure { return f }

func (e *checkEngine) Call(_ context.Context, c compose.Container, line string, env []string, out io.Writer) error {
	e.ran = append(e.ran, c.Name+" "+line+" "+env[1])
	_, _ = io.WriteString(out, "one\ntwo")
	if strings.HasPrefix(line, "fail") {
		return errors.New("exited with code 3")
	}
	return nil
}

func (e *checkEngine) Program(ctx context.Context, c compose.Container, args, _ []string, _ io.Writer) error {
	e.ran = append(e.ran, c.Name+" "+strings.Join(args, "|"))
	<-ctx.Done()
	return ctx.Err()
}

// Once runs to its time limit, and fails as an engine's one-shot service does.
func (e *checkEngine) Once(ctx context.Context, _ *compose.Project, service string, env []string, _ io.Writer) error {
	e.ran = append(e.ran, service+" "+env[1])
	<-ctx.Done()
	return fmt.Errorf("run %s: %w", service, ctx.Err())
}

// checkDoors leads every connection to a server, and remembers the ports.
type checkDoors struct {
	Doors
	server *httptest.Server
}

func (d checkDoors) Dial(ctx context.Context, _ string, _ int) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", d.server.Listener.Addr().String())
}

// checkLine is a proxy with a preview.
type checkLine struct{ Control }

func (checkLine) Previews(context.Context, compose.Model) (bool, error) { return true, nil }
func (checkLine) Token(context.Context) (string, error)                 { return "secret", nil }
func (checkLine) Secure(context.Context, compose.Model) ([]int, error)  { return nil, nil }

// checking is a runner whose colours are served by a handler.
func checking(t *testing.T, handler http.HandlerFunc) (*runner, *checkEngine, *[]string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	engine := &checkEngine{containers: running().Containers}
	var said []string
	var saying sync.Mutex // requests are made beside each other
	report := func(e compose.Event) {
		saying.Lock()
		defer saying.Unlock()
		said = append(said, strings.TrimSpace(string(e.Status)+" "+e.Subject+" "+e.Text))
	}
	v := &visit{Switcher: &Switcher{Project: "hello", Engine: engine, Doors: checkDoors{server: server}, Report: report}, line: checkLine{}}
	return &runner{visit: v, model: model()}, engine, &said
}

func TestACheckAsksAsVisitorsDo(t *testing.T) {
	r, _, _ := checking(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set(compose.ColourHeader, r.Header.Get(compose.ColourHeader))
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, strings.Join([]string{r.Method, r.Host, r.RequestURI, r.Header.Get(compose.PreviewHeader), r.Header.Get("X-A"), string(body)}, " "))
	})
	for i, p := range r.model.Pairs {
		route := p.Routes[compose.Green]
		route.Host, route.Path = "shop.example.com", "/api"
		r.model.Pairs[i].Routes[compose.Green] = route
	}
	results, err := r.checkAll(t.Context(), compose.Green, []compose.Check{
		{Pair: "web", Path: "/orders?a=b", Status: 201, Text: "GET shop.example.com /api/orders?a=b secret"},
		{Pair: "web", Path: "/api", Text: "GET shop.example.com /api secret"},
		{Pair: "web", Path: "/", Body: "b o d y", Headers: map[string]string{"X-A": "1", "Host": "other"}, Text: "POST other /api/ secret 1 b o d y"},
		{Pair: "web", Path: "/%zz"},
		{Pair: "web", Path: "/", Method: "PUT", Status: 200},
	})
	assert.NilError(t, err)
	var why []string
	for _, result := range results {
		why = append(why, result.Name+": "+result.Why)
	}
	assert.DeepEqual(t, why, []string{
		"GET /orders?... of web: ", "GET /api of web: ", "POST / of web: ",
		`GET /%zz of web: cannot be asked for: invalid URL escape "%zz"`,
		"PUT / of web: is answered 201, want 200",
	})
	assert.Equal(t, results[0].Request, "GET http://shop.example.com/api/orders")
	assert.Equal(t, strings.Contains(results[4].Answer[0], "PUT"), true)
}

// Where the proxy ends TLS, a check begins it, by the route's host.
func TestACheckSpeaksTLSWhereTheProxyEndsIt(t *testing.T) {
	var asked string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.TLS.ServerName
		w.Header().Set(compose.ColourHeader, "green")
	}))
	t.Cleanup(server.Close)
	m := model()
	pair, _ := m.Pair("web")
	route := pair.Routes[compose.Green]
	route.Host = "shop.example.com"
	pair.Routes[compose.Green] = route
	w := way{
		model: m, colour: compose.Green, secure: []int{route.Listen},
		dial: func(ctx context.Context, _ int) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", server.Listener.Addr().String())
		},
	}
	result := w.ask(t.Context(), compose.Check{Pair: "web", Path: "/"})
	assert.Equal(t, result.Why, "")
	assert.Equal(t, result.Request, "GET https://shop.example.com/")
	assert.Equal(t, asked, "shop.example.com")
}

// All checks that failed are told, with the containers of their pairs; commands
// run in their order, also when requests have failed.
func TestAllFailuresAreTold(t *testing.T) {
	r, engine, _ := checking(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(compose.ColourHeader, "green")
		w.WriteHeader(http.StatusInternalServerError)
	})
	err := r.check(t.Context(), Step{Colour: compose.Green, Checks: []compose.Check{
		{Pair: "web", Exec: compose.Command{Line: "fail --token abc"}},
		{Pair: "web", Path: "/"},
		{Pair: "web", Exec: compose.Command{Args: []string{"/app", "wait"}}, Timeout: time.Millisecond},
		{Pair: "web", Exec: compose.Command{Line: "PASSWORD=abc well"}},
		{Pair: "web", Run: "smoke", Timeout: time.Millisecond},
	}})
	var failed *CheckError
	assert.Assert(t, errors.As(err, &failed), "%v", err)
	assert.Error(t, err, "4 of 5 checks of green failed: fail in web exited with code 3; GET / of web is answered 500, want 200 to 299; "+
		"/app in web took longer than 1ms, its time limit; smoke for web took longer than 1ms, its time limit")
	assert.DeepEqual(t, r.examined, &Checked{Passed: 1, Of: 5})
	assert.DeepEqual(t, failed.Failed[0].Answer, []string{"one", "two"})
	assert.DeepEqual(t, engine.ran, []string{
		"hello-web-green-1 fail --token abc BLUEGREEN_COLOUR=green", "hello-web-green-1 /app|wait",
		"hello-web-green-1 PASSWORD=abc well BLUEGREEN_COLOUR=green", "smoke BLUEGREEN_COLOUR=green",
	})
	assert.Check(t, len(failed.Containers) > 0 && failed.Containers[0].Container == "hello-web-green-1", "%v", failed.Containers)
}

func TestACheckIsTriedAgain(t *testing.T) {
	var asked atomic.Int32
	r, _, said := checking(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(compose.ColourHeader, "green")
		switch asked.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			<-r.Context().Done()
		}
	})
	results, err := r.checkAll(t.Context(), compose.Green, []compose.Check{
		{Pair: "web", Path: "/", Retries: 5, Interval: time.Millisecond, Timeout: 300 * time.Millisecond},
	})
	assert.NilError(t, err)
	assert.Equal(t, results[0].Tries, 3)
	assert.Equal(t, results[0].Why, "")
	assert.DeepEqual(t, (*said)[:3], []string{
		"working GET / of web", "working GET / of web is answered 503, want 200 to 299, try 1 of 6",
		"working GET / of web has no whole answer after 300ms, its time limit, try 2 of 6",
	})
}

func TestAnInterruptedCheckIsNoFailedOne(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, _, _ := checking(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	err := r.check(ctx, Step{Colour: compose.Green, Checks: []compose.Check{{Pair: "web", Path: "/"}}})
	assert.ErrorIs(t, err, context.Canceled)
}

func TestChecksStandBeforeTheCommit(t *testing.T) {
	checks := []compose.Check{{Pair: "web", Path: "/orders"}, {Pair: "web", Exec: compose.Command{Args: []string{"/app", "--password", "abc"}}}}
	plan, err := planSwitch(running().State, move{By: by, Checks: checks})
	assert.NilError(t, err)
	assert.Equal(t, plan.Steps[0].String(), "check green: GET /orders of web, /app in web")
	assert.Equal(t, plan.Steps[1].Action, DoCommit)
	plan, err = planSwitch(running().State, move{To: compose.Blue, By: by, Checks: checks})
	assert.NilError(t, err)
	assert.Check(t, plan.Empty(), "%s", plan)

	first := wants(compose.Blue, "hello:v1", 2)
	first.Checks = checks
	plan, err = planUp(State{Project: "hello", Outdated: true}, first, by)
	assert.NilError(t, err)
	last := plan.Steps[len(plan.Steps)-3:]
	assert.DeepEqual(t, []Action{last[0].Action, last[1].Action, last[2].Action}, []Action{DoReady, DoCheck, DoCommit})
}

// Where the file cannot be read, a switch ends only when the last `up` knew of
// checks.
func TestChecksOfAFileThatCannotBeRead(t *testing.T) {
	broken := func(context.Context) (*compose.Project, error) { return nil, errors.New("it is gone") }
	for _, test := range []struct {
		verb    string
		checked bool
		o       Options
		want    string
	}{
		{Switch, true, Options{}, "switch: the project has checks, and they cannot be read: it is gone"},
		{Switch, false, Options{}, ""},
		{Switch, true, Options{NoChecks: true}, ""},
		{Rollback, true, Options{}, ""},
		{Stop, true, Options{}, ""},
	} {
		m := model()
		m.Checked = test.checked
		v := &visit{Switcher: &Switcher{Hooked: broken}, sign: Signature{Action: test.verb}, state: State{Model: &m}}
		err := v.readChecks(t.Context(), test.o)
		if test.want == "" {
			assert.NilError(t, err)
			continue
		}
		assert.Error(t, err, test.want)
	}
}

// The first visitors of a canary are sent to a colour that has been checked;
// more of them to the same one are not.
func TestChecksStandBeforeTheFirstShare(t *testing.T) {
	checks := []compose.Check{{Pair: "web", Path: "/"}}
	plan, err := planCanary(running().State, 10, by)
	assert.NilError(t, err)
	plan.checkBefore(DoShare, compose.Green, checks)
	var actions []Action
	for _, s := range plan.Steps {
		actions = append(actions, s.Action)
	}
	assert.DeepEqual(t, actions, []Action{DoCheck, DoShare})
	nothing := Plan{Nothing: "it has that share"}
	nothing.checkBefore(DoShare, compose.Green, checks)
	assert.Check(t, nothing.Empty())
}
