package local

import (
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/sirupsen/logrus"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestHealthIsReadFromTheSentenceOfOlderEngines(t *testing.T) {
	for status, want := range map[string]compose.Health{
		"Up 3 minutes (healthy)":            compose.Healthy,
		"Up 1 second (health: starting)":    compose.Starting,
		"Up 3 minutes (unhealthy)":          compose.Unhealthy,
		"Up 3 minutes":                      compose.NoHealth,
		"Exited (1) 2 seconds ago":          compose.NoHealth,
		"Up 3 minutes (Paused)":             compose.NoHealth,
		"Restarting (1) Less than a second": compose.NoHealth,
	} {
		if got := healthOf(container.Summary{Status: status}); got != want {
			t.Errorf("%s: got %q, want %q", status, got, want)
		}
	}
	newer := container.Summary{Status: "Up", Health: &container.HealthSummary{Status: container.Starting}}
	if got := healthOf(newer); got != compose.Starting {
		t.Errorf("got %q", got)
	}
	newer.Health.Status = container.NoHealthcheck
	if got := healthOf(newer); got != compose.NoHealth {
		t.Errorf("got %q", got)
	}
}

func TestOnlyReplicasAreObserved(t *testing.T) {
	const hash = "com.docker.compose.config-hash"
	for name, labels := range map[string]map[string]string{
		"one-off": {hash: "x", "com.docker.compose.oneoff": "True"},
		"hook":    {hash: "x", "com.docker.compose.hook": "pre_start"},
		"helper":  {hash: "x", compose.HelperLabel: "p"},
		"foreign": {},
	} {
		if isReplica(labels) {
			t.Errorf("%s counts as a replica", name)
		}
	}
	if !isReplica(map[string]string{hash: "x", "com.docker.compose.oneoff": "False"}) {
		t.Error("a replica does not count")
	}
}

func TestContentDigest(t *testing.T) {
	manifest := func(id, arch string) image.ManifestSummary {
		return image.ManifestSummary{
			ID: id, Kind: image.ManifestKindImage, Available: true,
			ImageData: &image.ImageProperties{Platform: ocispec.Platform{OS: "linux", Architecture: arch}},
		}
	}
	attestation := image.ManifestSummary{ID: "attestation", Kind: image.ManifestKindAttestation, Available: true}
	index := image.InspectResponse{
		ID: "index", Os: "linux", Architecture: "amd64",
		Manifests: []image.ManifestSummary{attestation, manifest("arm", "arm64"), manifest("amd", "amd64")},
	}
	single := image.InspectResponse{ID: "index", Manifests: []image.ManifestSummary{manifest("s390", "s390x"), attestation}}
	plain := image.InspectResponse{ID: "plain", Os: "linux", Architecture: "amd64"}
	for name, c := range map[string]struct {
		image    image.InspectResponse
		platform string
		digest   string
		fits     bool
	}{
		"the manifest of the platform":     {index, "linux/arm64", "arm", true},
		"no manifest of the platform":      {index, "linux/riscv64", "index", false},
		"the only manifest":                {single, "", "s390", true},
		"the only one, for another":        {single, "linux/amd64", "s390", false},
		"an engine that knows no manifest": {plain, "", "plain", true},
		"the same, for the platform":       {plain, "linux/amd64", "plain", true},
		"the same, for another":            {plain, "linux/arm64", "plain", false},
	} {
		digest, fits, err := contentDigest(c.image, c.platform)
		if digest != c.digest || fits != c.fits || err != nil {
			t.Errorf("%s: got %s, %t, %v", name, digest, fits, err)
		}
	}
	if _, _, err := contentDigest(plain, "no such/platform/at/all"); err == nil {
		t.Error("a platform that is none")
	}
}

func TestDriftComparesWhatTheSDKWould(t *testing.T) {
	all := []resource{{"b", "1"}, {"a", "2"}, {"wanted", "3"}}
	if r, _ := choose(slices.Clone(all), "wanted"); r.name != "wanted" {
		t.Errorf("%+v", r)
	}
	if r, _ := choose(slices.Clone(all), "other"); r.name != "a" {
		t.Errorf("%+v", r)
	}
	if _, ok := choose(nil, "wanted"); ok {
		t.Error("chosen from nothing")
	}
	if (resource{"a", ""}).drifted("1") || !(resource{"a", "2"}).drifted("1") || (resource{"a", "1"}).drifted("1") {
		t.Error("drift")
	}
}

func TestLinesAreCutAndCleaned(t *testing.T) {
	var got []string
	l := &lines{each: func(line string) { got = append(got, line) }}
	for _, part := range []string{"one\n\x1b[31mt", "wo\x1b[0m\r\n\n", "three\rrest"} {
		if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if want := []string{"one", "two", "three"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBinds(t *testing.T) {
	p := &types.Project{
		Volumes: types.Volumes{"state": {Name: "p_state"}},
		Configs: types.Configs{"cfg": {File: "/src/cfg"}, "inline": {Content: "x"}},
		Secrets: types.Secrets{"key": {File: "/src/key"}},
	}
	s := types.ServiceConfig{ContainerSpec: types.ContainerSpec{
		Volumes: []types.ServiceVolumeConfig{
			{Type: "volume", Source: "state", Target: "/state"},
			{Type: "volume", Target: "/anonymous"},
			{Type: "tmpfs", Target: "/tmp"},
			{Type: "bind", Source: "/etc/x", Target: "/x", ReadOnly: true, Bind: &types.ServiceVolumeBind{SELinux: "z"}},
		},
		Configs: []types.ServiceConfigObjConfig{{Source: "cfg"}, {Source: "inline"}},
		Secrets: []types.ServiceSecretConfig{{Source: "key"}, {Source: "key", Target: "/abs"}},
	}}
	want := []string{"p_state:/state", "/etc/x:/x:ro,z", "/src/cfg:/cfg:ro", "/src/key:/run/secrets/key:ro", "/src/key:/abs:ro"}
	if got := binds(p, s); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestWarningsOfTheSDKBecomeEvents(t *testing.T) {
	var got []string
	stop := listen(func(e compose.Event) { got = append(got, string(e.Status)+" "+e.Text) }, "create")
	logrus.Warn("heard")
	stop()
	if want := []string{"warning heard"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestQuestionsAreRefused(t *testing.T) {
	if yes, err := refuse("Recreate (data will be lost)?", true); yes || err == nil {
		t.Errorf("%t, %v", yes, err)
	}
}
