package display

import (
	"sync"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// live shows progress as a block of rows that is redrawn in its place.
type live struct {
	title  string
	screen Screen

	mu    sync.Mutex
	rows  *rows
	block block
	began time.Time

	stop chan struct{}
	idle sync.WaitGroup // the redrawing goroutine
	once sync.Once
}

func newLive(title string, screen Screen) *live {
	l := &live{
		title: title, screen: screen, rows: newRows(), block: block{out: screen.Out},
		began: screen.Now(), stop: make(chan struct{}),
	}
	l.idle.Go(l.spin)
	return l
}

// spin redraws at the spinner's pace until the progress is closed.
func (l *live) spin() {
	tick := time.NewTicker(spin)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			l.mu.Lock()
			l.draw()
			l.mu.Unlock()
		}
	}
}

// silence is how long a command may show nothing: most that have nothing to
// tell are over by then, and one that waits for the lock should say that it
// lives.
const silence = time.Second

// draw shows the present state; the caller holds the mutex.
func (l *live) draw() {
	if len(l.rows.list) == 0 && l.screen.Now().Sub(l.began) < silence {
		return
	}
	width, height := l.screen.Size()
	l.block.draw(layout(l.rows, frame{
		title: l.title, began: l.began, now: l.screen.Now(),
		width: width, height: height, palette: l.screen.Palette,
	}))
}

func (l *live) Report(e compose.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Status == compose.Output {
		l.block.above([]byte(Line(e) + "\n"))
		return
	}
	l.rows.apply(e, l.screen.Now())
}

func (l *live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.block.above(p)
	return len(p), nil
}

func (l *live) Close() {
	l.once.Do(func() {
		close(l.stop)
		l.idle.Wait()
		l.mu.Lock()
		defer l.mu.Unlock()
		if len(l.rows.list) == 0 {
			l.block.draw(nil)
			return
		}
		l.draw()
	})
}
