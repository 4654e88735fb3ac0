package local

import (
	"context"
	"regexp"
	"strings"
	"sync"

	"github.com/docker/compose/v5/pkg/api"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// progress turns the SDK's events into the project's own.
type progress struct {
	engine *Engine
	step   string

	mu     sync.Mutex
	said   map[string]string          // by resource: the last text
	layers map[string]map[string]bool // by image: which layers are there
}

// Start is the begin of an operation, of which the caller tells itself.
func (p *progress) Start(context.Context, string) {}

// Done is the end of an operation, which is the call's result.
func (p *progress) Done(string, bool) {}

// On hands the events on. The SDK says some of them twice.
func (p *progress) On(events ...api.Resource) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range events {
		if r.ParentID != "" {
			p.layer(r)
			continue
		}
		if said := text(r); p.said[r.ID] != said {
			p.said[r.ID] = said
			p.report(r.ID, compose.Event{Status: status(r.Status), Text: said})
		}
	}
}

// layer counts an image's layers, for a pull tells each one's bytes many
// times a second.
func (p *progress) layer(r api.Resource) {
	of := p.layers[r.ParentID]
	if of == nil {
		of = map[string]bool{}
		p.layers[r.ParentID] = of
	}
	done, known := of[r.ID]
	if now := r.Status == api.Done; known && now == done {
		return
	}
	of[r.ID] = r.Status == api.Done
	ready := 0
	for _, done := range of {
		if done {
			ready++
		}
	}
	p.report(r.ParentID, compose.Event{
		Status: compose.Working, Text: "pulling", Ready: ready, Wanted: len(of),
	})
}

// report names the subject as the project's own events do: a container by its
// bare name, all else by kind and name.
func (p *progress) report(id string, event compose.Event) {
	event.Step, event.Subject = p.step, id
	if kind, name, ok := strings.Cut(id, " "); ok {
		event.Subject = strings.ToLower(kind) + " " + name
		if kind == "Container" {
			event.Subject, event.Colour = name, p.engine.colour(p.engine.serviceOf(name))
		}
	}
	p.engine.report.Report(event)
}

// line reports a line of output, which only builds write.
func (p *progress) line(text string) {
	p.engine.report.Report(compose.Event{
		Step: p.step, Subject: "build", Status: compose.Working, Text: text,
	})
}

func status(s api.EventStatus) compose.Status {
	switch s {
	case api.Done:
		return compose.Done
	case api.Warning:
		return compose.Warning
	case api.Error:
		return compose.Failed
	case api.Working:
		return compose.Working
	default:
		return compose.Working
	}
}

func text(r api.Resource) string {
	words := strings.ToLower(r.Text)
	if r.Status == api.Error || r.Status == api.Warning {
		words = r.Text
	}
	if r.Details != "" {
		words += ": " + r.Details
	}
	return words
}

// lines cuts what is written into lines, without a terminal's escapes.
type lines struct {
	each func(line string)

	mu   sync.Mutex
	rest string
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

// Write never fails.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest += string(p)
	for {
		end := strings.IndexAny(l.rest, "\r\n")
		if end < 0 {
			return len(p), nil
		}
		line := strings.TrimSpace(escapes.ReplaceAllString(l.rest[:end], ""))
		l.rest = l.rest[end+1:]
		if line != "" {
			l.each(line)
		}
	}
}
