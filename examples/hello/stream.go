package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// streamPeriod is the time between two lines of /stream.
const streamPeriod = 100 * time.Millisecond

// stream sends a line every 100 ms for ?for= (5s when absent) and then the line "end", without
// which the client knows that it was cut.
func stream(who identity) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, ok := askedFor(w, r, 5*time.Second)
		if !ok {
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if sendLines(r.Context(), w, who, int(d/streamPeriod)) == nil {
			say(w, "end")
		}
	}
}

func sendLines(ctx context.Context, w http.ResponseWriter, who identity, lines int) error {
	control := http.NewResponseController(w)
	ticker := time.NewTicker(streamPeriod)
	defer ticker.Stop()
	for n := range lines {
		if _, err := io.WriteString(w, fmt.Sprintf("%d %s %s\n", n, who.Version, who.Host)); err != nil {
			return err
		}
		if err := control.Flush(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}
