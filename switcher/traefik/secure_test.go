package traefik

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose/staticconfig"
)

func TestThePortsThatEndTLS(t *testing.T) {
	file, err := staticconfig.Parse(`entryPoints:
  web: {address: ":80", http: {redirections: {entryPoint: {to: secure}}}}
  secure: {address: ":8443", http: {tls: {certResolver: le}}}
  unrouted: {address: ":9443", http: {tls: {}}}
`)
	assert.NilError(t, err)
	flags := staticconfig.Flags{"--entrypoints.web.address=:80", "--entrypoints.secure.address=:8443", "--entrypoints.secure.http.tls=true"}
	for _, config := range []staticconfig.Config{file, flags.Config()} {
		assert.DeepEqual(t, secure(config, shop(volume)), []int{8443})
	}
	assert.Check(t, len(secure(staticconfig.Config{}, shop(volume))) == 0)
}
