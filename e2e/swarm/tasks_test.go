package swarm

import (
	"context"
	"errors"
	"strings"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// tasks are the ids of the project's tasks that are to run, in the order of the
// engine's command line.
func (p *project) tasks(services ...string) []string {
	p.t.Helper()
	if len(services) == 0 {
		return strings.Fields(p.docker("stack", "ps", "--quiet", "--no-trunc", "--filter", "desired-state=running", p.name))
	}
	args := []string{"service", "ps", "--quiet", "--no-trunc", "--filter", "desired-state=running"}
	for _, s := range services {
		args = append(args, p.name+"_"+s)
	}
	return strings.Fields(p.docker(args...))
}

// task is one as the engine's command line knows it.
type task struct{ id, node, state, container, addresses string }

// running describes the tasks of a service.
func (p *project) running(service string) []task {
	p.t.Helper()
	const format = `{{.ID}},{{.NodeID}},{{.Status.State}},{{with .Status.ContainerStatus}}{{.ContainerID}}{{end}},{{range .NetworksAttachments}}{{range .Addresses}}{{.}} {{end}}{{end}}`
	ids := p.tasks(service)
	if len(ids) == 0 {
		return nil
	}
	var tasks []task
	for line := range strings.Lines(p.docker(append([]string{"inspect", "--type", "task", "--format", format}, ids...)...)) {
		f := strings.SplitN(strings.TrimSpace(line), ",", 5)
		assert.Assert(p.t, len(f) == 5, "%q", line)
		tasks = append(tasks, task{f[0], f[1], f[2], f[3], f[4]})
	}
	return tasks
}

// on is a service's task on a node.
func (p *project) on(node *cluster.Node, service string) task {
	p.t.Helper()
	for _, t := range p.running(service) {
		if t.node == node.ID {
			return t
		}
	}
	p.t.Fatalf("%s has no task of %s", node.Name, service)
	return task{}
}

// whole waits until the swarm has as many instances and replicas as it should.
func (p *project) whole(ctx context.Context) {
	p.t.Helper()
	eventually(ctx, p.t, p.name+" is whole again", func(context.Context) error {
		s, known := p.tryStatus()
		if !known || s.Proxy.Ready != len(p.c.Nodes) {
			return errors.New("not all proxies serve")
		}
		for colour, of := range s.Colours {
			if of.State != "running" {
				return errors.New(string(colour) + " is " + of.State)
			}
		}
		return nil
	})
}
