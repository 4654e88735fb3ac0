package compose

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

// reportNoDirectory says how a Traefik that takes its routes from elsewhere
// comes to take them from files.
func (b *builder) reportNoDirectory(s types.ServiceConfig, static staticconfig.Config, proxy Proxy) {
	problem := "is the proxy and watches no directory, so it cannot be told which colour is active"
	switch {
	case static.Filename != "":
		problem = "is the proxy and takes its routes from the single file " + static.Filename + ", beside which the tool's has no place"
	case static.Docker:
		problem = "is the proxy and routes by labels of containers, which cannot change colour in one step"
	}
	b.blame(s.Name, problem, fileProviderFix(static, proxy), "command")
}

// directoryLines are what a watched directory takes, as the settings are
// written.
var directoryLines = map[staticconfig.Format][]string{
	staticconfig.YAML: {
		"providers: {file: {directory: /etc/traefik/dynamic}}",
		`entryPoints: {bluegreen: {address: "127.0.0.1:61919"}}`, "api: {}",
	},
	staticconfig.TOML: {
		"[providers.file]", `  directory = "/etc/traefik/dynamic"`,
		"[entryPoints.bluegreen]", `  address = "127.0.0.1:61919"`, "[api]",
	},
	staticconfig.Arguments: {
		"--providers.file.directory=/etc/traefik/dynamic", "--entrypoints.bluegreen.address=127.0.0.1:61919", "--api=true",
	},
	staticconfig.Variables: {
		"TRAEFIK_PROVIDERS_FILE_DIRECTORY=/etc/traefik/dynamic", "TRAEFIK_ENTRYPOINTS_BLUEGREEN_ADDRESS=127.0.0.1:61919", "TRAEFIK_API=true",
	},
}

// fileProviderFix are the lines to add, as the settings are written.
func fileProviderFix(static staticconfig.Config, proxy Proxy) string {
	where := proxy.Settings
	switch {
	case proxy.Variables:
		where = "its environment"
	case proxy.Settings == "":
		where = "its command"
	}
	if static.Filename != "" {
		where += ", in place of providers.file.filename"
	}
	lines := []string{"in " + where + ":"}
	for _, line := range directoryLines[proxy.Format()] {
		lines = append(lines, "  "+line)
	}
	lines = append(lines, "on the service:", `  volumes: ["bluegreen:/etc/traefik/dynamic"]`)
	if static.Filename != "" {
		lines = append(lines, "and move what "+static.Filename+" holds into a file of that directory")
	}
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
				"remove them, and write "+extension+": {"+suggested(s, b.settings[name].Port)+"}", "labels")
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
func suggested(s types.ServiceConfig, port int) string {
	to := "PORT"
	if port != 0 {
		to = strconv.Itoa(port)
	}
	mode := ""
	var rest []string
	for _, label := range routingLabels(s) {
		key, value := strings.ToLower(label), s.Labels[label]
		if strings.HasPrefix(key, "traefik.tcp.") {
			mode = ", mode: tcp"
		}
		switch {
		case strings.HasSuffix(key, ".loadbalancer.server.port"):
			to = value
		case strings.HasSuffix(key, ".rule"):
			rest = append(rest, suggestedRoute(value)...)
		}
	}
	return strings.Join(append([]string{"port: " + to}, rest...), ", ") + mode
}

// suggestedRoute is the host and the path in a rule.
func suggestedRoute(rule string) []string {
	var found []string
	if host := ruleHost.FindStringSubmatch(rule); host != nil {
		found = append(found, "host: "+host[1])
	}
	if prefix := rulePath.FindStringSubmatch(rule); prefix != nil {
		found = append(found, "path: "+prefix[1])
	}
	return found
}
