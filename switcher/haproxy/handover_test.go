package haproxy

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestAServerWhosePortChangesBeginsWithoutAState(t *testing.T) {
	const (
		head  = "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state …\n"
		blue  = "3 web_blue 1 replica-1 172.21.0.3 2 0 1 1 2759 15 3 2 6 0 0 0 web-blue 8080 - 0 0 - - 0\n"
		green = "4 web_green 1 replica-1 172.21.0.4 2 0 1 1 2759 15 3 2 6 0 0 0 web-green 8080 - 0 0 - - 0\n"
		other = "5 theirs 1 one 172.21.0.5 2 0 1 1 2759 15 3 2 6 0 0 0 - 80 - 0 0 - - 0"
	)
	m := &compose.Model{Pairs: []compose.Pair{{
		Name:   "web",
		Routes: map[compose.Colour]compose.Route{compose.Blue: {Port: 8080}, compose.Green: {Port: 8081}},
	}}}
	assert.Equal(t, handover("\n"+head+blue+green+other+"\n", m), head+blue+other)
	assert.Equal(t, handover(head+blue+green+other+"\n", nil), head+blue+green+other)
}
