package swarm

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// page is what somebody reads while it is written.
type page struct {
	mu   sync.Mutex
	text strings.Builder
}

func (p *page) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

// lines are those that have been written, sorted: tasks speak at once.
func (p *page) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := strings.Split(strings.TrimSuffix(p.text.String(), "\n"), "\n")
	slices.Sort(lines)
	return lines
}

// speaking is a project both of whose colours have said something: blue in two
// tasks.
func speaking(t *testing.T) *fakeSwarm {
	t.Helper()
	f := newFake()
	f.words["web:1"] = []saying{wrote("one"), moaned("oh"), wrote("two")}
	f.words["haproxy:3.2"] = []saying{wrote("proxying")}
	f.addReplicated("web-blue", 2, nil)
	f.addReplicated("web-green", 1, nil)
	_, err := f.controlled(t).Observe(t.Context())
	assert.NilError(t, err)
	return f
}

// logs are what was written to both outputs.
func logs(t *testing.T, f *fakeSwarm, o compose.LogOptions) (out, errs []string) {
	t.Helper()
	var o1, o2 page
	assert.NilError(t, f.engine(t, nil).Logs(t.Context(), o, &o1, &o2))
	return o1.lines(), o2.lines()
}

// Each line has its slot in front, and comes to the output to which it was
// written. The control service has nothing to say.
func TestLogsOfAllServices(t *testing.T) {
	out, errs := logs(t, speaking(t), compose.LogOptions{})
	assert.DeepEqual(t, out, []string{
		"lb.node-1   | proxying", "lb.node-2   | proxying", "lb.node-3   | proxying",
		"web-blue.1  | one", "web-blue.1  | two", "web-blue.2  | one", "web-blue.2  | two", "web-green.1 | one", "web-green.1 | two",
	})
	assert.DeepEqual(t, errs, []string{"web-blue.1  | oh", "web-blue.2  | oh", "web-green.1 | oh"})
}

// Those that are asked for are read, and the names stand as wide as theirs.
func TestLogsOfSomeServices(t *testing.T) {
	f := speaking(t)
	out, errs := logs(t, f, compose.LogOptions{Services: []string{"web-blue"}})
	assert.DeepEqual(t, out, []string{"web-blue.1 | one", "web-blue.1 | two", "web-blue.2 | one", "web-blue.2 | two"})
	assert.DeepEqual(t, errs, []string{"web-blue.1 | oh", "web-blue.2 | oh"})
	out, errs = logs(t, f, compose.LogOptions{Services: []string{"none"}})
	assert.DeepEqual(t, [][]string{out, errs}, [][]string{{""}, {""}})
}

// A task's own lines keep their order.
func TestLogsKeepTheOrderOfATask(t *testing.T) {
	f := speaking(t)
	var out page
	assert.NilError(t, f.engine(t, nil).Logs(t.Context(), compose.LogOptions{Services: []string{"web-green"}}, &out, &page{}))
	assert.Equal(t, out.text.String(), "web-green.1 | one\nweb-green.1 | two\n")
}

// A service's name may begin like the project's.
func TestLogsNameAServiceThatIsCalledLikeTheProject(t *testing.T) {
	f := newFake()
	f.words["web:1"] = []saying{wrote("one")}
	f.addReplicated("shop_web", 1, nil)
	_, err := f.engine(t, nil).Observe(t.Context())
	assert.NilError(t, err)
	out, _ := logs(t, f, compose.LogOptions{})
	assert.DeepEqual(t, out, []string{"shop_web.1 | one"})
}

// What is asked for is told: the last lines, those since a time, when each was
// written.
func TestLogsByTailTimeAndTimestamp(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *fakeSwarm) {
		f := speaking(t)
		green := []string{"web-green"}
		began := time.Now()
		time.Sleep(time.Minute)
		f.happening(func() { f.write(f.tasks[slices.IndexFunc(f.tasks, f.isOf("web-green"))], wrote("three")) })
		time.Sleep(time.Second)

		out, errs := logs(t, f, compose.LogOptions{Services: green, Tail: "2"})
		assert.DeepEqual(t, out, []string{"web-green.1 | three", "web-green.1 | two"})
		assert.DeepEqual(t, errs, []string{""})
		for _, since := range []string{"30s", began.Add(30 * time.Second).Format(time.RFC3339)} {
			out, _ = logs(t, f, compose.LogOptions{Services: green, Since: since})
			assert.DeepEqual(t, out, []string{"web-green.1 | three"})
		}
		out, _ = logs(t, f, compose.LogOptions{Services: green, Since: "30s", Timestamps: true})
		stamp := began.Add(time.Minute).UTC().Format("2006-01-02T15:04:05.000000000Z")
		assert.DeepEqual(t, out, []string{"web-green.1 | " + stamp + " three"})
	})
}

// What is in front can be painted, and what a task says is left as it is.
func TestLogsArePainted(t *testing.T) {
	f := speaking(t)
	out, _ := logs(t, f, compose.LogOptions{Services: []string{"web-green"}, Paint: func(container, text string) string {
		return "<" + container + ">" + text + "</>"
	}})
	assert.DeepEqual(t, out, []string{"<web-green.1>web-green.1 | </>one", "<web-green.1>web-green.1 | </>two"})
}

// A terminal has one output.
func TestLogsOfATerminal(t *testing.T) {
	f := newFake()
	f.words["web:1"] = []saying{wrote("one = 1"), moaned("oh")}
	f.addReplicated("web-blue", 1, nil).Spec.TaskTemplate.ContainerSpec.TTY = true
	_, err := f.engine(t, nil).Observe(t.Context())
	assert.NilError(t, err)
	out, errs := logs(t, f, compose.LogOptions{})
	assert.DeepEqual(t, out, []string{"web-blue.1 | oh", "web-blue.1 | one = 1"})
	assert.DeepEqual(t, errs, []string{""})
}
