package switcher

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// urls lists where visitors reach the project. In JSON no URL is [], not null.
func (v *visit) urls(ctx context.Context) []string {
	if v.state.Model == nil {
		return []string{}
	}
	m := *v.state.Model
	return urls(m, v.state.Of(m.Proxy.Service, m.Proxy.Holder), v.secure(ctx))
}

// secure lists the ports at which the proxy ends TLS. Settings that cannot be
// read tell of none: they must not keep the rest of a status from being seen.
func (v *visit) secure(ctx context.Context) []int {
	if v.line == nil {
		return nil
	}
	ports, err := v.line.Secure(ctx, *v.state.Model)
	if err != nil {
		return nil
	}
	return ports
}

// urls lists the addresses, from the proxy's published ports and the routes
// that listen on them.
func urls(m compose.Model, proxies []compose.Container, secure []int) []string {
	list := map[string]bool{}
	for route, port := range published(m, proxies) {
		list[urlOf(route, port, slices.Contains(secure, route.Listen))] = true
	}
	sorted := slices.AppendSeq([]string{}, maps.Keys(list))
	slices.Sort(sorted)
	return sorted
}

// published goes through the routes with each port of the host that leads to
// them.
func published(m compose.Model, proxies []compose.Container) iter.Seq2[compose.Route, compose.PublishedPort] {
	var ports []compose.PublishedPort
	for _, p := range proxies {
		ports = append(ports, p.Ports...)
	}
	return func(yield func(compose.Route, compose.PublishedPort) bool) {
		for _, pair := range m.Pairs {
			for _, route := range pair.Routes {
				for _, port := range ports {
					if port.Container == route.Listen && !yield(route, port) {
						return
					}
				}
			}
		}
	}
}

// urlOf is the address of one route at one published port.
func urlOf(route compose.Route, port compose.PublishedPort, secure bool) string {
	host := route.Host
	if host == "" {
		host = port.Host
		if host == "" || host == "0.0.0.0" || host == "::" || host == "127.0.0.1" {
			host = "localhost"
		}
	}
	scheme, usual := "http", 80
	if secure {
		scheme, usual = "https", 443
	}
	switch {
	case route.Mode == compose.TCP:
		return fmt.Sprintf("tcp://%s:%d", host, port.Public)
	case port.Public == usual:
		return scheme + "://" + host + route.Path
	default:
		return fmt.Sprintf("%s://%s:%d%s", scheme, host, port.Public, route.Path)
	}
}
