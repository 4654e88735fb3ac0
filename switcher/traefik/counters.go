package traefik

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// The names of Traefik's metrics (reference, observability, metrics).
const (
	routerRequests  = "traefik_router_requests_total"
	routerDuration  = "traefik_router_request_duration_seconds"
	serviceRequests = "traefik_service_requests_total"
	serviceDuration = "traefik_service_request_duration_seconds"
	processStart    = "process_start_time_seconds"
)

// errUncounted tells of a Traefik that counts nothing that the tool can read.
var errUncounted = errors.New("it counts nothing that the tool can read")

// Count implements switcher.Counters by Traefik's own metrics for Prometheus,
// which the tool reads itself. Of tcp pairs Traefik counts nothing.
func (c *control) Count(ctx context.Context, m compose.Model) (switcher.Count, error) {
	text, err := c.metrics(ctx, m)
	var count switcher.Count
	if err == nil {
		count, err = parseCount(text, m)
	}
	return count, c.Errors.Wrap("read what it has counted", err)
}

// Countable implements switcher.Counters.
func (c *control) Countable(ctx context.Context, m compose.Model) error {
	_, err := c.Count(ctx, m)
	if !errors.Is(err, errUncounted) {
		return err
	}
	problem, fix := "runs without metrics, so that nothing it serves can be watched", "start it anew with them; it says before how long the gap is: docker bluegreen proxy upgrade"
	if !m.Proxy.Generated {
		fix = "add these lines to its settings, then restart the proxy:\n\n" + text(m.Proxy, meterNeeds())
	}
	return &compose.InvalidError{Service: m.Proxy.Service, Problem: problem, Fix: fix}
}

// metrics asks the running Traefik for its metrics.
func (c *control) metrics(ctx context.Context, m compose.Model) ([]byte, error) {
	port, err := c.metricsPort(ctx, m)
	if err != nil {
		return nil, err
	}
	answer, err := c.get(ctx, port, "/metrics", "localhost")
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, fmt.Errorf("%w: port %d answers %d", errUncounted, port, answer.Status)
	}
	return answer.Body, nil
}

// metricsPort is where it has them. The settings on the volume may be newer
// than its start, or another instance's, so it is asked which ports it opened.
func (c *control) metricsPort(ctx context.Context, m compose.Model) (int, error) {
	name := metricsEntry
	if !m.Proxy.Generated {
		config, err := c.settings(ctx, m.Proxy)
		if err != nil {
			return 0, err
		}
		name = config.Metrics
	}
	open, err := c.opened(ctx)
	if err != nil {
		return 0, err
	}
	port := open.EntryPoints[name].Port()
	if port == 0 {
		return 0, errUncounted
	}
	return port, nil
}

// families are metrics by their names.
type families map[string]*dto.MetricFamily

// parseCount reads metrics in the text format.
func parseCount(text []byte, m compose.Model) (switcher.Count, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	all, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return switcher.Count{}, fmt.Errorf("its metrics cannot be read: %w", err)
	}
	f := families(all)
	if _, found := f[processStart]; !found {
		return switcher.Count{}, fmt.Errorf("%w: its metrics do not say when it began", errUncounted)
	}
	count := switcher.Count{Began: fmt.Sprint(f.sum(processStart, nil)), Of: map[compose.Colour]map[string]switcher.Reading{}}
	for _, c := range compose.Colours() {
		count.Of[c] = map[string]switcher.Reading{}
	}
	for _, p := range m.Pairs {
		drawn := f.drawn(p.Name)
		for _, c := range compose.Colours() {
			if p.Has(c) && p.Routes[c].Mode == compose.HTTP {
				count.Of[c][p.Name] = f.reading(p.Name, c, drawn[c])
			}
		}
	}
	return count, nil
}

// reading is what was counted for a pair's colour. What visitors got is counted at
// their routers: after the tries that another replica has made good. Settings of
// a user's own may lack that; then the service's count has to do, in which each
// try is a request.
func (f families) reading(pair string, c compose.Colour, drawn drawnCount) switcher.Reading {
	to, led := serves(pair, c), leads(pair, c)
	visitors := func(l labels) bool { return led(l) && isVisitors(l["router"]) }
	requests, duration, who := routerRequests, routerDuration, visitors
	if _, found := f[routerRequests]; !found {
		requests, duration, who = serviceRequests, serviceDuration, to
	}
	return switcher.Reading{
		Requests: int(f.sum(requests, who)) + drawn.requests, Errors: int(f.sum(requests, both(who, failed))) + drawn.errors,
		Broken: drawn.broken, Buckets: f.buckets(duration, who),
	}
}

// serves matches what is counted of a pair's colour itself, leads what is counted
// at routers whose only way leads there.
func serves(pair string, c compose.Colour) func(labels) bool {
	return func(l labels) bool { return l["service"] == serviceOf(pair, c)+provider }
}

func leads(pair string, c compose.Colour) func(labels) bool {
	ways := []string{serviceOf(pair, c) + provider, beganOf(pair, c) + provider, keepingOf(pair, c) + provider}
	return func(l labels) bool { return slices.Contains(ways, l["service"]) }
}

type labels map[string]string

// isVisitors tells of a router by which visitors come, and not the tool or a
// preview.
func isVisitors(router string) bool {
	router = strings.TrimPrefix(router, leavingOf(""))
	return slices.ContainsFunc([]string{routerOf(""), chosenOf(""), keptOf(""), pinnedOf("")}, func(prefix string) bool {
		return strings.HasPrefix(router, prefix)
	})
}

func failed(l labels) bool { return strings.HasPrefix(l["code"], "5") }

func both(a, b func(labels) bool) func(labels) bool {
	return func(l labels) bool { return a(l) && b(l) }
}

// matching lists the series of a metric whose labels match; nil matches all.
func (f families) matching(name string, match func(labels) bool) []*dto.Metric {
	var found []*dto.Metric
	for _, metric := range f[name].GetMetric() {
		l := labels{}
		for _, pair := range metric.GetLabel() {
			l[pair.GetName()] = pair.GetValue()
		}
		if match == nil || match(l) {
			found = append(found, metric)
		}
	}
	return found
}

// sum adds up the values of series.
func (f families) sum(name string, match func(labels) bool) float64 {
	total := 0.0
	for _, metric := range f.matching(name, match) {
		total += metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + metric.GetUntyped().GetValue()
	}
	return total
}

// lasting are the protocols whose requests last as long as somebody wants.
var lasting = []string{"websocket", "sse"}

// buckets adds up histograms, those of what is meant to last left out.
func (f families) buckets(name string, match func(labels) bool) []switcher.Bucket {
	counts := map[time.Duration]int{}
	brief := func(l labels) bool { return !slices.Contains(lasting, l["protocol"]) }
	for _, metric := range f.matching(name, both(match, brief)) {
		histogram := metric.GetHistogram()
		for _, b := range histogram.GetBucket() {
			if upTo := b.GetUpperBound(); !math.IsInf(upTo, 1) {
				counts[time.Duration(upTo*float64(time.Second))] += int(b.GetCumulativeCount())
			}
		}
		counts[switcher.Endless] += int(histogram.GetSampleCount())
	}
	var list []switcher.Bucket
	for upTo, n := range counts {
		list = append(list, switcher.Bucket{UpTo: upTo, Count: n})
	}
	slices.SortFunc(list, func(a, b switcher.Bucket) int { return int(min(1, max(-1, a.UpTo-b.UpTo))) })
	return list
}
