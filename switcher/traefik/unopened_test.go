package traefik

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

func TestTheEntryPointsOfARunningTraefik(t *testing.T) {
	open, err := parseOpened([]byte(`[
  {"address":"127.0.0.1:61919","name":"bluegreen","http":{}},
  {"address":":80","name":"port_80"},
  {"address":":53/udp","name":"port_53"}
]`))
	assert.NilError(t, err)
	for port, want := range map[int]bool{80: true, 61919: true, 53: false, 8081: false} {
		_, found := open.At(port)
		assert.Equal(t, found, want, port)
	}
	_, err = parseOpened([]byte("404 page not found"))
	assert.ErrorContains(t, err, "no JSON")
}

// A proxy that starts opens also the ports that no recorded pair uses yet.
func TestGeneratedSettingsOpenThePortsOfTheFile(t *testing.T) {
	m := shop(volume)
	m.Proxy.Listen = []int{80, 7070}
	text := renderStatic(m, 0)
	for _, address := range []string{":80", ":7070", ":5432", ":8443"} {
		assert.Check(t, strings.Contains(text, "address: "+address) || strings.Contains(text, `address: "`+address), "%s in\n%s", address, text)
	}
	assert.Equal(t, strings.Count(text, "port_80:"), 1)
}

// What Traefik reads only when it starts is found where it is newer than that.
func TestSettingsThatTraefikHasNotRead(t *testing.T) {
	open, err := parseOpened([]byte(`[{"address":":80","name":"web"},{"address":":8443","name":"secure"}]`))
	assert.NilError(t, err)
	for settings, want := range map[string]string{
		"entryPoints: {web: {address: ':80'}}":                              "",
		"entryPoints: {web: {address: ':80'}, secure: {address: ':8443'}}":  "",
		"entryPoints: {web: {address: ':80'}, secure: {address: ':443'}}":   "secure",
		"entryPoints: {web: {address: ':80'}, metrics: {address: ':9100'}}": "metrics",
	} {
		config, err := staticconfig.Parse(settings)
		assert.NilError(t, err)
		name, found := unread(config, open)
		assert.Check(t, name == want && found == (want != ""), "%s: %q", settings, name)
	}
}
