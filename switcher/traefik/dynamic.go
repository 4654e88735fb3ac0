package traefik

// dynamic is Traefik's dynamic configuration as far as the tool writes it
// (reference of the file provider).
type dynamic struct {
	HTTP httpPart `yaml:"http,omitempty"`
	TCP  tcpPart  `yaml:"tcp,omitempty"`
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

type tls struct {
	Passthrough bool `yaml:"passthrough"`
}

type service struct {
	LoadBalancer balancer `yaml:"loadBalancer"`
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
	LoadBalancer tcpBalancer `yaml:"loadBalancer"`
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
	Response map[string]string `yaml:"customResponseHeaders"`
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
