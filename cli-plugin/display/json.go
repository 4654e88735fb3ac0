package display

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// jsonLines writes each event as a JSON object on a line of its own.
type jsonLines struct {
	mu  sync.Mutex
	out io.Writer
}

func (j *jsonLines) Report(e compose.Event) {
	line, err := json.Marshal(e)
	if err != nil {
		return // an event of strings and numbers always marshals
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_, _ = j.out.Write(append(line, '\n'))
}

// Write wraps foreign lines as events, so that every line stays JSON.
func (j *jsonLines) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if text := bytes.TrimSpace(line); len(text) > 0 {
			j.Report(compose.Event{
				Time: time.Now(), Step: "output", Status: compose.Working, Text: string(text),
			})
		}
	}
	return len(p), nil
}

func (*jsonLines) Close() {}
