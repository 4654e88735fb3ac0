package display

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// plain writes a line for each event, without colours or cursor movements:
// what a CI log shows well.
type plain struct {
	mu  sync.Mutex
	out io.Writer
	// said is the last line about each subject: a wait that asks again and
	// again has nothing new to say.
	said map[string]string
}

func newPlain(out io.Writer) *plain {
	return &plain{out: out, said: map[string]string{}}
}

func (p *plain) Report(e compose.Event) {
	line := Line(e)
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Status != compose.Output {
		if p.said[e.Subject] == line {
			return
		}
		p.said[e.Subject] = line
	}
	_, _ = fmt.Fprintln(p.out, line)
}

func (p *plain) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (*plain) Close() {}

// Line is an event as a line of text: "start web-green-1: healthy".
func Line(e compose.Event) string {
	var b strings.Builder
	switch e.Status {
	case compose.Warning:
		b.WriteString("warning: ")
	case compose.Failed:
		b.WriteString("failed: ")
	case compose.Working, compose.Done, compose.Output:
	}
	b.WriteString(strings.TrimSpace(e.Step + " " + e.Subject))
	if text := words(e); text != "" {
		b.WriteString(": " + text)
	}
	return b.String()
}
