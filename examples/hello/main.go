// Hello is the service that the examples, the demo and the end-to-end tests release: small,
// static, and able to say which version and colour answered.
//
//	hello            serves HTTP (and raw TCP when TCP_PORT is set) until SIGTERM
//	hello health     asks its own /healthz, for a Docker health check in an image without a shell
//	hello migrate    stands for a one-shot job, such as a database migration
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run picks the subcommand and returns the exit code of the process.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	conf, err := readSettings(getenv)
	if err != nil {
		say(stderr, "hello: %v", err)
		return 2
	}
	verb := "serve"
	if len(args) > 0 {
		verb = args[0]
	}
	switch verb {
	case "serve":
		return serve(ctx, conf, stderr)
	case "health":
		return health(ctx, conf, stdout)
	case "migrate":
		say(stdout, "migrated")
		return conf.migrateExit
	}
	say(stderr, "hello: unknown command %q: want serve, health or migrate", verb)
	return 2
}

// say writes a line; where it cannot, there is nobody to tell.
func say(to io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(to, format+"\n", args...) }
