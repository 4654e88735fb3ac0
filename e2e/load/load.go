// Package load is the strict client of the end-to-end tests and the demo: it sends many kinds of
// requests at once and counts every one that a visitor would have missed.
//
// It speaks HTTP/1.1 over plain sockets, or over TLS, and never tries a request again. The standard
// client does, silently, when a kept connection turns out to be closed, and so would hide what is
// looked for. Over HTTP/2 it sends again, and counts, only what the server said it had not touched.
// It knows the answers of examples/hello.
package load

import (
	"context"
	"sync"
	"time"
)

// Kind is one way of using the service.
type Kind string

// The kinds. Those up to H2 are short and share Options.Rate; the others are in flight for
// seconds, each client one after the other.
const (
	KeepAlive Kind = "keep-alive" // GET after GET on one connection
	NewConn   Kind = "new"        // GET, each on a connection of its own
	Post      Kind = "post"       // POST after POST on one connection, the echoed body verified
	TLS       Kind = "tls"        // as KeepAlive, over TLS
	NewTLS    Kind = "tls new"    // as NewConn, over TLS
	H2        Kind = "h2"         // GETs over TLS, of all clients as streams of one HTTP/2 connection
	Slow      Kind = "slow"       // GET that the service answers after 2 to 5 s
	Stream    Kind = "stream"     // chunked answer of 5 s, all of it from one version
	Websocket Kind = "websocket"  // messages echoed on a held connection
	SecureWS  Kind = "wss"        // as Websocket, over TLS
	TCP       Kind = "tcp"        // lines echoed on a held raw connection
)

// Run is load in progress.
type Run struct {
	options  options
	recorder *recorder
	h2       multiplex
	ending   <-chan struct{} // closed when no new request may begin
	end      context.CancelFunc
	clients  sync.WaitGroup
}

// Start begins the load. The end of ctx does what Stop does: nothing new begins, and what is in
// flight ends by itself.
func Start(ctx context.Context, opts Options) (*Run, error) {
	complete, err := opts.complete()
	if err != nil {
		return nil, err
	}
	working, end := context.WithCancel(ctx)
	run := &Run{options: complete, recorder: newRecorder(complete), ending: working.Done(), end: end}
	context.AfterFunc(working, func() { run.recorder.freeze(time.Now()) })
	// A request in flight outlives ctx: its socket has a deadline instead.
	inFlight := context.WithoutCancel(ctx)
	for kind, clients := range complete.Mix {
		for n := range clients {
			run.clients.Go(func() { run.client(inFlight, kind, n) })
		}
	}
	return run, nil
}

// Snapshot reports what has ended so far. The difference of two, by Report.Sub, is what happened
// between them.
func (r *Run) Snapshot() Report { return r.recorder.snapshot(time.Now()) }

// Stop begins nothing new, waits until what is in flight has ended, and reports.
func (r *Run) Stop() Report {
	r.recorder.freeze(time.Now())
	r.end()
	r.clients.Wait()
	r.h2.close()
	return r.Snapshot()
}

// client repeats one kind of use until the run stops.
func (r *Run) client(ctx context.Context, kind Kind, n int) {
	use := r.use(kind)
	defer use.close()
	pace := r.options.pace(kind)
	if !r.pause(pace * time.Duration(n) / time.Duration(r.options.Mix[kind])) { // not all at once
		return
	}
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for r.goesOn() {
		r.recorder.add(kind, use.once(ctx))
		select {
		case <-r.ending:
		case <-ticker.C:
		}
	}
}

// goesOn is asked before every request: a ticker and the end may be due at the same time.
func (r *Run) goesOn() bool {
	select {
	case <-r.ending:
		return false
	default:
		return true
	}
}

// pause returns false when the run stops first.
func (r *Run) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-r.ending:
		return false
	case <-timer.C:
		return true
	}
}

// use is one client's way of using the service.
type use interface {
	once(ctx context.Context) result
	close()
}

func (r *Run) use(kind Kind) use {
	switch kind {
	case KeepAlive:
		return &getter{line: newLine(r.options)}
	case NewConn:
		return &getter{line: newLine(r.options), fresh: true}
	case TLS:
		return &getter{line: newSecureLine(r.options)}
	case NewTLS:
		return &getter{line: newSecureLine(r.options), fresh: true}
	case H2:
		return &stream{options: r.options, on: &r.h2}
	case Post:
		return &poster{line: newLine(r.options)}
	case Slow:
		return &sleeper{line: newLine(r.options)}
	case Stream:
		return &streamer{line: newLine(r.options)}
	case Websocket:
		return &talker{options: r.options, ending: r.ending}
	case SecureWS:
		return &talker{options: r.options, ending: r.ending, secure: true}
	default: // complete has refused unknown kinds
		return &caller{options: r.options, ending: r.ending}
	}
}
