package local

import (
	"sync"

	"github.com/sirupsen/logrus"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The SDK warns through logrus's one global logger. While an operation of it
// runs, those warnings become events; all else is logged as before.
var warnings = struct {
	install   sync.Once
	mu        sync.Mutex
	next      int
	listeners map[int]func(text string)
}{listeners: map[int]func(string){}}

// listen reports warnings as events until the returned function is called.
func listen(report compose.Reporter, step string) (stop func()) {
	warnings.install.Do(func() {
		logger := logrus.StandardLogger()
		logger.SetFormatter(warningFormatter{logger.Formatter})
	})
	warnings.mu.Lock()
	defer warnings.mu.Unlock()
	id := warnings.next
	warnings.next++
	warnings.listeners[id] = func(text string) {
		report.Report(compose.Event{Step: step, Subject: "compose", Status: compose.Warning, Text: text})
	}
	return func() {
		warnings.mu.Lock()
		defer warnings.mu.Unlock()
		delete(warnings.listeners, id)
	}
}

// warningFormatter is the one place through which each entry goes with its
// level known and nothing written yet.
type warningFormatter struct{ logrus.Formatter }

// Format formats nothing for an entry that somebody has heard.
func (f warningFormatter) Format(entry *logrus.Entry) ([]byte, error) {
	if entry.Level > logrus.WarnLevel || !heard(entry.Message) {
		return f.Formatter.Format(entry)
	}
	return nil, nil
}

func heard(text string) bool {
	warnings.mu.Lock()
	defer warnings.mu.Unlock()
	for _, tell := range warnings.listeners {
		tell(text)
	}
	return len(warnings.listeners) > 0
}
