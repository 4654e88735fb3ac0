package staticconfig

import (
	"reflect"
	"testing"
)

const file = `
entrypoints:
  web: {address: ":80"}
  webSecure:
    address: 10.0.0.1:443/tcp
    http: {tls: {certResolver: le}}
  dns: {address: ":53/udp"}
api: {}
providers:
  file: {directory: /etc/traefik/dynamic}
  Docker: {exposedByDefault: false}
`

func TestFileAndFlagsSayTheSame(t *testing.T) {
	want := Config{
		EntryPoints: map[string]EntryPoint{
			"web": {Address: ":80"}, "webSecure": {Address: "10.0.0.1:443/tcp", TLS: true}, "dns": {Address: ":53/udp"},
		},
		Directory: "/etc/traefik/dynamic", Watched: true, API: true, Docker: true,
	}
	got, err := Parse(file)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the file says %+v, %v", got, err)
	}
	flags := Flags{
		"traefik", "--entryPoints.web.address=:80", "--entrypoints.webSecure.address=10.0.0.1:443/tcp",
		"--entrypoints.websecure.http.tls.certResolver=le", "--entrypoints.dns.address", ":53/udp", "--api",
		"--providers.file.directory=/etc/traefik/dynamic", "--providers.docker=true",
	}
	// On the command line Traefik writes all names in small letters.
	want.EntryPoints["websecure"] = want.EntryPoints["webSecure"]
	delete(want.EntryPoints, "webSecure")
	if got := flags.Config(); !reflect.DeepEqual(got, want) {
		t.Errorf("the flags say %+v", got)
	}
}

func TestTOMLAndVariablesSayTheSame(t *testing.T) {
	want := Config{
		EntryPoints: map[string]EntryPoint{"web": {Address: ":80"}, "websecure": {Address: ":443", TLS: true}},
		Directory:   "/etc/traefik/dynamic", Watched: true, API: true,
	}
	got, err := Read("/etc/traefik/traefik.TOML", `
[api]
[entryPoints.web]
  address = ":80"
[entryPoints.websecure]
  address = ":443"
  [entryPoints.websecure.http.tls]
    certResolver = "le"
[certificatesResolvers.le.acme]
  email = "ann@example.com"
[providers]
  file = {directory = "/etc/traefik/dynamic"}
`)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("TOML says %+v, %v", got, err)
	}
	variables := Environment{
		"TRAEFIK_API": "true", "TRAEFIK_ENTRYPOINTS_WEB_ADDRESS": ":80", "TRAEFIK_ENTRYPOINTS_WEBSECURE_ADDRESS": ":443",
		"TRAEFIK_ENTRYPOINTS_WEBSECURE_HTTP_TLS_CERTRESOLVER": "le", "traefik_providers_file_directory": "/etc/traefik/dynamic",
		"PATH": "/bin", "TRAEFIK_": "of no meaning",
	}
	if got := variables.Config(); !variables.Any() || !reflect.DeepEqual(got, want) {
		t.Errorf("variables say %+v", got)
	}
	if (Environment{"PATH": "/bin", "TRAEFIKAPI": "true"}).Any() {
		t.Error("any variable")
	}
	if c, err := Read("traefik.toml", "[api"); err == nil {
		t.Errorf("broken TOML says %+v", c)
	}
}

func TestWhatIsOff(t *testing.T) {
	c := Flags{"--api=false", "--providers.docker=false", "--providers.file.watch=false"}.Config()
	if c.API || c.Docker || c.Watched {
		t.Errorf("switched off: %+v", c)
	}
	if c := (Flags{"sh", "-c", "exec traefik --configFile '/data/traefik.yml'"}); c.ConfigFile() != "/data/traefik.yml" {
		t.Errorf("the file is %q", c.ConfigFile())
	}
	if (Flags{"traefik"}).Any() || !(Flags{"--api"}).Any() {
		t.Error("any flag")
	}
	if c, err := Parse(""); err != nil || c.API || len(c.EntryPoints) != 0 {
		t.Errorf("an empty file says %+v, %v", c, err)
	}
	for _, text := range []string{"a: [", "- a", "word"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestPorts(t *testing.T) {
	c, err := Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	if name, found := c.At(443); name != "webSecure" || !found || c.EntryPoints[name].Host() != "10.0.0.1" {
		t.Errorf("443 is %q, %v", name, found)
	}
	if name, found := c.At(53); found {
		t.Errorf("53 is %q", name)
	}
}
