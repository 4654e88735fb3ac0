package traefik

import (
	"context"
	"crypto/sha256"
	pem "crypto/tls"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Traefik reads certificates with the file that names them. One that it cannot read
// costs all their visitors: it then has none, or one of its own making. So they are
// read before each change, and what tells one from another stands in the routes,
// by which a change of a certificate is a change of these, and is awaited.

// secure has the routers of ports that end TLS do so, by the certificates that the
// model names. It is not said at the entry points: there Traefik would give each
// router another name, and a running one reads them only when it starts. Which
// certificate a client gets, its host name tells; who names none that is known
// gets the first one.
func (d *dynamic) secure(m compose.Model, t table, e entries) {
	for _, port := range m.Proxy.EndsTLS() {
		for name, r := range d.HTTP.Routers {
			if len(e[port]) > 0 && slices.Contains(r.EntryPoints, e[port][0]) {
				r.TLS = &tls{}
				d.HTTP.Routers[name] = r
			}
		}
	}
	for _, file := range certificateFiles(m) {
		pair := certificate{Cert: file, Key: file}
		if d.TLS == nil {
			d.TLS = &tlsPart{Stores: map[string]store{"default": {Default: pair}}}
		}
		d.TLS.Certificates = append(d.TLS.Certificates, pair)
		d.tell(certificateOf(t.Certificates[file]), "/certificate")
	}
}

// certificateFiles are those that a model names, each once, in order.
func certificateFiles(m compose.Model) []string {
	return slices.Compact(slices.Sorted(maps.Values(m.Proxy.TLS)))
}

// fingerprints tell the certificates that a model names from others, by file, of
// which contents are what was read. What Traefik could not use is a
// *compose.InvalidError.
func fingerprints(m compose.Model, contents map[string]string) (map[string]string, error) {
	if len(m.Proxy.TLS) == 0 {
		return nil, nil
	}
	known := map[string]string{}
	for _, file := range certificateFiles(m) {
		text, found := contents[file]
		why := "it is not there"
		if found {
			pair, err := pem.X509KeyPair([]byte(text), []byte(text))
			if err == nil {
				sum := sha256.Sum256(pair.Certificate[0])
				known[file] = hex.EncodeToString(sum[:])[:hashLength]
				continue
			}
			why = err.Error()
		}
		return nil, &compose.InvalidError{
			Service: m.Proxy.Service, Problem: fmt.Sprintf("x-bluegreen.proxy.tls names %s, which is no certificate with its key: %s", file, why),
			Fix: "mount a file in PEM there that has both: cat certificate.pem key.pem > shop.pem",
		}
	}
	return known, nil
}

// namesOthers tells that a model names other certificates than the recorded one.
func (c *control) namesOthers(ctx context.Context, m compose.Model) bool {
	recorded, err := c.recorded(ctx)
	return err == nil && !maps.Equal(recorded.Proxy.TLS, m.Proxy.TLS)
}
