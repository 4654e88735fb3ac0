package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/bluegreen/docker-bluegreen/e2e/certificate"
	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// crowd is load of all kinds from outside, through the published ports, and
// from inside the project's network; and websockets that nobody closes.
type crowd struct {
	outside, endless *load.Run
	inside           *exec.Cmd
	leave            io.Closer // ends the load from inside
	said             *bufio.Reader
}

// What one crowd sends.
const (
	outsideRate, insideRate = 200, 100
	heldFor                 = 3 * time.Second
)

// crowd begins the load.
func (p *project) crowd(ctx context.Context) (c *crowd, err error) {
	c = &crowd{}
	if err := p.fromInside(ctx, c); err != nil {
		return nil, fmt.Errorf("load from inside: %w", err)
	}
	o := load.Options{URL: p.url, TCPAddr: p.tcp, TLSAddr: p.secure, Rate: outsideRate, Hold: heldFor}
	pem, err := os.ReadFile(filepath.Join(p.dir, certificateFile))
	if err != nil {
		return nil, errors.Join(err, c.leave.Close())
	}
	if o.Roots, err = certificate.Roots(string(pem)); err != nil {
		return nil, errors.Join(err, c.leave.Close())
	}
	if c.outside, err = load.Start(ctx, o); err != nil {
		return nil, errors.Join(err, c.leave.Close())
	}
	o.Mix, o.Hold = map[load.Kind]int{load.Websocket: 4}, 0
	if p.secure != "" {
		o.Mix[load.SecureWS] = 4
	}
	if c.endless, err = load.Start(ctx, o); err != nil {
		c.outside.Stop()
		return nil, errors.Join(err, c.leave.Close())
	}
	return c, nil
}

// fromInside runs the load client in a container in the project's network. It
// ends with its standard input, also when this program is killed.
func (p *project) fromInside(ctx context.Context, c *crowd) error {
	const program = "./e2e/load/cmd"
	client := filepath.Join(p.dir, "visitors")
	build := exec.CommandContext(ctx, "go", "build", "-o", client, program)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", program, err, out)
	}
	args := []string{
		"run", "--rm", "--interactive", "--network", p.name + "_default",
		"--volume", client + ":/visitors:ro", "--volume", filepath.Join(p.dir, certificateFile) + ":/site.pem:ro",
		"--entrypoint", "/visitors", "hello:v1",
		"-url", "http://" + p.called, "-tcp", p.called + ":5432", "-roots", "/site.pem",
		"-rate", fmt.Sprint(insideRate), "-hold", heldFor.String(),
	}
	if p.secure != "" {
		args = append(args, "-tls", p.called+":443")
	}
	c.inside = exec.CommandContext(ctx, "docker", args...)
	c.inside.Stderr = os.Stderr
	stdin, err := c.inside.StdinPipe()
	if err != nil {
		return err
	}
	c.inside.Cancel = stdin.Close // a client that is killed leaves its container behind
	stdout, err := c.inside.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.inside.Start(); err != nil {
		return err
	}
	c.leave, c.said = stdin, bufio.NewReader(stdout)
	if _, err := c.said.ReadString('\n'); err != nil {
		return errors.Join(err, c.inside.Wait())
	}
	return nil
}

// end stops the load and tells what came of it.
func (c *crowd) end() (outside, inside, endless tally, err error) {
	ended := func(run *load.Run) tally {
		report := run.Stop()
		return tally{report.Kinds, report.Failures}
	}
	err = c.leave.Close() // it ends while the others do
	endless, outside = ended(c.endless), ended(c.outside)
	err = errors.Join(err, json.NewDecoder(c.said).Decode(&inside), c.inside.Wait())
	return outside, inside, endless, err
}

// some is how many good answers visitors get before and after each act: for
// about two seconds.
const some = 2 * outsideRate

// come waits until visitors from outside have got some more good answers.
func (c *crowd) come(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("visitors get no answers for a minute"))
	defer cancel()
	for enough := c.answers() + some; c.answers() < enough; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		time.Sleep(100 * time.Millisecond) // the load tells nobody, and keeps what it is asked
	}
	return nil
}

// answers counts the good ones to short requests.
func (c *crowd) answers() (n int) {
	for _, span := range c.outside.Snapshot().Answers {
		n += span.Count
	}
	return n
}
