package swarm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	api "github.com/moby/moby/api/types/swarm"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// lastWords is how many lines of a failed task are shown, and listening how
// long its node may take to tell them.
const (
	lastWords = 20
	listening = 5 * time.Second
)

// Explain adds to failures what their last tasks said. What cannot be had
// stays empty.
func (e *Engine) Explain(ctx context.Context, failures []compose.Failure) []compose.Failure {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listening)
	defer cancel()
	explained := slices.Clone(failures)
	v, err := e.look(ctx)
	if err != nil {
		return explained
	}
	for i, f := range explained {
		explained[i].See = "docker bluegreen logs " + f.Service
		s, there := v.services[f.Service]
		if !there {
			continue
		}
		if t, found := v.lastFailed(s, f.Container); found {
			explained[i].Logs = e.lastLines(ctx, t)
		}
	}
	return explained
}

// lastFailed is the youngest task of a slot that failed, else the youngest.
func (v view) lastFailed(s api.Service, slot string) (api.Task, bool) {
	var last api.Task
	for _, t := range v.tasks {
		if t.ServiceID != s.ID || t.Slot != 0 && fmt.Sprintf("%s.%d", s.Spec.Name, t.Slot) != slot || t.Status.ContainerStatus == nil {
			continue
		}
		failed, before := t.Status.State == api.TaskStateFailed, last.Status.State == api.TaskStateFailed
		if last.ID == "" || failed && !before || failed == before && t.CreatedAt.After(last.CreatedAt) {
			last = t
		}
	}
	return last, last.ID != ""
}

func (e *Engine) lastLines(ctx context.Context, t api.Task) []string {
	stream, err := e.api().TaskLogs(ctx, t.ID, client.TaskLogsOptions{ShowStdout: true, ShowStderr: true, Tail: fmt.Sprint(lastWords)})
	if err != nil {
		return nil
	}
	defer stream.Close() //nolint:errcheck // it was only read
	var text strings.Builder
	err = demux(&text, &text, stream, t.Spec)
	if err != nil && text.Len() == 0 || text.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimRight(text.String(), "\n"), "\n")
}

// Logs writes the tasks' output to out, and what they wrote to stderr to errs,
// each line with the slot's name in front. With Follow it goes on, also with
// tasks that start meanwhile, until ctx ends.
func (e *Engine) Logs(ctx context.Context, o compose.LogOptions, out, errs io.Writer) error {
	v, err := e.look(ctx)
	if err != nil {
		return err
	}
	maps.DeleteFunc(v.services, func(name string, _ api.Service) bool {
		return name == controlService || len(o.Services) > 0 && !slices.Contains(o.Services, name)
	})
	names, width := v.slotNames(), 0
	for _, name := range names {
		width = max(width, len(name))
	}
	group, reading := errgroup.WithContext(ctx)
	p := &logPrinter{width: width, names: names, paint: o.Paint, again: func() (map[string]string, error) {
		now, err := e.look(reading)
		return now.slotNames(), err
	}}
	for _, s := range v.services {
		group.Go(func() error { return e.serviceLogs(reading, s, o, p, out, errs) })
	}
	err = group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return e.explain("read the logs", err)
}

func (e *Engine) serviceLogs(ctx context.Context, s api.Service, o compose.LogOptions, p *logPrinter, out, errs io.Writer) error {
	stream, err := e.api().ServiceLogs(ctx, s.ID, client.ServiceLogsOptions{
		ShowStdout: true, ShowStderr: true, Since: o.Since, Timestamps: o.Timestamps, Follow: o.Follow, Tail: o.Tail, Details: true,
	})
	if err != nil {
		return err
	}
	defer stream.Close() //nolint:errcheck // it was only read
	to, toErrs := p.lines(out), p.lines(errs)
	defer to.Close()     //nolint:errcheck // an unfinished line has been written
	defer toErrs.Close() //nolint:errcheck // an unfinished line has been written
	return demux(to, toErrs, stream, s.Spec.TaskTemplate)
}

// demux copies the logs of tasks: of one with a terminal, there is one output.
func demux(out, errs io.Writer, logs io.Reader, of api.TaskSpec) (err error) {
	if of.ContainerSpec != nil && of.ContainerSpec.TTY {
		_, err = io.Copy(out, logs)
	} else {
		_, err = stdcopy.StdCopy(out, errs, logs)
	}
	return err
}

// slotNames are the names of the tasks' slots, by the tasks' ids.
func (v view) slotNames() map[string]string {
	names := map[string]string{}
	for _, t := range v.tasks {
		name, _ := v.owner(t)
		if name == "" {
			continue
		}
		place := fmt.Sprint(t.Slot)
		if t.Slot == 0 {
			place = v.nodes[t.NodeID].Description.Hostname
		}
		names[t.ID] = name + "." + place
	}
	return names
}
