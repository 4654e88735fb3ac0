// Command cmd makes the images of the end-to-end tests and the demo from the command line, and
// prints the reference of each:
//
//	go run ./e2e/images/cmd                    all of them
//	go run ./e2e/images/cmd hello:v4 haproxy:busybox traefik:debian
//	go run ./e2e/images/cmd -official haproxy:debian     the official one where it can be had
//	go run ./e2e/images/cmd -remove            remove them all
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

var everything = []string{
	"haproxy:debian", "haproxy:bash", "haproxy:busybox", "traefik:debian", "traefik:busybox", "traefik:holder",
	"hello:v1", "hello:v2", "hello:v3",
}

func main() {
	remove := flag.Bool("remove", false, "remove every image that this command made")
	official := flag.Bool("official", false, "take a proxy's official image where it can be had")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *remove, *official, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, remove, official bool, wanted []string) error {
	if remove {
		return images.Remove(ctx)
	}
	if len(wanted) == 0 {
		wanted = everything
	}
	var options []images.Option
	if official {
		options = append(options, images.PreferOfficial())
	}
	for _, name := range wanted {
		ref, err := ensure(ctx, name, options)
		if err != nil {
			return err
		}
		fmt.Println(ref)
	}
	return nil
}

func ensure(ctx context.Context, name string, options []images.Option) (string, error) {
	image, tag, _ := strings.Cut(name, ":")
	switch image {
	case "hello":
		return images.Hello(ctx, tag)
	case "worker":
		return images.Worker(ctx)
	case "node":
		return images.Node(ctx, tag)
	case "redis":
		return images.Redis(ctx)
	case "haproxy":
		return images.HAProxy(ctx, images.Flavour(tag), options...)
	case "traefik":
		return images.Traefik(ctx, images.Flavour(tag), options...)
	}
	return "", fmt.Errorf("make image %s: unknown, want hello:VERSION, haproxy:FLAVOUR, traefik:FLAVOUR, node:SUITE, redis or worker", name)
}
