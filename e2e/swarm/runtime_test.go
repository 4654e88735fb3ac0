package swarm

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// runtimePort is where the proxies take commands without a password.
const runtimePort = 61920

// An application's container cannot tell a proxy anything: it is not in the
// control network, which has the proxies and the control tasks alone.
func onlyTheControlNetworkReachesTheRuntime(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), outageLimit)
	defer cancel()
	// An application in the project's network, on each node, that could try.
	p.docker("service", "create", "--quiet", "--detach", "--no-resolve-image", "--name", p.name+"_intruder", "--mode", "global",
		"--network", p.name+"_default", "--entrypoint", "sleep", "bluegreen-test/haproxy:debian", "1h")
	defer p.docker("service", "rm", p.name+"_intruder")
	eventually(ctx, t, "the intruder runs", func(context.Context) error {
		runs := 0
		for _, intruder := range p.running("intruder") {
			if intruder.state == "running" {
				runs++
			}
		}
		if runs < len(c.Nodes) {
			return errStill
		}
		return nil
	})
	tried := 0
	for _, node := range c.Nodes {
		control, intruder := p.on(node, "bluegreen"), p.on(node, "intruder")
		for _, proxy := range p.running("lb") {
			reached := 0
			for address := range strings.FieldsSeq(proxy.addresses) {
				address, _, _ = strings.Cut(address, "/")
				if said, err := tell(ctx, node, control.container, address); err == nil && strings.Contains(said, "Name: HAProxy") {
					reached++
				}
				said, err := tell(ctx, node, intruder.container, address)
				assert.Check(t, !strings.Contains(said, "HAProxy"), "from %s an application is answered by %s: %q (%v)", node.Name, address, said, err)
				tried++
			}
			assert.Equal(t, reached, 1, "the control task on %s reaches the proxy at one of %s", node.Name, proxy.addresses)
			// The same address does serve visitors: it is the port that is closed.
		}
		said, err := tell(ctx, node, intruder.container, "lb")
		assert.Check(t, !strings.Contains(said, "HAProxy"), "by its name: %q (%v)", said, err)
		served, err := node.Docker(ctx, "exec", intruder.container, "bash", "-c", `exec 3<>/dev/tcp/lb/80; printf 'GET / HTTP/1.0\r\n\r\n' >&3; cat <&3`)
		assert.Check(t, err == nil && strings.Contains(served, `"version":"v1"`), "the proxy serves applications as visitors: %q (%v)", served, err)

		inside, err := node.Docker(ctx, "network", "inspect", "--format", "{{.Internal}} {{range .Containers}}{{.Name}} {{end}}", p.name+"_bluegreen")
		assert.NilError(t, err)
		fields := strings.Fields(inside)
		assert.Equal(t, fields[0], "true", "the control network is internal")
		for _, name := range fields[1:] {
			member := strings.HasPrefix(name, p.name+"_bluegreen.") || strings.HasPrefix(name, p.name+"_lb.") || name == p.name+"_bluegreen-endpoint"
			assert.Check(t, member, "%s is in the control network on %s", name, node.Name)
		}
	}
	t.Logf("%d ways tried", tried)
}

// tell sends the runtime API a question from inside a container.
func tell(ctx context.Context, node *cluster.Node, container, host string) (string, error) {
	script := fmt.Sprintf(`exec 3<>/dev/tcp/%s/%d || exit 1; printf 'show info\n' >&3; cat <&3`, host, runtimePort)
	return node.Docker(ctx, "exec", container, "timeout", "3", "bash", "-c", script)
}
