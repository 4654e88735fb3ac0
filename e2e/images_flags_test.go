package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// nowhere is an image that no registry has: nobody listens on that port.
const nowhere = "127.0.0.1:9/shop:v2"

func TestImageAndScaleOverrideTheFileForOneRelease(t *testing.T) {
	once(t)
	t.Parallel()
	p := newShop(t)
	p.ok("up")
	p.ok("up", "--image", "web=hello:v3", "--scale", "web=5")
	p.ready(compose.Green, 5)
	p.ok("switch")
	p.active(compose.Green, "v3")
	for name, c := range p.containers("web-green") {
		assert.Equal(t, c.Image, "hello:v3", name)
	}
}

func TestAnImageThatCannotBeHadChangesNothing(t *testing.T) {
	long(t)
	t.Parallel()
	p := newShop(t)
	p.ok("up")
	before := p.containers()
	for _, test := range []struct{ pull, said string }{
		{"never", "hint: let it be pulled (--pull missing), or build it: docker build -t " + nowhere},
		{"missing", "hint: check the name, and that you may pull it: docker pull " + nowhere},
		{"always", "hint: check the name, and that you may pull it: docker pull " + nowhere},
	} {
		p.fails(1, test.said, "up", "--image", "web="+nowhere, "--pull", test.pull)
		p.untouched(before)
	}
	p.with("TAG=v2").ok("up", "--pull", "never")
	p.ok("up", "--pull", "missing")
	p.ready(compose.Green, 1)
}

func TestBuildMakesTheImageOfTheNextRelease(t *testing.T) {
	long(t)
	t.Parallel()
	p := newShop(t)
	p.edit("x-hello: &hello\n  image: hello:${TAG:-v1}", "x-hello: &hello\n  image: NAME-built:${TAG:-v1}\n"+
		"  build: {context: app, args: {VERSION: \"${TAG:-v1}\"}}")
	p.app()
	p.ok("up", "--build")
	p.active(compose.Blue, "v1")
	p.with("TAG=v2").ok("deploy", "--build")
	p.active(compose.Green, "v2")
}

// app puts a build context into the project's folder.
func (p *project) app() {
	p.t.Helper()
	dir := filepath.Join(p.dir, "app")
	assert.NilError(p.t, os.Mkdir(dir, 0o700))
	dockerfile, err := os.ReadFile(filepath.Join("..", "examples", "hello", "Dockerfile"))
	assert.NilError(p.t, err)
	assert.NilError(p.t, os.WriteFile(filepath.Join(dir, "Dockerfile"), dockerfile, 0o600))
	build := exec.CommandContext(p.t.Context(), "go", "build", "-o", filepath.Join(dir, "hello"), "../examples/hello")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	out, err := build.CombinedOutput()
	assert.NilError(p.t, err, "%s", out)
	p.builds()
}

// builds sees to it that the images that are built for the project go.
func (p *project) builds() {
	p.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), commandLimit)
		defer cancel()
		p.remove() // containers would keep the images
		p.removeBuilt(ctx)
	})
}

// removeBuilt removes the images that were built for the project.
func (p *project) removeBuilt(ctx context.Context) {
	list := exec.CommandContext(ctx, "docker", "image", "ls", "--quiet", p.name+"-built")
	out, err := list.Output()
	assert.Check(p.t, err == nil, "docker image ls: %v", err)
	if ids := strings.Fields(string(out)); len(ids) > 0 {
		out, err := exec.CommandContext(ctx, "docker", append([]string{"image", "rm", "--force"}, ids...)...).CombinedOutput()
		assert.Check(p.t, err == nil, "docker image rm: %s", out)
	}
}
