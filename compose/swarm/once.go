package swarm

import (
	"context"
	"io"
	"slices"

	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Once runs a one-shot service of a file to its end as a job of its own, which
// is removed then, with variables ("NAME=value") in its environment; its output
// goes to out.
func (e *Engine) Once(ctx context.Context, file *compose.Project, service string, env []string, out io.Writer) error {
	of := *e
	of.source, of.stack = file, mapped(file)
	spec, err := of.spec(ctx, service)
	if err != nil {
		return err
	}
	name := service + "-once"
	c := *spec.TaskTemplate.ContainerSpec
	c.Env = append(slices.Clone(c.Env), env...)
	spec.TaskTemplate.ContainerSpec = &c
	spec.Name, spec.Labels[serviceLabel] = e.qualified(name), name
	one := uint64(1)
	spec.Mode = api.ServiceMode{ReplicatedJob: &api.ReplicatedJob{MaxConcurrent: &one, TotalCompletions: &one}}
	spec.TaskTemplate.RestartPolicy = &api.RestartPolicy{Condition: api.RestartPolicyConditionNone}
	spec.UpdateConfig, spec.RollbackConfig = nil, nil
	failed := e.runJob(ctx, name, spec)
	cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), listening)
	defer cancel()
	cleaned := e.clean(cleaning, name, out)
	if failed != nil {
		return failed
	}
	return cleaned
}

// clean removes a job when its output has gone to out.
func (e *Engine) clean(ctx context.Context, name string, out io.Writer) error {
	found, err := e.services(ctx)
	if err != nil {
		return err
	}
	s, there := found[name]
	if !there {
		return nil
	}
	e.copyOutput(ctx, s, out)
	return e.removeService(ctx, s)
}

// copyOutput writes what a job has said. What cannot be had stays unsaid.
func (e *Engine) copyOutput(ctx context.Context, s api.Service, out io.Writer) {
	stream, err := e.api().ServiceLogs(ctx, s.ID, client.ServiceLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return
	}
	defer stream.Close() //nolint:errcheck // it was only read
	_ = demux(out, out, stream, s.Spec.TaskTemplate)
}
