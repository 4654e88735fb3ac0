package compose

import "time"

// serviceSettings are what x-bluegreen says of a service, or by default of
// all. A zero value is not said.
type serviceSettings struct {
	Pair   string
	Port   int
	Health string
	Host   string
	Path   string
	Mode   Mode
	Listen int
	// Preview is the host name of the idle colour.
	Preview string
	Worker  workerSettings
	Checks  []Check
}

// proxySettings are what the top-level x-bluegreen says of the proxy.
type proxySettings struct {
	Service  string
	Kind     Kind
	Holder   string
	Settings ownership
	Volume   string
	// TLS names the file with certificate and key for each port of TLS.
	TLS map[int]string
}

// ownership says whose the proxy's settings are.
type ownership string

const (
	generated ownership = "generated"
	own       ownership = "own"
)

// projectSettings are the top-level x-bluegreen.
type projectSettings struct {
	Engine       EngineKind
	Proxy        proxySettings
	WaitTimeout  time.Duration
	DrainTimeout time.Duration
	Retire       time.Duration
	Keep         *int
	Preview      previewSettings
	Sticky       Sticky
	Defaults     serviceSettings
	Hooks        Hooks
	Bake         Bake
	Checks       []Check
}

// What may stand in names and paths is kept small, for they are written into
// the proxy's settings, where a blank or a quote would change the meaning.
const (
	namePattern   = `^[A-Za-z0-9][A-Za-z0-9._-]*$`
	hostPattern   = `^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`
	pathPattern   = `^/[A-Za-z0-9._~/-]*$`
	healthPattern = `^/[A-Za-z0-9._~/?=&-]*$`
	mountPattern  = `^/[A-Za-z0-9._/-]*$`
)

// routeFields are the keys that a service and the defaults share.
func routeFields() []field[serviceSettings] {
	type s = serviceSettings
	return []field[s]{
		port("port", func(s *s) *int { return &s.Port }),
		text("health", healthPattern, "a path that begins with / and has no blanks: /healthz", func(s *s) *string { return &s.Health }),
		text("host", hostPattern, "one host name without port or wildcard: shop.example.com", func(s *s) *string { return &s.Host }),
		text("path", pathPattern, "a path that begins with /: /api", func(s *s) *string { return &s.Path }),
		choice("mode", []Mode{HTTP, TCP}, func(s *s) *Mode { return &s.Mode }),
		port("listen", func(s *s) *int { return &s.Listen }),
		text("preview", hostPattern, "one host name without port or wildcard: next.example.com", func(s *s) *string { return &s.Preview }),
		{key: "worker", read: readWorker},
	}
}

// serviceFields are the keys of x-bluegreen on a service.
func serviceFields() []field[serviceSettings] {
	pair := text("pair", namePattern, "a name of letters, digits, dots, dashes and underscores", func(s *serviceSettings) *string { return &s.Pair })
	checks := field[serviceSettings]{key: "checks", read: func(at place, value any, into *serviceSettings) {
		readChecks(at, value, fieldsOfCheck(), &into.Checks)
	}}
	return append(append([]field[serviceSettings]{pair}, routeFields()...), checks)
}

// proxyName is the short form of x-bluegreen.proxy, and a key of the long one.
func proxyName() field[proxySettings] {
	return text("service", namePattern, "the name of a service", func(s *proxySettings) *string { return &s.Service })
}

// proxyFields are the keys of x-bluegreen.proxy.
func proxyFields() []field[proxySettings] {
	type s = proxySettings
	return []field[s]{
		proxyName(),
		choice("kind", []Kind{HAProxy, Traefik}, func(s *s) *Kind { return &s.Kind }),
		text("holder", namePattern, "the name of the service whose network the proxy uses", func(s *s) *string { return &s.Holder }),
		choice("settings", []ownership{generated, own}, func(s *s) *ownership { return &s.Settings }),
		text("volume", mountPattern, "the mount point in the proxy's container: /var/lib/haproxy", func(s *s) *string { return &s.Volume }),
		{key: "tls", read: readTLS},
	}
}

// projectFields are the keys of the top-level x-bluegreen.
func projectFields() []field[projectSettings] {
	type s = projectSettings
	return []field[s]{
		{key: "proxy", read: readProxy},
		choice("engine", EngineKinds(), func(s *s) *EngineKind { return &s.Engine }),
		duration("wait_timeout", func(s *s) *time.Duration { return &s.WaitTimeout }),
		duration("drain_timeout", func(s *s) *time.Duration { return &s.DrainTimeout }),
		duration("retire", func(s *s) *time.Duration { return &s.Retire }),
		count("keep", func(s *s) **int { return &s.Keep }),
		{key: "preview", read: readPreview},
		choice("sticky", []Sticky{StickyRelease, StickyOff}, func(s *s) *Sticky { return &s.Sticky }),
		{key: "defaults", read: func(at place, value any, into *s) { readMapping(at, value, routeFields(), &into.Defaults) }},
		{key: "hooks", read: func(at place, value any, into *s) { readMapping(at, value, hooksFields(), &into.Hooks) }},
		{key: "bake", read: readBake},
		{key: "checks", read: func(at place, value any, into *s) { readChecks(at, value, fieldsOfProjectCheck(), &into.Checks) }},
	}
}

// readProxy reads the short form, a service's name, or the mapping.
func readProxy(at place, value any, into *projectSettings) {
	if _, short := value.(string); short {
		proxyName().read(at, value, &into.Proxy)
		return
	}
	readMapping(at, value, proxyFields(), &into.Proxy)
}

// or fills in the defaults for what s does not say. Those about HTTP are not
// for a tcp route, those about traffic not for a worker, and the reverse.
func (s serviceSettings) or(defaults serviceSettings) serviceSettings {
	if s.Mode == TCP {
		defaults.Health, defaults.Host, defaults.Path, defaults.Preview = "", "", "", ""
	}
	if s.Worker != (workerSettings{}) {
		defaults = serviceSettings{}
	}
	defaults.Pair, defaults.Checks = s.Pair, s.Checks
	setIf(&defaults.Port, s.Port)
	setIf(&defaults.Health, s.Health)
	setIf(&defaults.Host, s.Host)
	setIf(&defaults.Path, s.Path)
	setIf(&defaults.Mode, s.Mode)
	setIf(&defaults.Listen, s.Listen)
	setIf(&defaults.Preview, s.Preview)
	setIf(&defaults.Worker, s.Worker)
	if s.Worker == (workerSettings{}) && defaults.Port != 0 {
		defaults.Worker = s.Worker
	}
	return defaults
}

func setIf[T comparable](to *T, value T) {
	var zero T
	if value != zero {
		*to = value
	}
}
