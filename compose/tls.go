package compose

import (
	"fmt"
	"maps"
	"slices"
)

// tlsSettings are one item of x-bluegreen.proxy.tls.
type tlsSettings struct {
	Port        int
	Certificate string
}

// tlsFields are the keys of an item of x-bluegreen.proxy.tls.
func tlsFields() []field[tlsSettings] {
	type s = tlsSettings
	return []field[s]{
		port("port", func(s *s) *int { return &s.Port }),
		text("certificate", mountPattern, "the path of a file in the proxy's container: /certs/shop.pem", func(s *s) *string { return &s.Certificate }),
	}
}

// readTLS reads a list of items, or a single one.
func readTLS(at place, value any, into *proxySettings) {
	items, several := value.([]any)
	if !several {
		items = []any{value}
	}
	into.TLS = map[int]string{}
	for i, item := range items {
		where := at
		if several {
			where = at.child(fmt.Sprint(i + 1))
		}
		before := len(at.problems.list)
		var s tlsSettings
		readMapping(where, item, tlsFields(), &s)
		_, twice := into.TLS[s.Port]
		switch {
		case len(at.problems.list) > before:
		case s.Port == 0 || s.Certificate == "":
			where.report("lacks port or certificate", "write both: {port: 443, certificate: /certs/shop.pem}")
		case twice:
			where.report(fmt.Sprintf("names port %d a second time", s.Port), "put all certificates of a port into one file")
		default:
			into.TLS[s.Port] = s.Certificate
		}
	}
}

// endTLS has the proxy end TLS where the file says so, and reports where it
// cannot.
func (b *builder) endTLS(m *Model) {
	if len(b.top.Proxy.TLS) == 0 {
		return
	}
	at := []string{extension, "proxy", "tls"}
	if !m.Proxy.Generated {
		b.blameProject("has x-bluegreen.proxy.tls, but the proxy's settings are your own", "end TLS there, and remove tls here", at...)
		return
	}
	ports := m.httpPorts(Blue)
	if len(ports) == 0 {
		return // something else is wrong
	}
	for _, port := range slices.Sorted(maps.Keys(b.top.Proxy.TLS)) {
		if !slices.Contains(ports, port) {
			b.blameProject(fmt.Sprintf("has x-bluegreen.proxy.tls for port %d, at which no http pair's traffic arrives", port),
				fmt.Sprintf("have it arrive there, %s.defaults.listen: %d, or name another port: %v", extension, port, ports), at...)
		}
	}
	m.Proxy.TLS = b.top.Proxy.TLS
}

// keepTLS has the ports at which a colour's visitors arrive go on as they were in a
// former model: there with TLS, or without. It tells which were to change. Where
// both have TLS the certificate is the new one.
func (m *Model) keepTLS(former Model, c Colour) (kept []int) {
	for _, port := range former.httpPorts(c) {
		file, had := former.Proxy.TLS[port]
		if _, has := m.Proxy.TLS[port]; had == has {
			continue
		}
		kept = append(kept, port)
		m.Proxy.TLS = with(m.Proxy.TLS, port, file)
	}
	return kept
}

// with is a copy of certificates with one for a port; without it where the file is
// "". None at all are nil, as they are recorded.
func with(certificates map[int]string, port int, file string) map[int]string {
	next := map[int]string{port: file}
	for p, f := range certificates {
		if p != port {
			next[p] = f
		}
	}
	if file == "" {
		delete(next, port)
	}
	if len(next) == 0 {
		return nil
	}
	return next
}

// TLSChanges lists the ports at which visitors arrive both by this model, where it
// is a colour's, and by another one, which has TLS where this one has none, or the
// other way round.
func (m Model) TLSChanges(c Colour, other Model) []int {
	ports := other.httpPorts(c)
	return slices.DeleteFunc(other.keepTLS(m, c), func(port int) bool { return !slices.Contains(ports, port) })
}

// httpPorts are those at which a colour's visitors arrive by http, in order.
func (m Model) httpPorts(c Colour) (ports []int) {
	for _, p := range m.Pairs {
		if r := p.Routes[c]; p.Has(c) && r.Mode == HTTP {
			ports = append(ports, r.Listen)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// WithProxy is the model behind another proxy, as a file has it. What visitors of
// ports that the file does not have any more are used to, stays.
func (m Model) WithProxy(file Model) Model {
	next := m
	next.Proxy = file.Proxy
	for _, c := range Colours() {
		for _, port := range m.httpPorts(c) {
			if certificate, had := m.Proxy.TLS[port]; had && !slices.Contains(file.httpPorts(c), port) {
				next.Proxy.TLS = with(next.Proxy.TLS, port, certificate)
			}
		}
	}
	return next
}

// EndsTLS lists the ports at which generated settings end TLS, in order.
func (p Proxy) EndsTLS() []int { return slices.Sorted(maps.Keys(p.TLS)) }
