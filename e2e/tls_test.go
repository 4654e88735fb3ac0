package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/certificate"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// withTLS is the project with a holder, and http alone, whose proxy ends TLS.
func withTLS() string {
	text := withHolder[:strings.Index(withHolder, "  raw-blue:")] + "volumes: {bluegreen: {}}\n"
	return strings.NewReplacer(
		"x-bluegreen: {wait_timeout: 150s}", "x-bluegreen: {wait_timeout: 150s, proxy: {tls: {port: 443, certificate: /certs/shop.pem}}}",
		"listen: 80}", "listen: 443}", "}:80\"", "}:443\"", `, "127.0.0.1:${TCP_PORT}:5432"`, "",
		`volumes: ["bluegreen:/var/lib/haproxy"]`, `volumes: ["bluegreen:/var/lib/haproxy", "./certs:/certs:ro"]`,
		"x-raw: &raw {<<: *hello, x-bluegreen: {port: 9000, mode: tcp, listen: 5432}}\n", "",
	).Replace(text)
}

// certify gives the project a new certificate, and returns who believes it.
func (p *project) certify() *x509.CertPool {
	p.t.Helper()
	text, err := certificate.New()
	assert.NilError(p.t, err)
	assert.NilError(p.t, os.MkdirAll(filepath.Join(p.dir, "certs"), 0o755))
	file := filepath.Join(p.dir, "certs/shop.pem")
	assert.NilError(p.t, os.WriteFile(file, []byte(text), 0o644)) // HAProxy's image has a user of its own
	roots, err := certificate.Roots(text)
	assert.NilError(p.t, err)
	return roots
}

// seesOverTLS asserts which version a new visitor sees who believes a
// certificate, and in which protocol.
func (p *project) seesOverTLS(roots *x509.CertPool, version string) {
	p.t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "https://"+p.door(), nil)
	assert.NilError(p.t, err)
	resp, err := (&http.Client{Transport: transport, Timeout: 10 * time.Second}).Do(req)
	assert.NilError(p.t, err)
	defer resp.Body.Close()
	assert.Equal(p.t, resp.Header.Get("X-Version"), version)
	assert.Equal(p.t, resp.Proto, "HTTP/2.0")
}

// door is where the project is published.
func (p *project) door() string { return fmt.Sprintf("127.0.0.1:%d", p.port) }

// Generated settings end TLS by a certificate of the user's: releases, a renewed
// certificate and a new proxy cost nobody a request, in HTTP/2 or 1.1.
func TestGeneratedSettingsEndTLS(t *testing.T) {
	t.Parallel()
	p := newProject(t, withTLS())
	p.with("TAG=v1").fails(8, "/certs/shop.pem", "up")
	roots := p.certify()
	p.ok("up")
	p.seesOverTLS(roots, "v1")
	says(t, p.ok("status"), fmt.Sprintf("https://localhost:%d", p.port))

	visitors, err := load.Start(t.Context(), load.Options{
		URL: "http://" + p.door(), TLSAddr: p.door(), Roots: roots, Rate: 60, Hold: 3 * time.Second,
		Mix: map[load.Kind]int{load.TLS: 2, load.NewTLS: 1, load.H2: 4, load.SecureWS: 2},
	})
	assert.NilError(t, err)
	p.with("TAG=v2").ok("up")
	r := p.ok("switch", "--bake", "2s")
	says(t, r, "green takes all traffic", " sent, 0 lost, ", "green has proved itself: ")
	p.with("GENERATION=2").ok("proxy", "upgrade")
	assert.Equal(t, p.generation(), "2")
	p.ok("rollback")
	p.nobodyLost(visitors)

	renewed := p.certify()
	p.seesOverTLS(roots, "v1")
	p.ok("proxy", "reload")
	p.seesOverTLS(renewed, "v1")
	p.write("certs/shop.pem", "no certificate\n")
	p.fails(8, "/certs/shop.pem", "proxy", "reload")
	p.seesOverTLS(renewed, "v1")
	assert.Equal(t, *p.status().Active, compose.Blue)
	if behind.kind == compose.Traefik { // which would read it with its next routes
		p.fails(8, "/certs/shop.pem", "switch")
		p.seesOverTLS(renewed, "v1")
	}

	// The next proxy has the file in another place as well.
	renewed = p.certify()
	p.edit(`"./certs:/certs:ro"`, `"./certs:/certs:ro", "./certs:/more:ro"`)
	p.edit("certificate: /certs/shop.pem", "certificate: /more/shop.pem")
	p.ok("proxy", "upgrade")
	p.seesOverTLS(renewed, "v1")
	says(t, p.ok("config"), "TLS at 443")
	p.with("TAG=v2").ok("deploy")
	p.seesOverTLS(renewed, "v2")
}

// TLS at a port where visitors are begins for all of them at once, when that is
// asked for.
func TestAPortBeginsToEndTLS(t *testing.T) {
	once(t)
	t.Parallel()
	p := newProject(t, withTLS())
	roots := p.certify()
	p.edit(", proxy: {tls: {port: 443, certificate: /certs/shop.pem}}", "")
	p.with("TAG=v1").ok("up")
	p.active(compose.Blue, "v1")
	p.edit("{wait_timeout: 150s}", "{wait_timeout: 150s, proxy: {tls: {port: 443, certificate: /certs/shop.pem}}}")
	r := p.with("TAG=v2").ok("up")
	assert.Check(t, strings.Contains(r.stderr, "port 443 keeps TLS, or goes on without it, as blue's visitors know it"), "%s", r)
	p.active(compose.Blue, "v1")
	p.ok("proxy", "reload")
	p.seesOverTLS(roots, "v1")
	p.ok("switch")
	p.seesOverTLS(roots, "v2")
}
