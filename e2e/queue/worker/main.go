// Command worker takes jobs from the tests' queue until it gets its signal, ends
// the one that it has, and exits. The environment says the rest:
//
//	QUEUE    Redis's address
//	VERSION  what stands in the records of its jobs
//	WORK     how long a job takes
//	SIGNAL   by which it ends: TERM or USR1; it does not heed the other one
//	ALONE    when it starts, jobs that others have taken are put back: right for
//	         a worker that is the only one, and wrong beside another
//	DEAF     it heeds no signal
//	FAIL     it exits at once
//
// `worker health` tells whether it takes jobs.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/bluegreen/docker-bluegreen/e2e/queue"
)

func main() {
	do := work
	if len(os.Args) > 1 {
		do = health
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// ready is a file that is there while the worker takes jobs.
const ready = "/ready"

func health() error {
	_, err := os.Stat(ready)
	return err
}

func work() error {
	if err := os.Remove(ready); err != nil && !os.IsNotExist(err) {
		return err
	}
	if os.Getenv("FAIL") != "" {
		return errors.New("it fails, as FAIL says")
	}
	length, err := time.ParseDuration(os.Getenv("WORK"))
	if err != nil {
		return fmt.Errorf("WORK: %w", err)
	}
	stop := listen()
	c, err := queue.Dial(context.Background(), os.Getenv("QUEUE"))
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // all is written
	shift := record("")
	if os.Getenv("ALONE") != "" {
		if err := putBack(c); err != nil {
			return err
		}
	}
	if err := os.WriteFile(ready, nil, 0o600); err != nil {
		return err
	}
	for {
		select {
		case <-stop:
			shift.Ended = time.Now()
			_, err := c.Do("RPUSH", queue.Shifts, shift.String())
			return err
		default:
			if err := one(c, length); err != nil {
				return err
			}
		}
	}
}

// listen heeds the signal by which the worker ends, and no other.
func listen() <-chan os.Signal {
	signals := map[string]os.Signal{"TERM": syscall.SIGTERM, "USR1": syscall.SIGUSR1}
	stop := make(chan os.Signal, 1)
	signal.Ignore(syscall.SIGTERM, syscall.SIGUSR1)
	if heeded, ok := signals[os.Getenv("SIGNAL")]; ok && os.Getenv("DEAF") == "" {
		signal.Notify(stop, heeded)
	}
	return stop
}

// record begins a record.
func record(job string) queue.Record {
	host, _ := os.Hostname() // it is for show
	return queue.Record{Job: job, Version: os.Getenv("VERSION"), Worker: host, Began: time.Now()}
}

// one takes a job, works, and says that it is done, in one step with giving it
// back.
func one(c *queue.Client, length time.Duration) error {
	const patience = "0.2" // in seconds; the signal is looked for then
	answer, err := c.Do("BLMOVE", queue.Jobs, queue.Taken, "LEFT", "RIGHT", patience)
	job, some := answer.(string)
	if err != nil || !some {
		return err
	}
	done := record(job)
	time.Sleep(length) // that is the work
	done.Ended = time.Now()
	_, err = c.Pipe([]string{"MULTI"}, []string{"RPUSH", queue.Done, done.String()}, []string{"LREM", queue.Taken, "1", job}, []string{"EXEC"})
	return err
}

// putBack gives back what a worker before this one has left.
func putBack(c *queue.Client) error {
	for {
		answer, err := c.Do("LMOVE", queue.Taken, queue.Jobs, "LEFT", "LEFT")
		if err != nil || answer == nil {
			return err
		}
	}
}
