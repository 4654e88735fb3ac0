package traefik

import (
	"errors"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

const countedText = `# TYPE process_start_time_seconds gauge
process_start_time_seconds 1.76409300000e+09
# TYPE traefik_router_requests_total counter
traefik_router_requests_total{code="200",method="GET",protocol="http",router="bluegreen-web@file",service="bluegreen-web-blue@file"} 90
traefik_router_requests_total{code="502",method="POST",protocol="http",router="bluegreen_leaving-bluegreen-web@file",service="bluegreen-web-blue@file"} 3
traefik_router_requests_total{code="499",method="GET",protocol="http",router="bluegreen-web@file",service="bluegreen-web-blue@file"} 2
traefik_router_requests_total{code="101",method="GET",protocol="websocket",router="bluegreen-web@file",service="bluegreen-web-blue@file"} 5
traefik_router_requests_total{code="500",method="GET",protocol="http",router="bluegreen_candidate-web@file",service="bluegreen-web-green@file"} 7
traefik_router_requests_total{code="503",method="GET",protocol="http",router="bluegreen_verify-80@file",service="bluegreen-web-blue@file"} 1
# TYPE traefik_service_requests_total counter
traefik_service_requests_total{code="200",method="GET",protocol="http",service="bluegreen-web-blue@file"} 90
traefik_service_requests_total{code="502",method="POST",protocol="http",service="bluegreen-web-blue@file"} 10
# TYPE traefik_router_request_duration_seconds histogram
traefik_router_request_duration_seconds_bucket{code="200",method="GET",protocol="http",router="bluegreen-web@file",service="bluegreen-web-blue@file",le="0.1"} 80
traefik_router_request_duration_seconds_bucket{code="200",method="GET",protocol="http",router="bluegreen-web@file",service="bluegreen-web-blue@file",le="0.5"} 89
traefik_router_request_duration_seconds_bucket{code="200",method="GET",protocol="http",router="bluegreen-web@file",service="bluegreen-web-blue@file",le="+Inf"} 90
traefik_router_request_duration_seconds_sum{code="200",method="GET",protocol="http",router="bluegreen-web@file",service="bluegreen-web-blue@file"} 9
traefik_router_request_duration_seconds_count{code="200",method="GET",protocol="http",router="bluegreen-web@file",service="bluegreen-web-blue@file"} 90
traefik_router_request_duration_seconds_bucket{code="101",method="GET",protocol="websocket",router="bluegreen-web@file",service="bluegreen-web-blue@file",le="0.1"} 0
traefik_router_request_duration_seconds_bucket{code="101",method="GET",protocol="websocket",router="bluegreen-web@file",service="bluegreen-web-blue@file",le="+Inf"} 5
traefik_router_request_duration_seconds_sum{code="101",method="GET",protocol="websocket",router="bluegreen-web@file",service="bluegreen-web-blue@file"} 900
traefik_router_request_duration_seconds_count{code="101",method="GET",protocol="websocket",router="bluegreen-web@file",service="bluegreen-web-blue@file"} 5
`

// web is a model of one pair.
func webModel() compose.Model {
	route := compose.Route{Mode: compose.HTTP}
	return compose.Model{Pairs: []compose.Pair{{
		Name:     "web",
		Services: map[compose.Colour]string{compose.Blue: "web-blue", compose.Green: "web-green"},
		Routes:   map[compose.Colour]compose.Route{compose.Blue: route, compose.Green: route},
	}}}
}

// Visitors' requests count as they were answered, however many replicas were
// tried; previews and the tool's own do not count.
func TestWhatVisitorsGotIsCounted(t *testing.T) {
	count, err := parseCount([]byte(countedText), webModel())
	assert.NilError(t, err)
	assert.DeepEqual(t, count.Of, map[compose.Colour]map[string]switcher.Reading{
		compose.Blue: {"web": {
			Requests: 100, Errors: 3, Broken: 6,
			Buckets: []switcher.Bucket{{UpTo: 100 * time.Millisecond, Count: 80}, {UpTo: 500 * time.Millisecond, Count: 89}, {UpTo: switcher.Endless, Count: 90}},
		}},
		compose.Green: {"web": {}},
	})
	assert.Check(t, count.Began != "")
}

// A user's own settings may have no figures of routers.
func TestServicesAreCountedWhereRoutersAreNot(t *testing.T) {
	count, err := parseCount([]byte(`# TYPE process_start_time_seconds gauge
process_start_time_seconds 1.7e+09
# TYPE traefik_service_requests_total counter
traefik_service_requests_total{code="200",method="GET",protocol="http",service="bluegreen-web-green@file"} 90
traefik_service_requests_total{code="503",method="GET",protocol="http",service="bluegreen-web-green@file"} 10
`), webModel())
	assert.NilError(t, err)
	assert.DeepEqual(t, count.Of[compose.Green]["web"], switcher.Reading{Requests: 100, Errors: 10})
}

func TestWhatIsNoMetrics(t *testing.T) {
	for _, text := range []string{"", "404 page not found\n"} {
		_, err := parseCount([]byte(text), webModel())
		assert.Check(t, err != nil, text)
	}
	_, err := parseCount(nil, webModel())
	assert.Check(t, errors.Is(err, errUncounted))
}
