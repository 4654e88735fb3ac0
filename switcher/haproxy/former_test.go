package haproxy

import (
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestConnectionsOfFormerWorkersAreInFlight(t *testing.T) {
	rows, err := parseStat(said(t, "stat.txt"))
	if err != nil {
		t.Fatal(err)
	}
	former := map[string]int{"172.18.0.3:8080": 2, "172.18.0.3:9000": 1, "10.0.0.1:80": 5, "172.18.0.4:8080": -1}
	want := switcher.InFlight{Requests: 2, Websockets: 1, Connections: 1}
	if got := addFormer(switcher.InFlight{Websockets: 1}, former, rows, captured(), compose.Blue); got != want {
		t.Errorf("in flight are %+v, want %+v", got, want)
	}
}
