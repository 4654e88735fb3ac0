package compose

import (
	"fmt"
	"strings"
	"testing"
)

func TestTLSIsReadForEachPort(t *testing.T) {
	text := strings.NewReplacer(top, top+"x-bluegreen: {proxy: {tls: [{port: 443, certificate: /certs/shop.pem}]}}\n",
		"{port: 8080}", "{port: 8080, listen: 443}").Replace(smallest)
	p := mustLoadText(t, text)
	equal(t, "certificates", p.Proxy.TLS, map[int]string{443: "/certs/shop.pem"})
	equal(t, "ports", p.Proxy.EndsTLS(), []int{443})
	equal(t, "ports without TLS", len(mustLoadText(t, smallest).Proxy.EndsTLS()), 0)
}

// What visitors of the other colour are used to does not change under them.
func TestTLSStaysWhereTheOtherColourIs(t *testing.T) {
	at := func(port int, tls map[int]string) Model {
		m := mustLoadText(t, strings.ReplaceAll(smallest, "{port: 8080}", fmt.Sprintf("{port: 8080, listen: %d}", port))).Model
		m.Proxy.TLS = tls
		return m
	}
	a, b := map[int]string{443: "/a.pem"}, map[int]string{443: "/b.pem"}
	for name, c := range map[string]struct {
		former, file Model
		up, upgrade  map[int]string
		changes      []int
	}{
		"the same":          {at(443, a), at(443, a), a, a, nil},
		"a new certificate": {at(443, a), at(443, b), b, b, nil},
		"to a port of TLS":  {at(80, nil), at(443, a), a, a, nil},
		"from one":          {at(443, a), at(80, nil), a, a, nil},
		"TLS at a port":     {at(443, nil), at(443, a), nil, a, []int{443}},
		"no TLS any more":   {at(443, a), at(443, nil), a, nil, []int{443}},
	} {
		equal(t, name+": up", c.former.With(Green, c.file).Proxy.TLS, c.up)
		equal(t, name+": upgrade", c.former.WithProxy(c.file).Proxy.TLS, c.upgrade)
		equal(t, name+": changes", c.former.TLSChanges(Blue, c.file), c.changes)
		equal(t, name+": the file's own", len(c.file.Proxy.TLS) == 0, c.file.Proxy.TLS == nil)
	}
}

func TestTLSRules(t *testing.T) {
	for _, b := range []broken{
		{"no such port", []string{top, top + "x-bluegreen: {proxy: {tls: {port: 443, certificate: /certs/shop.pem}}}\n"}, `
compose.yml:3: has x-bluegreen.proxy.tls for port 443, at which no http pair's traffic arrives
  fix: have it arrive there, x-bluegreen.defaults.listen: 443, or name another port: [80]
`},
		{"own settings", []string{top, top + "x-bluegreen: {proxy: {settings: own, tls: {port: 80, certificate: /certs/shop.pem}}}\n"}, `
compose.yml:3: has x-bluegreen.proxy.tls, but the proxy's settings are your own
  fix: end TLS there, and remove tls here
`},
		{"half an item", []string{top, top + "x-bluegreen: {proxy: {tls: [{port: 80, certificate: /a.pem}, {port: 80, certificate: /b.pem}, {port: 81}]}}\n"}, `
compose.yml:3: x-bluegreen.proxy.tls.2 names port 80 a second time
  fix: put all certificates of a port into one file
compose.yml:3: x-bluegreen.proxy.tls.3 lacks port or certificate
  fix: write both: {port: 443, certificate: /certs/shop.pem}
`},
	} {
		b.check(t)
	}
}
