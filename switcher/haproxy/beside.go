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
// one of this container's, and was started when it says.

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
	says, err := startOf(info)
	if err != nil {
		return false, err
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
	own := fits(worker, says, master)
	if own {
		c.identity.Store(identity)
	}
	return own, nil
}

// start is when an instance says that it was started: its age, and the time by
// the clock, both in whole seconds.
type start struct{ age, at float64 }

func startOf(info map[string]string) (start, error) {
	age, err := strconv.ParseFloat(info["Uptime_sec"], 64)
	if err != nil {
		return start{}, fmt.Errorf("its answer to show info has no Uptime_sec: %w", err)
	}
	at, err := strconv.ParseFloat(info["Start_time_sec"], 64)
	if err != nil {
		return start{}, fmt.Errorf("its answer to show info has no Start_time_sec: %w", err)
	}
	return start{age, at}, nil
}

// fits tells that an instance was started after its master and before its
// worker. Either measure will do: a busy machine tells the processes' ages
// long after the instance told its own, and a clock that was set since makes
// the times differ.
func fits(worker process, says start, master process) bool {
	const rounding, moment = 1.0, 1.0
	byAge := worker.age-rounding-moment < says.age && says.age < master.age+rounding
	byClock := master.began-rounding < says.at && says.at < worker.began+rounding
	return byAge || byClock
}

// process is what Linux tells of a process (proc(5)): its age in seconds, and
// when it began, in seconds since 1970.
type process struct {
	name, parent string
	age, began   float64
}

// process looks at a process of this container; the zero process is one that
// is not there.
func (c *control) process(ctx context.Context, id string) (process, error) {
	name, stat := "/proc/"+id+"/comm", "/proc/"+id+"/stat"
	const uptime, boot = "/proc/uptime", "/proc/stat"
	contents, err := c.Session.Read(ctx, name, stat, uptime, boot)
	if _, found := contents[stat]; err != nil || !found {
		return process{}, err
	}
	p, err := parseProcess(contents[stat], contents[uptime], contents[boot])
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
// one after the command, of /proc/uptime, and of /proc/stat.
func parseProcess(stat, uptime, boot string) (process, error) {
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
	_, booted, _ := strings.Cut(boot, "\nbtime ")
	booted, _, _ = strings.Cut(booted, "\n")
	since, err := strconv.ParseFloat(booted, 64)
	if err != nil {
		return process{}, err
	}
	began, err := strconv.ParseFloat(words[started], 64)
	return process{parent: words[parent], age: now - began/ticks, began: since + began/ticks}, err
}
