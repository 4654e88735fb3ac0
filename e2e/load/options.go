package load

import (
	"crypto/tls"
	"crypto/x509"
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
	TLSAddr string // host:port where the proxy ends TLS before the same service; no clients over TLS when empty

	Roots *x509.CertPool // who may have signed its certificate; those of the system when nil

	Rate    int           // short requests per second, all clients together; 800 when zero
	Mix     map[Kind]int  // clients of each kind; DefaultMix when nil
	Hold    time.Duration // how long a websocket or TCP connection is held; until the end when zero
	Timeout time.Duration // how long an answer may take beyond what was asked for; 10 s when zero

	// MayClose is for a service that turns visitors away for a while: 503 with Retry-After is an
	// answer to a short request then, of the version "closed".
	MayClose bool

	KeepFailures int // failures kept with their causes, of each step; 20 when zero
}

// DefaultMix loads two shared cores moderately: half of the short requests on kept connections,
// a quarter each new and POST, and sixteen long ones in flight at any time. As much comes over TLS
// as without it, where there is an address for it.
func DefaultMix() map[Kind]int {
	return map[Kind]int{
		KeepAlive: 8, NewConn: 4, Post: 4, TLS: 6, NewTLS: 2, H2: 8,
		Slow: 4, Stream: 4, Websocket: 4, SecureWS: 4, TCP: 4,
	}
}

// Short is the mix of the short kinds without TLS, as many clients as in DefaultMix.
func Short() map[Kind]int { return map[Kind]int{KeepAlive: 8, NewConn: 4, Post: 4} }

// options are Options made complete.
type options struct {
	Options
	addr   string // host:port
	prefix string // path without the trailing slash
	roots  *tls.Config
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
	o.Mix, err = o.mix()
	if err != nil {
		return options{}, err
	}
	authority, err := o.authority()
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
		roots:   authority,
	}, nil
}

// authority is whose certificates are believed, and for which name.
func (o Options) authority() (*tls.Config, error) {
	if o.TLSAddr == "" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(o.TLSAddr)
	if err != nil {
		return nil, fmt.Errorf("read the address over TLS: %w", err)
	}
	return &tls.Config{RootCAs: o.Roots, ServerName: host}, nil
}

// mix completes the clients of each kind: some need an address of their own.
func (o Options) mix() (map[Kind]int, error) {
	known := DefaultMix()
	for kind, clients := range o.Mix {
		if _, ok := known[kind]; !ok || clients < 0 {
			return nil, fmt.Errorf("read the mix: %d clients of kind %q: no such load", clients, kind)
		}
	}
	chosen := maps.Clone(o.Mix)
	if chosen == nil {
		chosen = known
	}
	for kind := range known {
		if kind.reachable(o) {
			continue
		}
		if o.Mix[kind] > 0 {
			return nil, fmt.Errorf("read the mix: %s clients need an address of their own", kind)
		}
		delete(chosen, kind)
	}
	return chosen, nil
}

// reachable tells whether there is an address for a kind.
func (k Kind) reachable(o Options) bool {
	switch k {
	case TCP:
		return o.TCPAddr != ""
	case TLS, NewTLS, H2, SecureWS:
		return o.TLSAddr != ""
	default:
		return true
	}
}

// pace is the time between two starts of one client.
func (o options) pace(kind Kind) time.Duration {
	if !kind.short() {
		return longPace
	}
	clients := 0
	for kind, n := range o.Mix {
		if kind.short() {
			clients += n
		}
	}
	return max(time.Duration(clients)*time.Second/time.Duration(o.Rate), time.Microsecond)
}

func (k Kind) short() bool {
	switch k {
	case KeepAlive, NewConn, Post, TLS, NewTLS, H2:
		return true
	default:
		return false
	}
}

// heldOpen tells of the kinds that can be cut.
func (k Kind) heldOpen() bool { return k == Stream || k == Websocket || k == SecureWS || k == TCP }

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
