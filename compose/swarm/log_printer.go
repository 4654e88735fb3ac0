package swarm

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
)

// logPrinter puts the slot's name before each line.
type logPrinter struct {
	mu    sync.Mutex
	width int
	names map[string]string
	// again asks for the names that there are now: tasks come and go.
	again func() (map[string]string, error)
	paint func(container, text string) string
}

// name is the name of a task's slot. Of one that nobody knows any more, that is
// asked once.
func (p *logPrinter) name(task string) string {
	if name, known := p.names[task]; known {
		return name
	}
	now, err := p.again()
	if err != nil {
		return unknownSlot
	}
	maps.Copy(p.names, now)
	if p.names[task] == "" {
		p.names[task] = unknownSlot
	}
	return p.names[task]
}

const unknownSlot = "?"

// lines is a writer of whole lines.
func (p *logPrinter) lines(to io.Writer) io.WriteCloser {
	read, write := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewReader(read)
		for {
			line, err := lines.ReadString('\n')
			if line != "" {
				p.print(to, strings.TrimRight(line, "\n"))
			}
			if err != nil {
				return
			}
		}
	}()
	return closer{write, func() error { err := write.Close(); <-ended; return err }}
}

type closer struct {
	io.Writer
	close func() error
}

func (c closer) Close() error { return c.close() }

// print writes a line, which begins with whose it is ("a=b,c=d text"; engine
// API, /services/{id}/logs with details).
func (p *logPrinter) print(to io.Writer, line string) {
	stamp := ""
	details, text, _ := strings.Cut(line, " ")
	if !strings.Contains(details, "=") { // a time comes first
		stamp = details + " "
		details, text, _ = strings.Cut(text, " ")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	name := unknownSlot
	for pair := range strings.SplitSeq(details, ",") {
		if id, found := strings.CutPrefix(pair, "com.docker.swarm.task.id="); found {
			name = p.name(id)
		}
	}
	prefix := fmt.Sprintf("%-*s | ", p.width, name)
	if p.paint != nil {
		prefix = p.paint(name, prefix)
	}
	fmt.Fprintln(to, prefix+stamp+text) //nolint:errcheck // there is nobody to tell
}
