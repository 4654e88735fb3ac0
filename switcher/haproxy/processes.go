package haproxy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// processes finds the master process and the workers that it has now. Workers
// of earlier reloads serve on while they have connections. A kernel that does
// not list a process's children leaves them out.
func (c *control) processes(ctx context.Context) (master int, workers []int, err error) {
	worker, err := c.worker(ctx)
	if err != nil {
		return 0, nil, err
	}
	master, err = c.master(ctx, worker)
	if err != nil {
		return 0, nil, err
	}
	workers, err = c.children(ctx, master)
	return master, append(workers, worker), err
}

func (c *control) children(ctx context.Context, pid int) ([]int, error) {
	path := fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)
	contents, err := c.Session.Read(ctx, path)
	if err != nil {
		return nil, err
	}
	return processIDs(path, contents[path])
}

// processIDs reads a list of process ids out of the text of a file.
func processIDs(path, text string) ([]int, error) {
	var ids []int
	for _, word := range strings.Fields(text) {
		id, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// firstProcess is the master in the official images, whose entry point becomes
// it. Elsewhere another program may be first (an init), so it is only tried
// before the worker is asked who it is, which takes three questions more.
const firstProcess = 1

// workersOfFirst lists the workers when the container's first process is the
// master, and none when it is not.
func (c *control) workersOfFirst(ctx context.Context) ([]int, error) {
	name := fmt.Sprintf("/proc/%d/comm", firstProcess)
	list := fmt.Sprintf("/proc/%d/task/%d/children", firstProcess, firstProcess)
	contents, err := c.Session.Read(ctx, name, list)
	if err != nil || strings.TrimSpace(contents[name]) != "haproxy" {
		return nil, err
	}
	workers, err := processIDs(list, contents[list])
	if len(workers) > 0 {
		c.masterID.Store(firstProcess)
	}
	return workers, err
}

// worker is the process id of the worker that answers.
func (c *control) worker(ctx context.Context) (int, error) {
	said, err := c.ask(ctx, "show info")
	if err != nil {
		return 0, err
	}
	pid, err := strconv.Atoi(parseInfo(said)["Pid"])
	if err != nil {
		return 0, fmt.Errorf("its answer to show info has no Pid: %w", err)
	}
	return pid, nil
}

// master is the process id of a worker's master. Without one, the signal for
// a reload would end the proxy.
func (c *control) master(ctx context.Context, worker int) (int, error) {
	path := fmt.Sprintf("/proc/%d/stat", worker)
	contents, err := c.Session.Read(ctx, path)
	if err != nil {
		return 0, err
	}
	parent, err := parentOf(contents[path])
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	path = fmt.Sprintf("/proc/%d/comm", parent)
	contents, err = c.Session.Read(ctx, path)
	if err != nil {
		return 0, err
	}
	if strings.TrimSpace(contents[path]) != "haproxy" {
		return 0, &noMasterError{}
	}
	return parent, nil
}

// noMasterError tells that HAProxy runs as a single process.
type noMasterError struct{}

func (*noMasterError) Error() string { return "HAProxy runs without a master process" }

// parentOf reads the parent's process id from the text of /proc/PID/stat
// (proc(5)): the second word after the command in parentheses.
func parentOf(stat string) (int, error) {
	words := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(words) < 2 {
		return 0, errors.New("it has no parent")
	}
	return strconv.Atoi(words[1])
}
