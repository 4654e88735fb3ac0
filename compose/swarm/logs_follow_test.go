package swarm

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/moby/moby/api/pkg/stdcopy"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A node that does not answer for its tasks is told, and ends the reading, also
// of what is followed.
func TestLogsThatCannotBeRead(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *fakeSwarm) {
		f := speaking(t)
		ended := make(chan error, 1)
		go func() {
			ended <- f.engine(t, nil).Logs(briefly(t), compose.LogOptions{Follow: true}, &page{}, &page{})
		}()
		synctest.Wait()
		f.happening(func() {
			f.write(f.tasks[0], saying{stream: stdcopy.Systemerr, text: "Error grabbing logs: node n1 disconnected"})
		})
		err := <-ended
		var swarm *Error
		assert.Assert(t, errors.As(err, &swarm), "%v", err)
		assert.Equal(t, swarm.Doing, "read the logs")
		assert.ErrorContains(t, err, "node n1 disconnected")
	})
}

// Who follows reads what comes, also of tasks that start meanwhile, until he has
// enough.
func TestLogsAreFollowed(t *testing.T) {
	inBubble(t, func(t *testing.T, _ *fakeSwarm) {
		f := speaking(t)
		ctx, cancel := context.WithCancel(briefly(t))
		ended, out := make(chan error, 1), &page{}
		go func() {
			o := compose.LogOptions{Follow: true, Tail: "0", Services: []string{"web-green"}}
			ended <- f.engine(t, nil).Logs(ctx, o, out, &page{})
		}()
		synctest.Wait()
		f.becomes("web-green", 1, exited(1))
		_, err := f.engine(t, nil).Observe(t.Context()) // another task takes its place
		assert.NilError(t, err)
		synctest.Wait()
		assert.DeepEqual(t, out.lines(), []string{"web-green.1 | one", "web-green.1 | two"})
		cancel()
		assert.NilError(t, <-ended)
	})
}

// A task that the Swarm has forgotten is asked about once, however much it said.
func TestLogsOfATaskThatIsForgotten(t *testing.T) {
	f := speaking(t)
	green := f.tasks[slices.IndexFunc(f.tasks, f.isOf("web-green"))]
	green.ID = "forgotten"
	f.happening(func() {
		f.write(green, wrote("old"))
		f.write(green, wrote("older"))
	})
	asked := 0
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/tasks" {
			asked++
		}
		return false
	}
	out, _ := logs(t, f, compose.LogOptions{Services: []string{"web-green"}})
	assert.DeepEqual(t, out, []string{"?           | old", "?           | older", "web-green.1 | one", "web-green.1 | two"})
	assert.Equal(t, asked, 2)
}
