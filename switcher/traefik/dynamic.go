package traefik

// dynamic is Traefik's dynamic configuration as far as the tool writes it
// (reference of the file provider).
type dynamic struct {
	HTTP httpPart `yaml:"http,omitempty"`
	TCP  tcpPart  `yaml:"tcp,omitempty"`
	TLS  *tlsPart `yaml:"tls,omitempty"`
}

// tlsPart are the certificates that entry points choose from.
type tlsPart struct {
	Certificates []certificate    `yaml:"certificates"`
	Stores       map[string]store `yaml:"stores"`
}

// store has the certificate of whoever names no known host.
type store struct {
	Default certificate `yaml:"defaultCertificate"`
}

// certificate names files, which may be one.
type certificate struct {
	Cert string `yaml:"certFile"`
	Key  string `yaml:"keyFile"`
}

type httpPart struct {
	Routers     map[string]router     `yaml:"routers,omitempty"`
	Services    map[string]service    `yaml:"services,omitempty"`
	Middlewares map[string]middleware `yaml:"middlewares,omitempty"`
	Transports  map[string]transport  `yaml:"serversTransports,omitempty"`
}

type tcpPart struct {
	Routers    map[string]router       `yaml:"routers,omitempty"`
	Services   map[string]tcpService   `yaml:"services,omitempty"`
	Transports map[string]tcpTransport `yaml:"serversTransports,omitempty"`
}

type router struct {
	EntryPoints []string `yaml:"entryPoints"`
	Rule        string   `yaml:"rule"`
	Priority    int      `yaml:"priority,omitempty"`
	Middlewares []string `yaml:"middlewares,omitempty"`
	Service     string   `yaml:"service"`
	TLS         *tls     `yaml:"tls,omitempty"`
}

// tls has a router take what comes over TLS alone, which ends at the proxy unless
// it is passed through.
type tls struct {
	Passthrough bool `yaml:"passthrough,omitempty"`
}

type service struct {
	LoadBalancer *balancer `yaml:"loadBalancer,omitempty"`
	Weighted     *weighted `yaml:"weighted,omitempty"`
	Failover     *failover `yaml:"failover,omitempty"`
}

// failover sends to a service whose own checks tell that it can serve, else to
// another one.
type failover struct {
	Service  string `yaml:"service"`
	Fallback string `yaml:"fallback"`
}

// weighted sends to its children in turn, and with a cookie always to the same.
type weighted struct {
	Services []child     `yaml:"services"`
	Sticky   *stickiness `yaml:"sticky,omitempty"`
}

type child struct {
	Name   string `yaml:"name"`
	Weight int    `yaml:"weight,omitempty"` // 1 without
}

type stickiness struct {
	Cookie cookie `yaml:"cookie"`
}

type cookie struct {
	Name     string `yaml:"name"`
	HTTPOnly bool   `yaml:"httpOnly"`
	SameSite string `yaml:"sameSite"`
}

type balancer struct {
	Servers   []server `yaml:"servers"`
	Transport string   `yaml:"serversTransport,omitempty"`
	Check     *check   `yaml:"healthCheck,omitempty"`
}

type server struct {
	URL string `yaml:"url"`
}

type check struct {
	Path     string            `yaml:"path,omitempty"`
	Hostname string            `yaml:"hostname,omitempty"`
	Headers  map[string]string `yaml:"headers,omitempty"`
	Interval string            `yaml:"interval"`
	Timeout  string            `yaml:"timeout"`
}

type tcpService struct {
	LoadBalancer *tcpBalancer `yaml:"loadBalancer,omitempty"`
	Weighted     *weighted    `yaml:"weighted,omitempty"`
}

type tcpBalancer struct {
	Servers   []tcpServer `yaml:"servers"`
	Transport string      `yaml:"serversTransport,omitempty"`
	Check     *check      `yaml:"healthCheck,omitempty"`
}

type tcpServer struct {
	Address string `yaml:"address"`
}

type middleware struct {
	Retry   *retry   `yaml:"retry,omitempty"`
	Headers *headers `yaml:"headers,omitempty"`
}

type retry struct {
	Attempts int    `yaml:"attempts"`
	Interval string `yaml:"initialInterval"`
}

type headers struct {
	Request  map[string]string `yaml:"customRequestHeaders,omitempty"`
	Response map[string]string `yaml:"customResponseHeaders,omitempty"`
}

type transport struct {
	MaxIdle  int      `yaml:"maxIdleConnsPerHost,omitempty"`
	Timeouts timeouts `yaml:"forwardingTimeouts"`
}

type tcpTransport struct {
	Dial string `yaml:"dialTimeout"`
}

type timeouts struct {
	Dial     string `yaml:"dialTimeout"`
	Response string `yaml:"responseHeaderTimeout,omitempty"`
	Idle     string `yaml:"idleConnTimeout,omitempty"`
}
