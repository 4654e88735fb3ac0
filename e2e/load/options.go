package load

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"strings"
	"time"
)

// Options says what is asked of whom, and how much. Only URL is needed.
type Options struct {
	URL     string // of examples/hello, through the proxy: http://127.0.0.1:8080, or with a path that all requests start with
	Host    string // the Host header; that of URL when empty
	TCPAddr string // host:port of raw TCP through the proxy; no TCP clients when empty

	Rate    int           // short requests per second, all clients together; 800 when zero
	Mix     map[Kind]int  // clients of each kind; DefaultMix when nil
	Hold    time.Duration // how long a websocket or TCP connection is held; until the end when zero
	Timeout time.Duration // how long an answer may take beyond what was asked for; 10 s when zero

	KeepFailures int // failures kept with their causes, of each step; 20 when zero
}

// DefaultMix loads two shared cores moderately: half of the short requests on kept connections,
// a quarter each new and POST, and sixteen long ones in flight at any time.
func DefaultMix() map[Kind]int {
	return map[Kind]int{KeepAlive: 8, NewConn: 4, Post: 4, Slow: 4, Stream: 4, Websocket: 4, TCP: 4}
}

// Short is the mix of the short kinds alone, as many clients as in DefaultMix.
func Short() map[Kind]int { return map[Kind]int{KeepAlive: 8, NewConn: 4, Post: 4} }

// options are Options made complete.
type options struct {
	Options
	addr   string // host:port
	prefix string // path without the trailing slash
}

// longPace is the least time between two starts of one client of a long kind, so that an outage
// does not become a storm.
const longPace = 100 * time.Millisecond

func (o Options) complete() (options, error) {
	parsed, err := url.Parse(o.URL)
	if err != nil {
		return options{}, fmt.Errorf("read the URL to load: %w", err)
	}
	if parsed.Scheme != "http" || parsed.Hostname() == "" {
		return options{}, fmt.Errorf("read the URL to load: %q: want http://HOST:PORT", o.URL)
	}
	o.Mix, err = mix(o.Mix, o.TCPAddr != "")
	if err != nil {
		return options{}, err
	}
	o.Host = orDefault(o.Host, parsed.Host)
	o.Rate = orDefault(o.Rate, 800)
	o.Timeout = orDefault(o.Timeout, 10*time.Second)
	o.KeepFailures = orDefault(o.KeepFailures, 20)
	return options{
		Options: o,
		addr:    net.JoinHostPort(parsed.Hostname(), orDefault(parsed.Port(), "80")),
		prefix:  strings.TrimSuffix(parsed.Path, "/"),
	}, nil
}

// mix completes the clients of each kind: TCP ones need an address.
func mix(asked map[Kind]int, tcp bool) (map[Kind]int, error) {
	known := DefaultMix()
	for kind, clients := range asked {
		if _, ok := known[kind]; !ok || clients < 0 {
			return nil, fmt.Errorf("read the mix: %d clients of kind %q: no such load", clients, kind)
		}
	}
	if asked[TCP] > 0 && !tcp {
		return nil, fmt.Errorf("read the mix: %s clients need TCPAddr", TCP)
	}
	if asked == nil {
		asked = known
	}
	chosen := maps.Clone(asked)
	if !tcp {
		delete(chosen, TCP)
	}
	return chosen, nil
}

// pace is the time between two starts of one client.
func (o options) pace(kind Kind) time.Duration {
	if !kind.short() {
		return longPace
	}
	clients := o.Mix[KeepAlive] + o.Mix[NewConn] + o.Mix[Post]
	return max(time.Duration(clients)*time.Second/time.Duration(o.Rate), time.Microsecond)
}

func (k Kind) short() bool { return k == KeepAlive || k == NewConn || k == Post }

// heldOpen tells of the kinds that can be cut.
func (k Kind) heldOpen() bool { return k == Stream || k == Websocket || k == TCP }

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
