// Command demo releases the example at the root of the repository under
// load, and rolls it back: v1, v2 beside it, switch, rollback. It shows per
// step how many requests visitors sent and how many were lost, and leaves
// the stack running. With -clean it removes everything that it made.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

func main() {
	clean := flag.Bool("clean", false, "remove what the demo made")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	work := demo
	if *clean {
		work = cleanUp
	}
	if err := work(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		stop()
		os.Exit(1)
	}
}

// demo makes the images and plays the scenes.
func demo(ctx context.Context) error {
	fmt.Println("Making the images: HAProxy (pulled where a registry answers), hello:v1, hello:v2")
	haproxy, err := images.HAProxy(ctx, images.Debian, images.PreferOfficial())
	if err != nil {
		return err
	}
	for _, version := range []string{"v1", "v2"} {
		if _, err := images.Hello(ctx, version); err != nil {
			return err
		}
	}
	s := &stage{haproxy: haproxy}
	if err := s.play(ctx); err != nil {
		return err
	}
	return s.farewell()
}

// cleanUp removes the stack with its volume, and the images.
func cleanUp(ctx context.Context) error {
	s := &stage{haproxy: "haproxy:3.2"}
	// The plugin as built, for the installed one may be gone already.
	if err := s.command(ctx, "v1", built, "--file", file, "down", "--volumes"); err != nil {
		return err
	}
	return images.Remove(ctx)
}
