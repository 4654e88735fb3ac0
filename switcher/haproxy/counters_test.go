package haproxy

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// What HAProxy 3.0 says, with fewer columns.
const countedText = `Name: HAProxy
Version: 3.0.11
Pid: 21
Start_time_sec: 1764093000

# pxname,svname,stot,econ,eresp,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,req_tot,rtime,cli_abrt,
port_80,FRONTEND,90,,,0,80,0,0,10,0,90,,,
web_blue,replica-1,70,2,,0,60,1,2,7,0,70,12,4,
web_blue,BACKEND,80,5,1,1,60,2,3,9,4,79,13,4,
raw_blue,BACKEND,7,2,0,,,,,,,,0,0,
web_green,BACKEND,0,0,0,0,0,0,0,0,0,0,0,0,

`

func TestWhatABackendHasCounted(t *testing.T) {
	m := compose.Model{}
	for name, mode := range map[string]compose.Mode{"web": compose.HTTP, "raw": compose.TCP} {
		p := compose.Pair{Name: name, Services: map[compose.Colour]string{}, Routes: map[compose.Colour]compose.Route{}}
		for _, c := range compose.Colours() {
			p.Services[c], p.Routes[c] = name+"-"+string(c), compose.Route{Mode: mode}
		}
		m.Pairs = append(m.Pairs, p)
	}
	count, err := parseCount(countedText, m)
	assert.NilError(t, err)
	assert.DeepEqual(t, count, switcher.Count{
		Began: "21 1764093000",
		Of: map[compose.Colour]map[string]switcher.Reading{
			compose.Blue: {
				// Those who went away (4) were not answered.
				"web": {Requests: 75, Errors: 9, Broken: 5, Mean: 13 * time.Millisecond, Samples: 79, Window: window},
				"raw": {Requests: 7, Broken: 2},
			},
			compose.Green: {"web": {Window: window}},
		},
	})
}
