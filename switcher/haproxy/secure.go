package haproxy

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Secure implements switcher.Proxy, by the text of the settings: HAProxy does
// not tell which of its listeners end TLS.
func (c *control) Secure(ctx context.Context, m compose.Model) ([]int, error) {
	if m.Proxy.Generated {
		return m.Proxy.EndsTLS(), nil
	}
	contents, err := c.Session.Read(ctx, m.Proxy.Settings)
	if err != nil {
		return nil, c.Errors.Wrap("read its settings", err)
	}
	bound := parseConfig(contents[m.Proxy.Settings]).secure()
	var list []int
	for _, l := range listeners(m) {
		if slices.Contains(bound, l.port) {
			list = append(list, l.port)
		}
	}
	return list, nil
}

// secure lists the ports of the bind lines that end TLS (configuration manual,
// section 5.1: bind [<address>]:<port>[,...] ... ssl).
func (c *config) secure() []int {
	var ports []int
	for _, s := range c.sections {
		for _, line := range s.lines {
			words := strings.Fields(line)
			if words[0] != "bind" || !slices.Contains(words, "ssl") {
				continue
			}
			for address := range strings.SplitSeq(words[1], ",") {
				port, err := strconv.Atoi(address[strings.LastIndex(address, ":")+1:])
				if err == nil { // else a socket's path, a range or a variable
					ports = append(ports, port)
				}
			}
		}
	}
	return ports
}
