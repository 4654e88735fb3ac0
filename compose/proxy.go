package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// findProxy finds the service that routes the traffic, named or by its image.
// When it is none that a release can work with, ok is false.
func (b *builder) findProxy() (proxy Proxy, ok bool) {
	before := len(b.list)
	name, found := b.proxyService()
	if !found {
		return Proxy{}, false
	}
	service := b.source.Services[name]
	proxy = Proxy{Service: name, Kind: b.proxyKind(service)}
	b.checkProxy(service)
	proxy.Holder = b.holder(service)
	switch proxy.Kind {
	case HAProxy:
		b.readProxyFiles(service, &proxy)
	case Traefik:
		b.readTraefik(service, &proxy)
	}
	b.checkRoutingLabels(proxy)
	return proxy, len(b.list) == before
}

// proxyService is the name of the proxy.
func (b *builder) proxyService() (string, bool) {
	if named := b.top.Proxy.Service; named != "" {
		return named, b.checkNamed(named)
	}
	candidates := proxies(b.source.Services)
	switch len(candidates) {
	case 1:
		return candidates[0], !b.reportHolder(candidates[0])
	case 0:
		b.reportNoProxy()
	default:
		b.blameProject("has several services that could be the proxy: "+listing(candidates),
			fmt.Sprintf("name it at the top level: %s: {proxy: %s}", extension, candidates[0]), "services")
	}
	return "", false
}

// checkNamed tells whether the named proxy is an active service.
func (b *builder) checkNamed(name string) bool {
	if _, ok := b.source.Services[name]; ok {
		return true
	}
	if disabled, ok := b.source.DisabledServices[name]; ok {
		b.reportInactive(disabled)
		return false
	}
	b.blameProject(fmt.Sprintf("%s.proxy names %q, which is not a service", extension, name), meant(name, b.shared()), extension, "proxy")
	return false
}

func (b *builder) reportNoProxy() {
	if inactive := proxies(b.source.DisabledServices); len(inactive) > 0 {
		b.reportInactive(b.source.DisabledServices[inactive[0]])
		return
	}
	b.blameProject("has no proxy: no service's image is HAProxy or Traefik",
		fmt.Sprintf("add a service with an haproxy or traefik image, or name yours at the top level: %s: {proxy: SERVICE}", extension), "services")
}

func (b *builder) reportInactive(s types.ServiceConfig) {
	b.blame(s.Name, "is the proxy, but its profile is not active: "+listing(s.Profiles),
		"remove its profiles", "profiles")
}

// proxies lists the services whose image is a proxy's. One that holds the
// network of another is no candidate: it may well run the proxy's image.
func proxies(services types.Services) []string {
	held := map[string]bool{}
	for _, s := range services {
		if holder, ok := strings.CutPrefix(s.NetworkMode, types.ServicePrefix); ok && KindOf(s.Image) != "" {
			held[holder] = true
		}
	}
	var names, coloured []string
	for _, name := range slices.Sorted(maps.Keys(services)) {
		switch {
		case KindOf(services[name].Image) == "" || held[name]:
		case len(coloursOf(services[name])) > 0:
			coloured = append(coloured, name) // a check, perhaps, with the proxy's image
		default:
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return coloured
	}
	return names
}

// KindOf tells a proxy by the last part of its image's repository, so that
// registry.example.com/team/haproxy-tuned:3.2 is one.
func KindOf(image string) Kind {
	repository, _, _ := strings.Cut(image, "@")
	last := repository[strings.LastIndex(repository, "/")+1:]
	last, _, _ = strings.Cut(last, ":")
	for _, kind := range []Kind{HAProxy, Traefik} {
		if strings.Contains(strings.ToLower(last), string(kind)) {
			return kind
		}
	}
	return ""
}

// kind is what the file says, or else the image; "" when neither tells.
func (b *builder) kind(s types.ServiceConfig) Kind {
	if b.top.Proxy.Kind != "" {
		return b.top.Proxy.Kind
	}
	return KindOf(s.Image)
}

// proxyKind is the proxy's kind, and a problem where it is unknown.
func (b *builder) proxyKind(s types.ServiceConfig) Kind {
	kind := b.kind(s)
	if kind == "" {
		b.blame(s.Name, "is the proxy, but its image does not tell the kind",
			fmt.Sprintf("write it at the top level: %s: {proxy: {service: %s, kind: haproxy}} (or traefik)", extension, s.Name), "image")
	}
	return kind
}

// checkProxy reports what would keep the proxy from its work.
func (b *builder) checkProxy(s types.ServiceConfig) {
	if len(coloursOf(s)) > 0 {
		b.blame(s.Name, "is the proxy and has a colour's profile, but it serves both colours", "remove its profiles", "profiles")
	}
	if s.NetworkMode != "" && !strings.HasPrefix(s.NetworkMode, types.ServicePrefix) {
		b.blame(s.Name, "is the proxy and has network_mode "+s.NetworkMode+", where service names cannot be resolved",
			"remove network_mode, and use networks and ports", "network_mode")
	}
	if s.GetScale() != 1 {
		b.blame(s.Name, fmt.Sprintf("is the proxy and has %d replicas, but one proxy owns the state", s.GetScale()),
			"remove its replicas", "deploy", "replicas")
	}
}
