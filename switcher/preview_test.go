package switcher

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// The token is there before settings that name it, and stands in no plan.
func TestUpOpensThePreviewBeforeItsSettings(t *testing.T) {
	p := &project{State{Project: "hello", Outdated: true}}
	w := wants(compose.Blue, "hello:v1", 2)
	w.Token = "secret"
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err,
		"create-proxy lb: it has no container",
		"save lb: later commands need no file",
		"preview lb: who may see the idle colour has changed",
		"configure lb: its settings differ from the file's",
		"converge db: not running",
		"start-proxy lb: it does not run",
		"create web-blue: the file wants more containers than there are",
		"start web-blue: not running",
		"ready blue: every replica must pass both the engine's and the proxy's check",
		"commit blue: no colour serves",
	)
}

func TestUpLeavesAPreviewThatIsAsWanted(t *testing.T) {
	p, w := running(), wants(compose.Green, "hello:v1", 2)
	p.Token, w.Token = "secret", "secret"
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err, "ready green: it runs as the file says")
}

// Routes that hosts alone lead to are written anew as well.
func TestUpClosesAPreviewThatTheFileSwitchesOff(t *testing.T) {
	p, w := running(), wants(compose.Green, "hello:v1", 2)
	w.Model.Preview = compose.PreviewOff
	plan, err := planUp(p.State, w, by)
	expect(t, plan, err,
		"save lb: later commands need no file",
		"preview lb: who may see the idle colour has changed",
		"ready green: it runs as the file says",
	)
}

func TestPreviews(t *testing.T) {
	route := func(r compose.Route) compose.Pair {
		return compose.Pair{Routes: map[compose.Colour]compose.Route{compose.Blue: r, compose.Green: r}}
	}
	m := compose.Model{Pairs: []compose.Pair{
		route(compose.Route{Listen: 80, Mode: compose.HTTP}),
		route(compose.Route{Listen: 443, Mode: compose.HTTP, Host: "shop.test", Path: "/api", Preview: "next.test"}),
		route(compose.Route{Listen: 5432, Mode: compose.TCP}),
	}}
	lb := compose.Container{Ports: []compose.PublishedPort{{Public: 8080, Container: 80}, {Public: 443, Container: 443}, {Public: 5432, Container: 5432}}}
	assert.DeepEqual(t, previews(m, []compose.Container{lb}, []int{443}, "secret"), []string{
		"curl -H 'X-Bluegreen: secret' http://localhost:8080/",
		"curl -H 'X-Bluegreen: secret' https://shop.test/api",
		"curl https://next.test/api",
	})
}
