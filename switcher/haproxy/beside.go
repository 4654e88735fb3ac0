package haproxy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Two instances in one network listen on the same sockets, those of the
// runtime API included, so either may answer. Which one did shows in the
// answer to "show info", asked along with every question: the process id is
// one of this container's, and as old as that process.

// besideLimit bounds how long a question is repeated until this container's
// instance answers it, and besidePoll is the pause between two tries: an idle
// instance is quicker, and was measured to answer five times of six.
// besideSure is how many own answers in a row show that there is no other.
const (
	besideLimit = 30 * time.Second
	besidePoll  = 5 * time.Millisecond
	besideSure  = 20
)

// askSelf asks until the answer is this container's own.
func (c *control) askSelf(ctx context.Context, commands ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, besideLimit)
	defer cancel()
	for {
		said, err := c.askAny(ctx, append([]string{"show info"}, commands...)...)
		if err != nil {
			return "", err
		}
		info, answer, _ := strings.Cut(strings.TrimLeft(said, "\n"), "\n\n")
		own, err := c.own(ctx, parseInfo(info))
		if err != nil || own {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return "", errors.New("another instance answers, it does not")
		case <-time.After(besidePoll):
		}
	}
}

// own tells whether an answer came from this container's instance.
func (c *control) own(ctx context.Context, info map[string]string) (bool, error) {
	identity := info["Pid"] + " " + info["Start_time_sec"]
	if identity == c.identity.Load() {
		return true, nil
	}
	says, err := strconv.ParseFloat(info["Uptime_sec"], 64)
	if err != nil {
		return false, fmt.Errorf("its answer to show info has no Uptime_sec: %w", err)
	}
	worker, err := c.process(ctx, info["Pid"])
	if err != nil || worker.name != "haproxy" {
		return false, err
	}
	master, err := c.process(ctx, worker.parent)
	if err != nil {
		return false, err
	}
	if master.name != "haproxy" {
		master = worker // it runs without one
	}
	own := between(worker.age, says, master.age)
	if own {
		c.identity.Store(identity)
	}
	return own, nil
}

// between tells that an instance which says its age in whole seconds was
// started after its master and before its worker, whose ages were read a
// moment later.
func between(worker, says, master float64) bool {
	const rounding, moment = 1.0, 1.0
	return worker-rounding-moment < says && says < master+rounding
}

// process is what Linux tells of a process (proc(5)).
type process struct {
	name, parent string
	age          float64 // in seconds
}

// process looks at a process of this container; the zero process is one that
// is not there.
func (c *control) process(ctx context.Context, id string) (process, error) {
	name, stat := "/proc/"+id+"/comm", "/proc/"+id+"/stat"
	const uptime = "/proc/uptime"
	contents, err := c.session.Read(ctx, name, stat, uptime)
	if _, found := contents[stat]; err != nil || !found {
		return process{}, err
	}
	p, err := parseProcess(contents[stat], contents[uptime])
	if err != nil {
		return p, fmt.Errorf("read %s: %w", stat, err)
	}
	p.name = strings.TrimSpace(contents[name])
	return p, nil
}

// ticks is the unit of process times, which Linux gives in hundredths of a
// second on all machines (proc(5), sysconf(_SC_CLK_TCK)).
const ticks = 100.0

// parseProcess reads the texts of /proc/PID/stat, whose words count from the
// one after the command, and of /proc/uptime.
func parseProcess(stat, uptime string) (process, error) {
	const parent, started = 1, 19
	words := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(words) <= started {
		return process{}, errors.New("it does not say when it was started")
	}
	up, _, _ := strings.Cut(uptime, " ")
	now, err := strconv.ParseFloat(up, 64)
	if err != nil {
		return process{}, err
	}
	began, err := strconv.ParseFloat(words[started], 64)
	return process{parent: words[parent], age: now - began/ticks}, err
}
