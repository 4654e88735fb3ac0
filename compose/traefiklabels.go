package compose

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// reportNoDirectory says how a Traefik that takes its routes from elsewhere
// comes to take them from files.
func (b *builder) reportNoDirectory(s types.ServiceConfig, static staticconfig.Config) {
	problem := "is the proxy and watches no directory, so it cannot be told which colour is active"
	switch {
	case static.Filename != "":
		problem = "is the proxy and reads the single file " + static.Filename + ", of which a change in one step is never seen"
	case static.Docker:
		problem = "is the proxy and routes by labels of containers, which cannot change colour in one step"
	}
	b.blame(s.Name, problem, fileProviderFix(s, static), "command")
}

// fileProviderFix are the lines to add, as flags or in the file's YAML.
func fileProviderFix(s types.ServiceConfig, static staticconfig.Config) string {
	flags := staticconfig.Flags(slices.Concat(s.Entrypoint, s.Command)).Any()
	var lines []string
	if flags {
		lines = append(lines, "in its command:", "  --providers.file.directory=/etc/traefik/dynamic",
			"  --entrypoints.bluegreen.address=127.0.0.1:61919", "  --api=true")
	} else {
		lines = append(lines, "in its settings:", "  providers: {file: {directory: /etc/traefik/dynamic}}",
			`  entryPoints: {bluegreen: {address: "127.0.0.1:61919"}}`, "  api: {}")
	}
	lines = append(lines, "on the service:", `  volumes: ["bluegreen:/etc/traefik/dynamic"]`)
	if static.Docker {
		lines = append(lines, "and on each coloured service write x-bluegreen (port, host, path) instead of the traefik labels")
	}
	return "let it watch a directory:\n" + strings.Join(lines, "\n")
}

// checkRoutingLabels reports labels by which Traefik would route to a coloured
// service beside the tool.
func (b *builder) checkRoutingLabels(proxy Proxy) {
	if proxy.Kind != Traefik {
		return
	}
	for _, name := range b.services() {
		s := b.source.Services[name]
		if len(coloursOf(s)) == 0 || strings.EqualFold(s.Labels["traefik.enable"], "false") {
			continue
		}
		if labels := routingLabels(s); len(labels) > 0 {
			b.blame(name, "has labels by which Traefik would route to it whatever colour is active: "+listing(labels),
				"remove them, and write "+extension+": {"+suggested(s)+"}", "labels")
		}
	}
}

// routingLabels lists a service's labels that make routers or services.
func routingLabels(s types.ServiceConfig) []string {
	var found []string
	for _, label := range slices.Sorted(maps.Keys(s.Labels)) {
		key := strings.ToLower(label)
		if strings.HasPrefix(key, "traefik.http.") || strings.HasPrefix(key, "traefik.tcp.") {
			found = append(found, label)
		}
	}
	return found
}

var (
	ruleHost = regexp.MustCompile("Host\\(`([^`]+)`\\)")
	rulePath = regexp.MustCompile("PathPrefix\\(`([^`]+)`\\)")
)

// suggested says the plain part of what labels say in the words of
// x-bluegreen.
func suggested(s types.ServiceConfig) string {
	port := "PORT"
	var rest []string
	for _, label := range routingLabels(s) {
		value := s.Labels[label]
		switch {
		case strings.HasSuffix(strings.ToLower(label), ".loadbalancer.server.port"):
			port = value
		case strings.HasSuffix(label, ".rule"):
			if host := ruleHost.FindStringSubmatch(value); host != nil {
				rest = append(rest, "host: "+host[1])
			}
			if prefix := rulePath.FindStringSubmatch(value); prefix != nil {
				rest = append(rest, "path: "+prefix[1])
			}
		}
	}
	return strings.Join(append([]string{fmt.Sprintf("port: %s", port)}, rest...), ", ")
}
