// Package staticconfig reads Traefik's static configuration, from flags, from a
// file in YAML or TOML, or from variables, as far as releases depend on it.
// Traefik takes one source alone: a file, else its arguments, else variables.
package staticconfig

import (
	"net"
	"strconv"
	"strings"
)

// Config is what releases depend on. It holds no secrets.
type Config struct {
	// EntryPoints are where Traefik listens, by name.
	EntryPoints map[string]EntryPoint `json:"entryPoints,omitempty"`
	// Directory and Filename are what the file provider reads; Watched tells
	// that it notices changes.
	Directory string `json:"directory,omitempty"`
	Filename  string `json:"filename,omitempty"`
	Watched   bool   `json:"watched,omitempty"`
	// API tells that Traefik's API is on, Docker that it routes by labels.
	API    bool `json:"api,omitempty"`
	Docker bool `json:"docker,omitempty"`
	// Metrics is the entry point at which Traefik serves its metrics for
	// Prometheus by itself; "" for none.
	Metrics string `json:"metrics,omitempty"`
}

// EntryPoint is one listener.
type EntryPoint struct {
	Address string `json:"address"`
	// TLS tells that all its routers end TLS by default.
	TLS bool `json:"tls,omitempty"`
}

// Port is the TCP port of the address; 0 for another protocol.
func (e EntryPoint) Port() int {
	address, protocol, _ := strings.Cut(e.Address, "/")
	_, port, err := net.SplitHostPort(address)
	n, wrong := strconv.Atoi(port)
	if err != nil || wrong != nil || protocol == "udp" {
		return 0
	}
	return n
}

// Host is the address's host; "" for all.
func (e EntryPoint) Host() string {
	host, _, err := net.SplitHostPort(e.Address)
	if err != nil {
		return ""
	}
	return host
}

// At finds the entry point that listens on a port: the name that comes first.
func (c Config) At(port int) (name string, found bool) {
	for candidate, e := range c.EntryPoints {
		if e.Port() == port && (name == "" || candidate < name) {
			name = candidate
		}
	}
	return name, name != ""
}

// defaultMetrics is the entry point that Traefik takes where none is named.
const defaultMetrics = "traefik"

// metricsOf names the entry point of the metrics.
func metricsOf(prometheus node) string {
	switch {
	case !prometheus.on() || prometheus.at("manualrouting").on():
		return ""
	case prometheus.at("entrypoint").text() != "":
		return prometheus.at("entrypoint").text()
	default:
		return defaultMetrics
	}
}

// of picks the configuration out of a tree of keys.
func of(root node) Config {
	file := root.at("providers", "file")
	c := Config{
		EntryPoints: map[string]EntryPoint{},
		Directory:   file.at("directory").text(),
		Filename:    file.at("filename").text(),
		Watched:     file.at("watch").text() != "false",
		API:         root.at("api").on(),
		Docker:      root.at("providers", "docker").on(),
		Metrics:     metricsOf(root.at("metrics", "prometheus")),
	}
	for name, e := range root.at("entrypoints").children {
		c.EntryPoints[name] = EntryPoint{Address: e.at("address").text(), TLS: e.at("http", "tls").on()}
	}
	return c
}
