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
// instance answers it; besidePoll is the pause between two tries.
const (
	besideLimit = 10 * time.Second
	besidePoll  = 10 * time.Millisecond
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
	name, stat := "/proc/"+info["Pid"]+"/comm", "/proc/"+info["Pid"]+"/stat"
	const uptime = "/proc/uptime"
	contents, err := c.session.Read(ctx, name, stat, uptime)
	if err != nil || strings.TrimSpace(contents[name]) != "haproxy" {
		return false, err
	}
	age, err := ageOf(contents[stat], contents[uptime])
	if err != nil {
		return false, fmt.Errorf("read %s: %w", stat, err)
	}
	says, err := strconv.Atoi(info["Uptime_sec"])
	if err != nil || !sameAge(age, says) {
		return false, err
	}
	c.identity.Store(identity)
	return true, nil
}

// sameAge compares a process's age with what it says of it, both in seconds.
// It says whole ones, and was asked a moment earlier.
func sameAge(age float64, says int) bool {
	const before, after = 1.0, 2.0
	return age > float64(says)-before && age < float64(says)+after
}

// ticks is the unit of process times, which Linux gives as hundredths of a
// second on all machines (proc(5), sysconf(_SC_CLK_TCK)).
const ticks = 100.0

// ageOf is how many seconds a process has been there, by the texts of
// /proc/PID/stat (the twentieth word after the command) and /proc/uptime.
func ageOf(stat, uptime string) (float64, error) {
	const started = 19
	words := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	up, _, _ := strings.Cut(uptime, " ")
	now, err := strconv.ParseFloat(up, 64)
	if err != nil || len(words) <= started {
		return 0, fmt.Errorf("it does not say when it was started: %w", err)
	}
	began, err := strconv.ParseFloat(words[started], 64)
	return now - began/ticks, err
}
