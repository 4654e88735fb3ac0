//go:build !windows

package shell

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestACommandRunsInItsDirectoryWithItsEnvironment(t *testing.T) {
	directory, err := filepath.EvalSymlinks(t.TempDir())
	assert.NilError(t, err)
	var out bytes.Buffer
	err = Shell{}.Run(t.Context(), switcher.ShellCommand{
		Line: "pwd; echo $NAME >&2; cat", Directory: directory, Env: []string{"NAME=shop"},
	}, &out)
	assert.NilError(t, err)
	assert.Equal(t, out.String(), directory+"\nshop\n")
}

func TestHowACommandEnds(t *testing.T) {
	for line, want := range map[string]string{
		"exit 3":          "exited with code 3",
		"./no-such-thing": "exited with code 127",
		"kill -9 $$":      "signal: killed",
		"sleep 60 &":      "", // is not waited for
	} {
		err := Shell{}.Run(t.Context(), switcher.ShellCommand{Line: line}, io.Discard)
		if want == "" {
			assert.NilError(t, err, line)
			continue
		}
		assert.Error(t, err, want, line)
	}
}

// What the command has started is killed with it, also what does not want to
// end.
func TestTheGroupIsKilled(t *testing.T) {
	directory := t.TempDir()
	read, write, err := os.Pipe()
	assert.NilError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		line := `sh -c 'trap "" TERM; echo $$ > child; echo here; sleep 60' & wait`
		ended <- Shell{}.Run(ctx, switcher.ShellCommand{Line: line, Directory: directory}, write)
	}()
	_, err = io.ReadFull(read, make([]byte, len("here\n")))
	assert.NilError(t, err)
	cancel()
	assert.Check(t, errors.Is(<-ended, context.Canceled))
	text, err := os.ReadFile(filepath.Join(directory, "child"))
	assert.NilError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	assert.NilError(t, err)
	for range 200 { // whoever adopts it reaps it in a moment
		if syscall.Kill(pid, 0) != nil || zombie(t, pid) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d lives", pid)
}

// zombie tells that a process has ended, and nobody has asked how.
func zombie(t *testing.T, pid int) bool {
	t.Helper()
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}
