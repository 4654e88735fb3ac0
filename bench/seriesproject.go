package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"text/template"

	"github.com/bluegreen/docker-bluegreen/e2e/certificate"
)

// The services that visitors call, from inside the network too.
const (
	proxyService  = "lb"
	holderService = "entrance"
)

// seriesFile is the project of the series: plain HTTP, TLS where the proxy's
// settings are the user's own, and raw TCP.
var seriesFile = template.Must(template.New("compose.yaml").Parse(`
name: {{.Name}}
x-bluegreen: {wait_timeout: 150s{{if .TLS}}, proxy: {tls: {port: 443, certificate: /site.pem}}{{end}}}
x-hello: &hello
  image: hello:${TAG:-v1}
  environment: {TCP_PORT: "9000"}
  healthcheck: {test: [CMD, /hello, health], interval: 1s, timeout: 20s, retries: 20}
x-web: &web {<<: *hello, x-bluegreen: {port: 8080, health: /healthz, listen: 80}}
x-secure: &secure {<<: *hello, x-bluegreen: {port: 8080, health: /healthz, listen: 443}}
x-raw: &raw {<<: *hello, x-bluegreen: {port: 9000, mode: tcp, listen: 5432}}
x-ports: &ports
  ports: ["127.0.0.1:${PORT}:80", "127.0.0.1:${TLS_PORT}:443", "127.0.0.1:${TCP_PORT}:5432"]
services:
  lb:
{{- if .Holder}}
    network_mode: service:entrance
{{- else}}
    <<: *ports
{{- end}}
    image: {{.Image}}
    command: {{.Command}}
    environment: {GENERATION: "${GENERATION:-1}"}
    volumes: [{{.Volumes}}]
{{- if .Holder}}
  entrance:
    <<: *ports
    image: {{.Holder}}
    command: [sh, -c, "trap exit TERM USR1; sleep infinity & wait"]
{{- end}}
  web-blue: {<<: *web, profiles: [blue]}
  web-green: {<<: *web, profiles: [green]}
{{- if .Secure}}
  secure-blue: {<<: *secure, profiles: [blue]}
  secure-green: {<<: *secure, profiles: [green]}
{{- end}}
  raw-blue: {<<: *raw, profiles: [blue]}
  raw-green: {<<: *raw, profiles: [green]}
volumes: {bluegreen: {}}
`))

// seriesProject is what the file says beside the services.
type seriesProject struct {
	Name, Image, Command, Volumes string
	Holder                        string // its image; none when empty
	Secure                        bool   // it has pairs over TLS
	TLS                           bool   // which generated settings end
	files                         map[string]string
	settle                        func(context.Context, *project) error // writes what depends on the file; may be nil
}

// start makes the project with v1 in blue and v2 in green. The caller removes it.
func (s seriesProject) start(ctx context.Context, behind proxy) (*project, error) {
	var err error
	if s.Image, err = behind.prepared(ctx); err != nil {
		return nil, err
	}
	p, err := newFolder(ctx)
	if err != nil {
		return nil, err
	}
	p.called = proxyService
	if s.Holder != "" {
		p.called = holderService
	}
	s.Name = p.name
	if err := s.fill(ctx, p); err != nil {
		return nil, errors.Join(err, p.remove(ctx))
	}
	return p, nil
}

// fill writes the files and starts what they say.
func (s seriesProject) fill(ctx context.Context, p *project) error {
	if err := s.open(ctx, p); err != nil {
		return err
	}
	if err := s.write(p); err != nil {
		return err
	}
	if s.settle != nil {
		if err := s.settle(ctx, p); err != nil {
			return err
		}
	}
	for _, version := range []string{"v1", "v2"} {
		p.with("TAG=" + version)
		if _, err := p.run(ctx, "docker", "bluegreen", "up"); err != nil {
			return err
		}
	}
	return nil
}

// open finds ports for what visitors call beside plain HTTP.
func (s seriesProject) open(ctx context.Context, p *project) error {
	tcp, err := freePort(ctx)
	if err != nil {
		return err
	}
	secure, err := freePort(ctx)
	if err != nil {
		return err
	}
	p.with(fmt.Sprintf("TCP_PORT=%d", tcp), fmt.Sprintf("TLS_PORT=%d", secure))
	p.tcp = fmt.Sprintf("127.0.0.1:%d", tcp)
	if s.Secure {
		p.secure = fmt.Sprintf("127.0.0.1:%d", secure)
	}
	return nil
}

func (s seriesProject) write(p *project) error {
	pem, err := certificate.New(proxyService, holderService)
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := seriesFile.Execute(&text, s); err != nil {
		return err
	}
	files := map[string]string{"compose.yaml": text.String(), certificateFile: pem}
	maps.Copy(files, s.files)
	for name, text := range files {
		if err := p.write(name, text); err != nil {
			return err
		}
	}
	return nil
}
