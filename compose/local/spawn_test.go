package local_test

import (
	"io"
	"strings"
	"testing"

	"github.com/docker/compose/v5/pkg/api"
	sdk "github.com/docker/compose/v5/pkg/compose"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
)

func (s *stage) helpers() []container.Summary {
	s.t.Helper()
	found, err := s.cli.Client().ContainerList(s.t.Context(), client.ContainerListOptions{
		All: true, Filters: client.Filters{}.Add("label", compose.HelperLabel+"="+s.name),
	})
	s.ok(err)
	return found.Items
}

func TestSpawnBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	stream, err := s.Spawn(t.Context(), s.project.Proxy, echo)
	s.ok(err)
	roundtrip(t, stream)
	helper := s.inspect(s.helpers()[0].ID)
	if helper.HostConfig.NetworkMode != "none" || helper.Mounts[0].Name != s.name+"_state" {
		t.Errorf("%+v", helper)
	}
	if all, err := s.Observe(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("the helper is observed: %v, %v", all, err)
	}
	s.ok(stream.Close())
	if left := s.helpers(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	s.create("lb") // the volume is as Compose makes it, or this is a drift
	s.converge(s.byCompose(s.name))
}

// To Compose a helper is a one-off: up and down leave it alone, unless down is
// told to remove what is not in the file.
func TestComposeKnowsTheHelper(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	stream, err := s.Spawn(t.Context(), s.project.Proxy, echo)
	s.ok(err)
	p := s.byCompose(s.name)
	s.converge(p)
	service, err := sdk.NewComposeService(s.cli)
	s.ok(err)
	listed, err := service.Ps(t.Context(), s.name, api.PsOptions{Project: p})
	s.ok(err)
	if len(listed) != 0 {
		t.Errorf("ps: %+v", listed)
	}
	roundtrip(t, stream)
	s.ok(service.Down(t.Context(), s.name, api.DownOptions{Project: p, RemoveOrphans: true}))
	if left := s.helpers(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	s.ok(stream.Close())
}

func TestSpawnSharesWhatTheProxyHas(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	s.create("lb")
	fileless := local.New(s.cli, s.name, nil, nil)
	stream, err := fileless.Spawn(t.Context(), compose.Proxy{Service: "lb"}, []string{"bash", "-c", "id -u; echo kept >/var/lib/haproxy/x"})
	s.ok(err)
	if out, err := io.ReadAll(stream.Stdout()); string(out) != "99\n" {
		t.Errorf("%q, %v, stderr %q", out, err, stream.Stderr())
	}
	s.ok(stream.Close())
	stream, err = fileless.Spawn(t.Context(), compose.Proxy{Service: "lb"}, []string{"cat", "/var/lib/haproxy/x"})
	s.ok(err)
	if out, err := io.ReadAll(stream.Stdout()); string(out) != "kept\n" {
		t.Errorf("%q, %v, stderr %q", out, err, stream.Stderr())
	}
	s.ok(stream.Close())
}

func TestSpawnTwiceAtOnce(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	streams := make(chan compose.Stream, 2)
	for range 2 {
		go func() {
			stream, err := s.Spawn(t.Context(), s.project.Proxy, echo)
			if err != nil {
				t.Error(err)
			}
			streams <- stream
		}()
	}
	for range 2 {
		if stream := <-streams; stream != nil {
			roundtrip(t, stream)
			s.ok(stream.Close())
		}
	}
}

func TestSpawnNeedsAProxy(t *testing.T) {
	t.Parallel()
	_, err := local.New(newCLI(t), "nobody", nil, nil).Spawn(t.Context(), compose.Proxy{Service: "lb"}, echo)
	if err == nil || !strings.Contains(err.Error(), "proxy lb: it has no container") {
		t.Errorf("%v", err)
	}
}

// Whoever changes a network can change nothing else.
func TestSpawnInNetworkMayChangeTheNetworkAlone(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	s.create("lb")
	s.ok(s.Start(t.Context(), []string{"lb"}))
	lb := s.containers("lb")[0]
	stream, err := s.SpawnInNetwork(t.Context(), lb.ID, []string{"bash", "-c", "read && grep CapEff /proc/self/status; touch /x"})
	s.ok(err)
	helper := s.inspect(s.helpers()[0].ID)
	if want := "container:" + lb.ID; string(helper.HostConfig.NetworkMode) != want || len(helper.Mounts) != 0 || helper.HostConfig.Privileged {
		t.Errorf("%+v", helper.HostConfig)
	}
	_, err = io.WriteString(stream, "go on\n")
	s.ok(err)
	const netAdmin = "CapEff:\t0000000000001000\n" // capabilities(7)
	if out, err := io.ReadAll(stream.Stdout()); string(out) != netAdmin || !strings.Contains(stream.Stderr(), "Read-only file system") {
		t.Errorf("%q, %v, stderr %q", out, err, stream.Stderr())
	}
	s.ok(stream.Close())
	if left := s.helpers(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}
