package haproxy

import (
	"testing"

	"gotest.tools/v3/assert"
)

func TestThePortsThatEndTLS(t *testing.T) {
	for line, want := range map[string][]int{
		"bind :80":                                 nil,
		"bind :443 ssl crt /certs/":                {443},
		"bind *:443,10.0.0.1:8443 ssl crt a.pem":   {443, 8443},
		"bind [::]:443 v4v6 ssl crt /c strict-sni": {443},
		"bind ipv4@:443 alpn h2 ssl crt /c":        {443},
		"bind /run/haproxy.sock ssl crt /c":        nil,
		"bind :${PORT} ssl crt /c":                 nil,
		"# bind :443 ssl crt /c":                   nil,
		"server one 10.0.0.1:443 ssl verify none":  nil,
	} {
		text := "frontend www\n  bind :8080\n  " + line + "\nbackend web\n  server s 10.0.0.2:8443 ssl\n"
		assert.DeepEqual(t, parseConfig(text).secure(), want)
	}
}
