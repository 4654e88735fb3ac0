package swarm

import (
	"math"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/e2e/cluster"
)

// guest is a visitor who keeps the cookies that a proxy gives, and shows them to
// the others, as a browser does behind one name.
type guest struct {
	cookies []*http.Cookie
	version string
}

// A canary takes its share over all proxies together, and whoever is one stays
// one on each node, until it ends.
func aCanaryTakesItsShare(t *testing.T, c *cluster.Cluster) {
	p := shop(t, c)
	visitors := p.visitors()
	says(t, p.ok("canary", "20%"), "green takes 20% of the visitors")
	s := p.status()
	assert.Check(t, s.Canary == 20 && *s.Active == compose.Blue, "%+v", s)

	const crowd, off = 2400, 3.0 // points
	all := make([]*guest, crowd)
	for i := range all {
		all[i] = &guest{}
	}
	p.comes(all, 0)
	share := 0
	for _, g := range all {
		if g.version == "v2" {
			share++
		}
	}
	got := 100 * float64(share) / crowd
	t.Logf("20%% wanted: %.2f%% of %d guests of all nodes", got, crowd)
	assert.Check(t, math.Abs(got-20) <= off)

	some := all[:300]
	was := map[*guest]string{}
	for _, g := range some {
		was[g] = g.version
	}
	for shift := range 2 {
		p.comes(some, shift+1)
		for _, g := range some {
			assert.Check(t, g.version == was[g], "a guest of %s gets %s on the next node", was[g], g.version)
		}
	}

	p.ok("canary", "0%")
	p.comes(some, 0)
	for _, g := range some {
		assert.Equal(t, g.version, "v1")
	}
	p.active(compose.Blue, "v1", c.Nodes...)
	visitors.stop()
}

// comes has guests visit, in turn each node, beginning shift nodes later.
func (p *project) comes(all []*guest, shift int) {
	p.t.Helper()
	through := &http.Client{}
	defer through.CloseIdleConnections()
	var clients sync.WaitGroup
	const clientsAtOnce = 6
	for n := range clientsAtOnce {
		clients.Go(func() {
			for i := n; i < len(all); i += clientsAtOnce {
				if err := p.comesIn(all[i], p.c.Nodes[(i+shift)%len(p.c.Nodes)], through); err != nil {
					p.t.Errorf("guest %d: %v", i, err)
					return
				}
			}
		})
	}
	clients.Wait()
}

func (p *project) comesIn(g *guest, node *cluster.Node, through *http.Client) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	address, err := url.Parse(node.PublishedURL(p.port))
	if err != nil {
		return err
	}
	jar.SetCookies(address, g.cookies)
	client := &http.Client{Transport: through.Transport, Jar: jar}
	g.version, err = p.visit(p.t.Context(), node, client)
	g.cookies = jar.Cookies(address)
	return err
}
