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
	run  func(context.Context, []proxy) error
}{
	{"start", func(ctx context.Context, _ []proxy) error { return measureStart(ctx) }},
	{"switch", each(measureSwitch)},
	{"up", each(measureUp)},
	{"load", each(measureLoad)},
	{"series", measureSeries},
	{"swarm", func(ctx context.Context, _ []proxy) error { return measureSwarm(ctx) }},
}

func main() {
	only := flag.String("only", "start,switch,up,load,series,swarm", "measure these, separated by commas")
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

// run does the chosen measurements one after the other, behind the chosen
// proxies.
func run(ctx context.Context, chosen, names []string) error {
	if os.Getenv(configVariable) == "" {
		return errors.New(configVariable + " is not set: type `make bench`")
	}
	if err := os.Setenv("DOCKER_CONFIG", os.Getenv(configVariable)); err != nil {
		return err
	}
	var behind []proxy
	for _, name := range names {
		p, known := proxies[name]
		if !known {
			return fmt.Errorf("proxy %q is not known", name)
		}
		behind = append(behind, p)
	}
	for _, m := range measurements {
		for _, name := range chosen {
			if name != m.name {
				continue
			}
			if err := m.run(ctx, behind); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	return nil
}

// each measures behind one proxy after the other.
func each(measure func(context.Context, proxy) error) func(context.Context, []proxy) error {
	return func(ctx context.Context, behind []proxy) error {
		for _, p := range behind {
			if err := measure(ctx, p); err != nil {
				return fmt.Errorf("behind %s: %w", p.name, err)
			}
		}
		return nil
	}
}
