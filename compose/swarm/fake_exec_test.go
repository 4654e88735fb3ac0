package swarm

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/pkg/stdcopy"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// serveContainers makes a process in a container of this manager's node: an
// engine knows those of no other one.
func (f *fakeSwarm) serveContainers(w http.ResponseWriter, r *http.Request, path []string) {
	var process struct{ Cmd []string }
	if json.NewDecoder(r.Body).Decode(&process) != nil {
		process.Cmd = nil
	}
	for _, t := range f.tasks {
		if c := t.Status.ContainerStatus; c != nil && c.ContainerID == path[0] && t.NodeID == "n1" && t.Status.State == api.TaskStateRunning {
			answer(w, http.StatusCreated, map[string]string{"Id": kindOf(process.Cmd) + "-" + path[0]})
			return
		}
	}
	refuse(w, http.StatusNotFound, "No such container: "+path[0])
}

// bareImage is an image without the tools of a control task.
const bareImage = "haproxy:bare"

// serveExec runs the process: it says in which container it is, and repeats a
// line that it is told. A check for tools says what is missing, and ends.
func (f *fakeSwarm) serveExec(w http.ResponseWriter, r *http.Request, path []string) {
	_, _ = io.Copy(io.Discard, r.Body)
	conn, both, err := w.(http.Hijacker).Hijack() //nolint:forcetypeassert // who enters a container has a connection
	if err != nil {
		return
	}
	_, _ = fmt.Fprint(both, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
	kind, container, _ := strings.Cut(path[0], "-")
	if kind == "check" {
		if f.imageIn(container) == bareImage {
			_, _ = both.Write(frame(stdcopy.Stderr, "missing awk\n"))
		} else {
			_, _ = both.Write(frame(stdcopy.Stdout, "ok\n"))
		}
		_ = both.Flush()
		_ = conn.Close()
		return
	}
	_, _ = both.Write(frame(stdcopy.Stdout, "in "+container+"\n"))
	_ = both.Flush()
	go func() {
		defer conn.Close()
		line, _ := bufio.NewReader(both).ReadString('\n')
		_, _ = both.Write(frame(stdcopy.Stdout, line))
		_ = both.Flush()
	}()
}

// connected is an engine that reaches the fake by connections, which a process's
// input needs.
func (f *fakeSwarm) connected(t *testing.T) *Engine {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	c, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.41"))
	assert.NilError(t, err)
	t.Cleanup(func() { assert.Check(t, c.Close()) })
	e := f.engine(t, nil)
	e.cli = stub{client: c}
	return e
}

// kindOf tells a check for tools from other processes.
func kindOf(cmd []string) string {
	if slices.ContainsFunc(cmd, func(word string) bool { return strings.HasPrefix(word, compose.ControlTools) }) {
		return "check"
	}
	return "x"
}

// imageIn is the image of a task's container.
func (f *fakeSwarm) imageIn(container string) string {
	for _, t := range f.tasks {
		if c := t.Status.ContainerStatus; c != nil && c.ContainerID == container {
			return t.Spec.ContainerSpec.Image
		}
	}
	return ""
}
