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
	run  func(context.Context) error
}{
	{"start", measureStart},
	{"switch", measureSwitch},
	{"up", measureUp},
	{"load", measureLoad},
}

func main() {
	only := flag.String("only", "start,switch,up,load", "measure these, separated by commas")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// run does the chosen measurements one after the other.
func run(ctx context.Context, chosen []string) error {
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
			if err := m.run(ctx); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	return nil
}
