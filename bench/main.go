// Command bench measures side by side, in one run on one machine, and prints
// tables: what `docker bluegreen` does beside what it is compared with. Read
// the ratios and the zeros; milliseconds are the machine's. `make bench`
// prepares what it needs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

// measurements are what can be measured, in the order of the report.
var measurements = []struct {
	name string
	run  func(context.Context, proxy) error
}{
	{"start", func(ctx context.Context, _ proxy) error { return measureStart(ctx) }},
	{"switch", measureSwitch},
	{"up", measureUp},
	{"load", measureLoad},
	{"series", measureSeries},
}

func main() {
	only := flag.String("only", "start,switch,up,load,series", "measure these, separated by commas")
	behind := flag.String("proxy", "haproxy,traefik", "measure behind these, separated by commas")
	flag.IntVar(&turns, "n", turns, "how many switches and replacements the series has")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, strings.Split(*only, ","), strings.Split(*behind, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// run does the chosen measurements one after the other, each behind the chosen
// proxies in turn.
func run(ctx context.Context, chosen, behind []string) error {
	if os.Getenv(configVariable) == "" {
		return errors.New(configVariable + " is not set: type `make bench`")
	}
	if err := os.Setenv("DOCKER_CONFIG", os.Getenv(configVariable)); err != nil {
		return err
	}
	for _, m := range measurements {
		for _, name := range chosen {
			if name != m.name {
				continue
			}
			if err := each(ctx, behind, m.run); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	return nil
}

// each measures behind the named proxies, one after the other.
func each(ctx context.Context, names []string, measure func(context.Context, proxy) error) error {
	for _, name := range names {
		p, known := proxies[name]
		if !known {
			return fmt.Errorf("proxy %q is not known", name)
		}
		if err := measure(ctx, p); err != nil {
			return fmt.Errorf("behind %s: %w", name, err)
		}
	}
	return nil
}
