package haproxy

import (
	"fmt"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// insidePorts is the first of the ports, on the loopback interface, at which the
// tool's own requests reach what ends TLS for everybody else. They lie above
// those that Linux gives to outgoing connections.
const insidePorts = 61921

// bindLines are where a listener is reached (configuration manual, section 5.1).
func bindLines(m compose.Model, l listener) []string {
	certificate, ends := m.Proxy.TLS[l.port]
	plain := []string{fmt.Sprintf("bind :%d", l.port)}
	switch {
	case ends && l.mode == compose.HTTP:
	case len(m.Proxy.TLS) > 0 && l.mode == compose.HTTP:
		// Replicas believe what the ports of TLS say of themselves.
		return append(plain, "http-request set-header X-Forwarded-Proto http unless { stopping }")
	default:
		return plain
	}
	return []string{
		fmt.Sprintf("bind :%d ssl crt %s alpn h2,http/1.1", l.port, quote(certificate)),
		fmt.Sprintf("bind 127.0.0.1:%d # the tool's own requests", inside(m, l.port)),
		"http-request set-header X-Forwarded-Proto https",
	}
}

// inside is the port at which the tool's own requests reach a listener.
func inside(m compose.Model, port int) int {
	if i := slices.Index(m.Proxy.EndsTLS(), port); i >= 0 {
		return insidePorts + i
	}
	return port
}
