package local_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/docker/compose/v5/pkg/api"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/compose/local"
)

// clientVariable makes this test binary a client that a test can kill: it
// names the directory of the project.
const clientVariable = "BLUEGREEN_TEST_CLIENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(clientVariable); dir != "" {
		os.Exit(beClient(dir))
	}
	code := m.Run()
	if err := removeProxyImage(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// removeProxyImage takes away what the stages have built of their proxy.
func removeProxyImage() error {
	cli, err := connect()
	if err != nil {
		return nil // without an engine nothing was built
	}
	return removeImage(cli, proxyImage)
}

// beClient holds a helper until it is killed.
func beClient(dir string) int {
	err := holdHelper(dir)
	fmt.Fprintln(os.Stderr, "the helper has ended:", err)
	return 1
}

func holdHelper(dir string) error {
	ctx := context.Background()
	cli, err := connect()
	if err != nil {
		return err
	}
	p, err := compose.Load(ctx, compose.Options{Files: []string{dir + "/compose.yaml", dir + "/override.yaml"}})
	if err != nil {
		return err
	}
	stream, err := local.New(cli, p.Name, p, nil).Spawn(ctx, p.Proxy, echo)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(stream, "ready\n"); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, stream.Stdout())
	return err
}

func TestHelperDiesWithItsClient(t *testing.T) {
	t.Parallel()
	s := proxyStage(t)
	victim := exec.CommandContext(t.Context(), os.Args[0])
	victim.Env = append(os.Environ(), clientVariable+"="+s.dir)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	s.ok(err)
	s.ok(victim.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "got ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	helpers := s.helpers()
	if len(helpers) != 1 || helpers[0].Labels[api.OneoffLabel] != "True" {
		t.Fatalf("%+v", helpers)
	}
	gone := s.cli.Client().ContainerWait(t.Context(), helpers[0].ID, client.ContainerWaitOptions{
		Condition: container.WaitConditionRemoved,
	})
	begin := time.Now()
	s.ok(victim.Process.Kill())
	select {
	case <-gone.Result:
		t.Logf("gone after %s", time.Since(begin))
	case err := <-gone.Error:
		t.Fatal(err)
	case <-time.After(patience):
		t.Fatal("the helper outlives its client")
	}
	_ = victim.Wait() // it was killed
}
