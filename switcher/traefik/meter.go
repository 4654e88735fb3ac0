package traefik

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// metricsEntry is the entry point of Traefik's metrics, on the loopback
// interface of the container, for the tool alone. It is not the one for the
// tool's requests to replicas: Traefik takes /metrics there before all routers,
// and a replica's health may lie at that path. Its port is below that one's. Its
// name has no underscore, which in a variable's name would be a dot.
const (
	metricsEntry   = "bluegreenmetrics"
	metricsPorts   = adminPort - 2
	metricsAddress = "127.0.0.1:61917"
)

// metrics is the lane's port for the metrics.
func (l lane) metrics() int { return metricsPorts + int(l) }

func metricsAt(l lane) string { return fmt.Sprintf("127.0.0.1:%d", l.metrics()) }

// meters are Traefik's metrics as far as the tool writes it.
type meters struct {
	Prometheus prometheus `yaml:"prometheus"`
}

type prometheus struct {
	EntryPoint  string    `yaml:"entryPoint"`
	EntryPoints bool      `yaml:"addEntryPointsLabels"`
	Routers     bool      `yaml:"addRoutersLabels"`
	Buckets     []float64 `yaml:"buckets,flow"`
}

// bounds are the times, in seconds, up to which requests are counted: the finer
// they are, the nearer to its limit a latency is judged.
func bounds() []float64 {
	return []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30}
}

func generatedMeters() *meters {
	return &meters{Prometheus: prometheus{EntryPoint: metricsEntry, Routers: true, Buckets: bounds()}}
}

// meterNeeds are what a user's own settings must have for a release to be
// watched after its switch.
func meterNeeds() []need {
	metered := func(c staticconfig.Config) bool { return c.Metrics != "" }
	return []need{
		{
			flag: "--entrypoints." + metricsEntry + ".address=" + metricsAddress, section: "entryPoints",
			line: fmt.Sprintf("%s: {address: %q}", metricsEntry, metricsAddress), met: metered,
		},
		{
			flag: "--metrics.prometheus.entrypoint=" + metricsEntry, section: "metrics",
			line: fmt.Sprintf("prometheus: {entryPoint: %s}", metricsEntry), met: metered,
		},
	}
}

// watchable says what else a user's own settings must have for --bake; "" where
// they have it, or where the file has a bake, for which they must have it anyway.
func watchable(m compose.Model) string {
	if m.Bake.Time > 0 || m.Proxy.Static != nil && m.Proxy.Static.Metrics != "" {
		return ""
	}
	return "\nfor a release to be watched after its switch (--bake), also:\n\n" + text(m.Proxy, meterNeeds())
}
