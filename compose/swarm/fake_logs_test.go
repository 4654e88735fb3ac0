package swarm

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	api "github.com/moby/moby/api/types/swarm"
)

// saying is a line that a task wrote.
type saying struct {
	task, service, node string
	at                  time.Time
	stream              stdcopy.StdType
	text                string
}

// wrote and moaned are lines that a task writes to its outputs.
func wrote(text string) saying  { return saying{stream: stdcopy.Stdout, text: text} }
func moaned(text string) saying { return saying{stream: stdcopy.Stderr, text: text} }

// write has a task write a line now.
func (f *fakeSwarm) write(t api.Task, s saying) {
	s.task, s.service, s.node, s.at = t.ID, t.ServiceID, t.NodeID, time.Now()
	f.said = append(f.said, s)
	for _, w := range f.watchers {
		if w.saying != nil {
			if text := w.saying(s); text != nil {
				w.tape.comes <- text
			}
		}
	}
}

func tty(s api.TaskSpec) bool { return s.ContainerSpec.TTY }

// serveLogs tells what was said, as the engine's httputils.WriteLogStream does.
func (f *fakeSwarm) serveLogs(w http.ResponseWriter, r *http.Request, raw bool, of func(saying) bool) {
	query := r.URL.Query()
	seconds, _ := strconv.ParseFloat(query.Get("since"), 64)
	since := time.Unix(0, int64(seconds*float64(time.Second)))
	form := func(s saying) []byte {
		if !of(s) || s.at.Before(since) || s.stream == stdcopy.Stdout && query.Get("stdout") == "" || s.stream == stdcopy.Stderr && query.Get("stderr") == "" {
			return nil
		}
		line := s.text + "\n"
		if query.Get("details") != "" && s.stream != stdcopy.Systemerr {
			line = fmt.Sprintf("com.docker.swarm.node.id=%s,com.docker.swarm.service.id=%s,com.docker.swarm.task.id=%s %s", s.node, s.service, s.task, line)
		}
		if query.Get("timestamps") != "" && s.stream != stdcopy.Systemerr {
			line = s.at.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") + " " + line
		}
		if raw {
			return []byte(line)
		}
		return frame(s.stream, line)
	}
	left := map[string]int{} // how many lines of each task are not its last ones
	if tail, err := strconv.Atoi(query.Get("tail")); err == nil {
		for _, s := range f.said {
			if form(s) != nil {
				left[s.task]++
			}
		}
		for task := range left {
			left[task] -= tail
		}
	}
	for _, s := range f.said {
		text := form(s)
		if text == nil {
			continue
		}
		if left[s.task]--; left[s.task] < 0 {
			_, _ = w.Write(text)
		}
	}
	if query.Get("follow") != "" {
		f.watchers = append(f.watchers, watcher{tape: stay(w, r), saying: form})
	}
}

// frame is a piece of one of several outputs on one connection.
func frame(stream stdcopy.StdType, text string) []byte {
	head := make([]byte, 8)
	head[0] = byte(stream)
	binary.BigEndian.PutUint32(head[4:], uint32(len(text))) //nolint:gosec // a line
	return append(head, text...)
}

// isOf finds a service's tasks.
func (f *fakeSwarm) isOf(service string) func(api.Task) bool {
	return func(t api.Task) bool {
		s := f.services[t.ServiceID]
		return s != nil && s.Spec.Name == "shop_"+service
	}
}
