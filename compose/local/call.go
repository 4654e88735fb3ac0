package local

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/client"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// calling runs a line of shell, which it finds in $0, with both outputs in
// one, and says its process number first.
const calling = `exec 2>&1; echo $$; exec sh -c "$0"`

// Call runs a line of shell in a running container to its end. The engine
// cannot end a process that it has started beside a container's first one, so
// a second one kills its group: the engine makes each the leader of its own.
func (e *Engine) Call(ctx context.Context, c compose.Container, line string, env []string, out io.Writer) error {
	s, id, err := e.exec(ctx, c.ID, client.ExecCreateOptions{Env: env, Cmd: []string{"sh", "-c", calling, line}})
	if err != nil {
		return fmt.Errorf("run in %s: %w", c.Name, err)
	}
	defer s.Close()                                          //nolint:errcheck // the process has ended
	defer context.AfterFunc(ctx, func() { _ = s.Close() })() // frees the reading
	output := bufio.NewReader(s.Stdout())
	begin, err := output.ReadString('\n')
	leader, unsaid := strconv.Atoi(strings.TrimSpace(begin))
	if unsaid != nil {
		_, _ = io.WriteString(out, begin) // the engine says why it has no shell
	}
	if err == nil {
		_, err = io.Copy(out, output)
	}
	if ctx.Err() != nil {
		return cmp.Or(e.killGroup(ctx, c, leader), ctx.Err())
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return e.exitOf(ctx, id)
}

// exitOf is the error of a process that has ended; nil when it ended well.
func (e *Engine) exitOf(ctx context.Context, id string) error {
	end, err := e.api().ExecInspect(ctx, id, client.ExecInspectOptions{})
	if err != nil {
		return err
	}
	if end.ExitCode != 0 {
		return &exitError{code: end.ExitCode}
	}
	return nil
}

// killing bounds the killing of a group, which takes a moment.
const killing = 5 * time.Second

// killGroup kills a process group in a container, and waits until that is done.
func (e *Engine) killGroup(ctx context.Context, c compose.Container, leader int) error {
	if leader == 0 {
		return nil // it had not begun
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), killing)
	defer cancel()
	s, _, err := e.exec(ctx, c.ID, client.ExecCreateOptions{Cmd: []string{"sh", "-c", fmt.Sprintf("kill -9 -%d", leader)}})
	if err != nil {
		return fmt.Errorf("kill it in %s: %w", c.Name, err)
	}
	defer s.Close()                                          //nolint:errcheck // the process has ended
	defer context.AfterFunc(ctx, func() { _ = s.Close() })() // frees the reading
	_, err = io.Copy(io.Discard, s.Stdout())
	return err
}
