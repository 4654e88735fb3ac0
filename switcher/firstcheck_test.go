package switcher

import (
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestUnlooked(t *testing.T) {
	up, unchecked, down := Server{Up: true}, Server{Unchecked: true}, Server{Why: "DOWN"}
	for _, test := range []struct {
		name    string
		state   string
		servers []Server
		want    bool
	}{
		{"all is known", "running", []Server{up, up}, false},
		{"one is unchecked", "running", []Server{up, unchecked}, true},
		{"one is not seen", "running", []Server{up}, true},
		{"none is seen", "running", nil, true},
		{"one is down for good", "running", []Server{down, unchecked}, false},
		{"the engine knows better", "exited", []Server{up, unchecked}, false},
	} {
		s := State{Servers: map[compose.Colour][]Server{}, Model: &compose.Model{Pairs: []compose.Pair{{
			Name: "web", Services: map[compose.Colour]string{compose.Blue: "web-blue"},
		}}}}
		for i, address := range []string{"10.0.0.1", "10.0.0.2"} {
			s.Containers = append(s.Containers, compose.Container{Service: "web-blue", State: test.state, Addresses: []string{address}})
			if i < len(test.servers) {
				server := test.servers[i]
				server.Service, server.Address = "web-blue", address
				s.Servers[compose.Blue] = append(s.Servers[compose.Blue], server)
			}
		}
		if got := unlooked(s, compose.Blue); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
