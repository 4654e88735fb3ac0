// Command growth prints how a project on a Swarm grows: docs/swarm-growth.md has
// its table. What can be had from the code comes from the code; the rest are
// sizes that were measured, and said there.
package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
	"github.com/bluegreen/docker-bluegreen/switcher/haproxy"
)

// Bytes of JSON per object in the engine's lists (engine 20.10), and per row of
// HAProxy's "show stat".
const (
	nodeBytes         = 1910
	replicaBytes      = 1420
	proxyTaskBytes    = 2880
	controlTaskBytes  = 1510
	serviceBytes      = 1520
	proxyServiceBytes = 3630 // without the routing label, which is computed
	rowBytes          = 270
)

// What one question costs the manager's CPU: a process, and each byte of its
// answer.
const (
	questionCost = 8 * time.Millisecond
	byteCost     = 1900 * time.Nanosecond
)

// What a switch does: the lists that it has the manager make, and short and long
// ("show stat") questions to each proxy.
const (
	serviceLists, taskLists, nodeLists = 14, 9, 8
	short, long                        = 3, 2
	managers, cores                    = 3, 2
	answering                          = 2 * time.Second // an answer that takes longer is none
	checksPerSecond                    = 2               // inter 500ms
)

// size is one project: a proxy on each of so many nodes.
type size struct{ nodes, pairs, replicas int }

func main() {
	fmt.Println("| nodes, proxies | pairs x replicas | routing | project | one history line | settings | lists per switch | `show stat` of all | CPU per switch | CPU per look | checks/s per replica | checks/s of each proxy | addresses, control and default network |")
	fmt.Println("|---" + strings.Repeat("|---:", 12) + "|")
	for _, s := range []size{{3, 1, 3}, {3, 10, 3}, {3, 100, 3}, {10, 10, 3}, {50, 10, 3}, {100, 1, 6}, {100, 100, 3}, {250, 10, 6}, {1000, 1, 9}, {1000, 100, 9}} {
		fmt.Println(s.line())
	}
}

func (s size) line() string {
	look, mark := s.cost(1, s.statBytes()), ""
	if look/cores > answering {
		mark = " !"
	}
	return fmt.Sprintf("| %d | %d x %d | %s | %s | %s | %s | %s | %s | %s | %s%s | %d | %d | %d, %d |",
		s.nodes, s.pairs, s.replicas, bytes(s.routing()), bytes(s.project()), bytes(s.history()), bytes(s.settings()), bytes(s.lists()),
		bytes(s.nodes*s.statBytes()), span(s.cost(short, 0)+s.cost(long, s.statBytes())), span(look), mark,
		s.nodes*checksPerSecond, 2*s.pairs*s.replicas*checksPerSecond,
		2*s.nodes+managers, 2*s.nodes+2*s.pairs*s.replicas) // a node has one in each network, too
}

func (s size) model() compose.Model {
	m := compose.Model{Name: "shop", Engine: compose.Swarm, Proxy: compose.Proxy{
		Service: "lb", Kind: compose.HAProxy, Volume: "/var/lib/haproxy", Settings: "/var/lib/haproxy/haproxy.cfg",
		Generated: true, Control: "10.0.2.0/24",
	}}
	for i := range s.pairs {
		name := fmt.Sprintf("service-%02d", i)
		route := compose.Route{Port: 8080, Health: "/healthz", Host: name + ".shop.example", Mode: compose.HTTP, Listen: 80}
		p := compose.Pair{Name: name, Services: map[compose.Colour]string{}, Replicas: map[compose.Colour]int{}, Routes: map[compose.Colour]compose.Route{}}
		for _, c := range compose.Colours() {
			p.Services[c], p.Replicas[c], p.Routes[c] = name+"-"+string(c), s.replicas, route
		}
		m.Pairs = append(m.Pairs, p)
	}
	return m
}

func (s size) project() int { return len(text(s.model())) }

func (s size) settings() int {
	m := s.model()
	return len(haproxy.SwarmFiles(m, strings.Repeat("A", 26))[m.Proxy.Settings])
}

// routing is the label: it names no pair.
func (size) routing() int {
	return len(text(switcher.Routing{
		Active: compose.Green, Release: "5a1c0b77e2", Previous: compose.Blue, PreviousRelease: "09f3d8c1aa", Action: switcher.Deploy,
		Since: time.Unix(0, 1), By: "ann@laptop", Pending: &switcher.Pending{From: compose.Blue},
	}))
}

func (s size) history() int {
	images := map[string]string{}
	for _, p := range s.model().Pairs {
		images[p.Name] = "registry.example/shop/" + p.Name + ":v1"
	}
	return len(text(switcher.Record{
		Time: time.Unix(0, 1), Action: switcher.Deploy, Who: "ann@laptop", From: compose.Blue, To: compose.Green, Release: "5a1c0b77e2",
		Images: images, Duration: 13122, Probe: &switcher.Probe{Sent: 20}, Result: "done",
	}))
}

// statBytes is one proxy's answer to "show stat": HAProxy has a row per slot,
// filled or not, and the settings have ten slots more than whole tens of replicas.
func (s size) statBytes() int { return 2 * s.pairs * (s.replicas/10*10 + 10 + 1) * rowBytes }

// lists is what the manager sends in lists during a switch.
func (s size) lists() int {
	services := 2*s.pairs*serviceBytes + proxyServiceBytes + s.routing() + serviceBytes
	tasks := 2*s.pairs*s.replicas*replicaBytes + s.nodes*proxyTaskBytes + managers*controlTaskBytes
	return serviceLists*services + taskLists*tasks + nodeLists*s.nodes*nodeBytes
}

// cost is the CPU time of asking all proxies.
func (s size) cost(questions, answer int) time.Duration {
	return time.Duration(questions*s.nodes) * (questionCost + time.Duration(answer)*byteCost)
}

func text(v any) string {
	t, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(t)
}

func bytes(n int) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", n/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func span(d time.Duration) string {
	return d.Round(10 * time.Millisecond).String()
}
