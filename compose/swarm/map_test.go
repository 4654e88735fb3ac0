package swarm

import (
	"maps"
	"net/netip"
	"slices"
	"testing"

	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"
)

// mapOne maps a service called app.
func mapOne(t *testing.T, top, lines string) (*Stack, api.ServiceSpec) {
	t.Helper()
	stack := file{top: top, services: "  app: {image: 'app:1', " + lines + "}\n"}.mapped(t)
	return stack, stack.Services["app"]
}

func TestMapsTheServicesThatTheProjectRuns(t *testing.T) {
	f := file{services: "  app: {image: 'app:1'}\n  debugger: {image: 'app:1', profiles: [debug]}\n"}
	names := slices.Sorted(maps.Keys(f.mapped(t).Services))
	assert.DeepEqual(t, names, []string{"app", "lb", "web-blue", "web-green"})
	t.Setenv("COMPOSE_PROFILES", "debug")
	names = slices.Sorted(maps.Keys(f.mapped(t).Services))
	assert.DeepEqual(t, names, []string{"app", "debugger", "lb", "web-blue", "web-green"})
}

// What one engine can and `docker stack deploy` leaves out, but a Swarm does.
func TestMapsMoreThanDockerStack(t *testing.T) {
	_, spec := mapOne(t, "", `group_add: [mail, "1000"], dns_opt: [use-vc], platform: linux/arm64, restart: "no",
    container_name: the-app, environment: [SET=1, NOT_SET], ports: [{target: 80, published: 8080, mode: host}],
    volumes: [{type: tmpfs, target: /r, tmpfs: {mode: 0700}}], tmpfs: ["/run:size=64m,mode=1777,ro", /tmp]`)
	c := spec.TaskTemplate.ContainerSpec
	assert.DeepEqual(t, c.Groups, []string{"mail", "1000"})
	assert.DeepEqual(t, c.DNSConfig.Options, []string{"use-vc"})
	assert.DeepEqual(t, c.Env, []string{"SET=1"})
	assert.DeepEqual(t, c.Mounts, []mount.Mount{
		{Type: mount.TypeTmpfs, Target: "/r", TmpfsOptions: &mount.TmpfsOptions{Mode: 0o700}},
		{Type: mount.TypeTmpfs, Target: "/run", ReadOnly: true, TmpfsOptions: &mount.TmpfsOptions{SizeBytes: 64 << 20, Mode: 0o1777}},
		{Type: mount.TypeTmpfs, Target: "/tmp"},
	})
	assert.DeepEqual(t, spec.TaskTemplate.Placement.Platforms, []api.Platform{{Architecture: "arm64", OS: "linux"}})
	assert.DeepEqual(t, spec.TaskTemplate.RestartPolicy, &api.RestartPolicy{Condition: api.RestartPolicyConditionNone})
	assert.DeepEqual(t, spec.TaskTemplate.Networks[0].Aliases, []string{"app", "the-app"})
}

func TestNetworkModes(t *testing.T) {
	for _, mode := range []string{"host", "none"} {
		_, spec := mapOne(t, "", "network_mode: "+mode)
		assert.DeepEqual(t, spec.TaskTemplate.Networks, []api.NetworkAttachmentConfig{{Target: mode}})
	}
}

func TestAServiceMayKeepItsNameToItself(t *testing.T) {
	_, spec := mapOne(t, "", "networks: {default: {use_service_name_alias: false, aliases: [other]}}")
	assert.DeepEqual(t, spec.TaskTemplate.Networks[0].Aliases, []string{"other"})
}

func TestAddressesOfNetworks(t *testing.T) {
	stack, _ := mapOne(t, `
networks:
  back:
    enable_ipv6: true
    ipam:
      options: {a: b}
      config: [{subnet: 10.9.0.0/16, ip_range: 10.9.1.0/24, gateway: 10.9.0.1, aux_addresses: {printer: 10.9.0.5}}]
`, "networks: [back]")
	back := stack.Networks["back"]
	assert.Equal(t, back.Name, "shop_back")
	assert.Equal(t, back.Options.Driver, "overlay")
	assert.DeepEqual(t, back.Options.EnableIPv6, new(true))
	assert.DeepEqual(t, plain(t, back.Options.IPAM), plain(t, network.IPAM{
		Options: map[string]string{"a": "b"},
		Config: []network.IPAMConfig{{
			Subnet: netip.MustParsePrefix("10.9.0.0/16"), IPRange: netip.MustParsePrefix("10.9.1.0/24"),
			Gateway: netip.MustParseAddr("10.9.0.1"), AuxAddress: map[string]netip.Addr{"printer": netip.MustParseAddr("10.9.0.5")},
		}},
	}))
}

func TestConfigsAndSecretsAreNamedByTheirContent(t *testing.T) {
	t.Setenv("FROM_HERE", "some data")
	stack, spec := mapOne(t, `
configs:
  a: {file: ./data.txt}
  b: {content: some data}
  c: {environment: FROM_HERE}
  own: {content: some data, name: my-own}
secrets:
  s: {environment: FROM_HERE}
  vault: {environment: FROM_HERE, driver: vault}
`, "configs: [c, b, a, own], secrets: [{source: s, target: /etc/s}, vault]")

	const sum = "_1307990e6b"
	var names []string
	for _, c := range stack.Configs {
		names = append(names, c.Name)
		assert.Equal(t, string(c.Data), "some data")
		assert.DeepEqual(t, c.Labels, map[string]string{"com.docker.stack.namespace": "shop"})
	}
	assert.DeepEqual(t, names, []string{"my-own", "shop_a" + sum, "shop_b" + sum, "shop_c" + sum})
	assert.DeepEqual(t, plain(t, stack.Secrets), plain(t, []api.SecretSpec{
		{Annotations: annotated("shop_s" + sum), Data: []byte("some data")},
		{Annotations: annotated("shop_vault"), Driver: &api.Driver{Name: "vault"}},
	}))

	file := func(name string) *api.ConfigReferenceFileTarget {
		return &api.ConfigReferenceFileTarget{Name: name, UID: "0", GID: "0", Mode: 0o444}
	}
	assert.DeepEqual(t, spec.TaskTemplate.ContainerSpec.Configs, []*api.ConfigReference{
		{ConfigName: "my-own", File: file("own")},
		{ConfigName: "shop_a" + sum, File: file("a")},
		{ConfigName: "shop_b" + sum, File: file("b")},
		{ConfigName: "shop_c" + sum, File: file("c")},
	})
	secret := func(name string) *api.SecretReferenceFileTarget {
		return &api.SecretReferenceFileTarget{Name: name, UID: "0", GID: "0", Mode: 0o444}
	}
	assert.DeepEqual(t, spec.TaskTemplate.ContainerSpec.Secrets, []*api.SecretReference{
		{SecretName: "shop_s" + sum, File: secret("/etc/s")},
		{SecretName: "shop_vault", File: secret("vault")},
	})
}

func annotated(name string) api.Annotations {
	return api.Annotations{Name: name, Labels: map[string]string{"com.docker.stack.namespace": "shop"}}
}
