// Package haproxy drives HAProxy, 2.6 and later. The active colour is one
// value of a map file, by which every use_backend rule of the project
// chooses; a switch changes the file durably, then the running proxy's copy
// of it over the runtime API (HAProxy management guide, section 9.3).
package haproxy

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The files in the project's directory on the proxy's volume.
const (
	routingFile = "active.map"
	adminFile   = "admin.sock"
	stateFile   = "servers.state"
	trialFile   = "haproxy.cfg.trial"
)

// mapKey is the key of the routing file's only entry, and noColour its value
// while no colour is active.
const (
	mapKey   = "active"
	noColour = "none"
)

// adminPort is the runtime API's port on the container's loopback interface,
// for images without a client for unix sockets. It lies above the ports that
// Linux gives to outgoing connections.
const adminPort = 61919

// resolvers names the section with the engine's DNS server, slotPrefix the
// servers of a template.
const (
	resolvers  = "engine"
	slotPrefix = "replica-"
)

// backend names the backend of a pair in one colour. The names of different
// pairs never meet, since each ends with a colour.
func backend(pair string, c compose.Colour) string { return pair + "_" + string(c) }

// slots is the number of replicas of a pair that the settings have room for:
// scaling within it needs no reload.
func slots(p compose.Pair) int {
	most := 0
	for _, n := range p.Replicas {
		most = max(most, n)
	}
	return most/10*10 + 10
}

// relaySocket is where the workers of former settings hand the requests of a
// port on to their successor, and relayBackend how they get there.
func relaySocket(p compose.Proxy, port int) string {
	return fmt.Sprintf("%s/relay_%d.sock", p.Directory(), port)
}

func frontendSection(port int) string { return fmt.Sprintf("frontend port_%d", port) }

func relayBackend(port int) string { return fmt.Sprintf("relay_%d", port) }
