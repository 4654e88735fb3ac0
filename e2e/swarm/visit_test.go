package swarm

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

func newReader(text string) io.Reader { return strings.NewReader(text) }

// visit asks a node once, on a connection of its own where through is nil, and
// tells which version answered.
func (p *project) visit(ctx context.Context, node *cluster.Node, through *http.Client) (version string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, node.PublishedURL(p.port), http.NoBody)
	if err != nil {
		return "", err
	}
	if through == nil {
		request.Close, through = true, http.DefaultClient
	}
	response, err := through.Do(request)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err := response.Body.Close(); err != nil {
		return "", err
	}
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s says %s", node.Name, response.Status)
	}
	return response.Header.Get("X-Version"), err
}

// served asserts that all visitors of nodes get a version from now on: on new
// connections, often enough to meet every replica.
func (p *project) served(version string, nodes ...*cluster.Node) {
	p.t.Helper()
	for _, node := range nodes {
		for range 9 {
			got, err := p.visit(p.t.Context(), node, nil)
			assert.NilError(p.t, err)
			assert.Equal(p.t, got, version, "on %s", node.Name)
		}
	}
}

// servedFirst waits until a node answers, and asserts that all answers of its
// proxy, from the first one on, are of a version. Its first ones may be that it
// knows no replica yet.
func (p *project) servedFirst(ctx context.Context, node *cluster.Node, version string) {
	p.t.Helper()
	good := 0
	eventually(ctx, p.t, node.Name+" answers", func(ctx context.Context) error {
		for good < 9 {
			ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
			got, err := p.visit(ctx, node, nil)
			cancel()
			if err != nil {
				return err
			}
			assert.Equal(p.t, got, version, "answer %d of %s", good+1, node.Name)
			good++
		}
		return nil
	})
}

// visitors come to all nodes, until the test ends at the latest.
type visitors struct {
	p  *project
	at map[*cluster.Node]*load.Run
}

// visitors begins to load all nodes, on kept connections and on new ones.
func (p *project) visitors() *visitors {
	p.t.Helper()
	v := &visitors{p, map[*cluster.Node]*load.Run{}}
	for _, node := range p.c.Nodes {
		run, err := load.Start(p.t.Context(), load.Options{
			URL: node.PublishedURL(p.port), Rate: 40,
			Mix: map[load.Kind]int{load.KeepAlive: 6, load.NewConn: 3, load.Post: mostPosts},
		})
		assert.NilError(p.t, err)
		v.at[node] = run
	}
	p.t.Cleanup(func() {
		for _, run := range v.at {
			run.Stop()
		}
	})
	return v
}

// nodes are the loaded ones, by name.
func (v *visitors) nodes() []*cluster.Node {
	return slices.SortedFunc(maps.Keys(v.at), func(a, b *cluster.Node) int { return strings.Compare(a.Name, b.Name) })
}

// snapshots are the reports of all nodes at one moment.
func (v *visitors) snapshots() map[*cluster.Node]load.Report {
	all := map[*cluster.Node]load.Report{}
	for node, run := range v.at {
		all[node] = run.Snapshot()
	}
	return all
}

// none asserts that nobody has got a version between two moments.
func (v *visitors) none(version string, from, to map[*cluster.Node]load.Report) {
	v.p.t.Helper()
	for node, report := range to {
		n := report.Sub(from[node]).Of(version).Count
		assert.Check(v.p.t, n == 0, "%d visitors of %s got %s after the command had ended", n, node.Name, version)
	}
}

// stop ends the load, and asserts that no visitor was lost but those of nodes
// that were: these are counted apart, and so is what their replicas had in
// flight for other nodes and nobody may send twice (RFC 9110, section 9.2.2).
func (v *visitors) stop(lost ...*cluster.Node) {
	v.p.t.Helper()
	for _, node := range v.nodes() {
		report := v.at[node].Stop()
		if slices.Contains(lost, node) {
			v.p.t.Logf("%s, which was lost, counted apart: %s", node.Name, report)
			continue
		}
		posts := 0
		if len(lost) > 0 {
			posts = report.Kinds[load.Post].Lost
		}
		v.p.t.Logf("%s: %s, longest gap %v", node.Name, report, report.LongestGap.Round(time.Millisecond))
		if posts > 0 {
			v.p.t.Logf("%s: %d posts were in flight on the lost node", node.Name, posts)
		}
		assert.Check(v.p.t, report.Lost == posts && report.Cut == 0, "%s: %s\n%s", node.Name, report, report.Details())
		assert.Check(v.p.t, posts <= mostPosts, "%s: %d posts lost are more than can be in flight\n%s", node.Name, posts, report.Details())
	}
}

// mostPosts is how many clients of each node send posts, one at a time.
const mostPosts = 3
