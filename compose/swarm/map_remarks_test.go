package swarm

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// withoutDirectory names the current directory the same in each test.
func withoutDirectory(t *testing.T, text string) string {
	t.Helper()
	directory, err := os.Getwd()
	assert.NilError(t, err)
	return strings.ReplaceAll(text, directory, "DIRECTORY")
}

// quiet is a proxy that nothing is to be said of.
const quiet = "    ports: [{target: 80, published: 8080, mode: host}]"

func TestRemarks(t *testing.T) {
	const db = "  db: {image: 'db:1'}\n"
	for _, c := range []struct {
		lines string
		want  []string
	}{
		{``, nil},
		{`build: .`, []string{`service "app": build has no effect, for nodes pull app:1: build and push it before`}},
		{`container_name: the-app`, []string{
			`service "app": container_name the-app names no container on a Swarm; other services reach it by that name all the same`,
		}},
		{`pull_policy: always`, []string{`service "app": pull_policy always has no effect, for a node pulls what it does not have`}},
		{`pull_policy: missing`, nil},
		{`develop: {watch: [{path: ., action: rebuild}]}, build: .`, []string{
			`service "app": build has no effect, for nodes pull app:1: build and push it before`,
			`service "app": develop has no effect on a Swarm`,
		}},
		{`links: [db]`, []string{
			`service "app": depends_on db has no effect on a Swarm, which starts services in no order: only shared services and jobs start before a colour`,
			`service "app": links have no effect on a Swarm, where services of one network know each other's names`,
		}},
		{`depends_on: {db: {condition: service_healthy}, other: {condition: service_started}}`, []string{
			`service "app": depends_on db, other has no effect on a Swarm, which starts services in no order: only shared services and jobs start before a colour`,
		}},
		{`volumes: ["./data.txt:/a", "/etc:/b:ro"]`, []string{
			`service "app": each node that may run it must have /etc, which is mounted from there`,
			`service "app": each node that may run it must have DIRECTORY/data.txt, which is mounted from there`,
		}},
		{`volumes: ["kept:/a"]`, []string{
			`service "app": each node has a volume kept of its own, so that a task which moves to another node finds it empty: pin the service by deploy.placement.constraints, or use a volume driver that shares`,
		}},
		{`volumes: ["kept:/a"], deploy: {placement: {constraints: [node.hostname==a]}}`, nil},
		{`volumes: ["shared:/a", "/anonymous"]`, nil},
		{`networks: {default: {priority: 10}}`, []string{
			`service "app": the priority of network default has no effect on a Swarm, which orders networks itself`,
		}},
		{`networks: {default: {gw_priority: 10}}`, []string{
			`service "app": the priority of network default has no effect on a Swarm, which orders networks itself`,
		}},
	} {
		t.Run(c.lines, func(t *testing.T) {
			f := file{
				top:      "volumes: {state: {}, kept: {}, shared: {driver: nfs}}\n",
				services: "  app: {image: 'app:1', " + c.lines + "}\n" + db + "  other: {image: 'other:1'}\n", proxy: quiet,
			}
			stack := f.mapped(t)
			assert.Assert(t, slices.IsSorted(stack.Remarks))
			got := strings.Split(withoutDirectory(t, strings.Join(stack.Remarks, "\n")), "\n")
			slices.Sort(got)
			slices.Sort(c.want)
			assert.Equal(t, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		})
	}
}

func TestRemarksOnTheProxysPorts(t *testing.T) {
	f := file{proxy: `    ports: ["8080:80", {target: 81, published: 81, mode: host}, {target: 82, published: 82, mode: ingress}]`}
	assert.DeepEqual(t, f.mapped(t).Remarks, []string{
		`service "lb": port 80 is published in host mode, on the nodes that run the proxy, and not in ingress mode`,
		`service "lb": port 82 is published in host mode, on the nodes that run the proxy, and not in ingress mode`,
	})
}
