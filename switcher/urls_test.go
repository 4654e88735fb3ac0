package switcher

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Where the proxy ends TLS, visitors are told https.
func TestURLs(t *testing.T) {
	route := func(listen int, host, path string, mode compose.Mode) compose.Pair {
		return compose.Pair{Routes: map[compose.Colour]compose.Route{compose.Blue: {Listen: listen, Host: host, Path: path, Mode: mode}}}
	}
	m := compose.Model{Pairs: []compose.Pair{
		route(80, "", "/api", compose.HTTP), route(443, "", "", compose.HTTP), route(443, "shop.example.com", "/", compose.HTTP),
		route(8443, "", "", compose.HTTP), route(5432, "", "", compose.TCP), route(9000, "", "", compose.HTTP),
	}}
	lb := compose.Container{Ports: []compose.PublishedPort{
		{Host: "0.0.0.0", Public: 80, Container: 80},
		{Host: "::", Public: 443, Container: 443},
		{Host: "10.0.0.1", Public: 8443, Container: 8443},
		{Host: "127.0.0.1", Public: 5432, Container: 5432},
	}}
	assert.DeepEqual(t, urls(m, []compose.Container{lb}, []int{443, 8443, 5432}), []string{
		"http://localhost/api", "https://10.0.0.1:8443", "https://localhost", "https://shop.example.com/", "tcp://localhost:5432",
	})
	assert.DeepEqual(t, urls(m, nil, nil), []string{})
}
