// Command demo releases an example under load, and rolls it back: v1, v2
// beside it, switch, rollback. It shows per step how many requests visitors
// sent and how many were lost, and leaves the stack running. With -proxy
// traefik it does so behind Traefik instead of HAProxy. With -clean it removes
// everything that it made, behind either proxy.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/bluegreen/docker-bluegreen/e2e/images"
)

func main() {
	clean := flag.Bool("clean", false, "remove what the demo made")
	proxy := flag.String("proxy", "haproxy", "the proxy of the stack: "+strings.Join(names(), " or "))
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	work := func(ctx context.Context) error { return demo(ctx, *proxy) }
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
func demo(ctx context.Context, proxy string) error {
	e, known := examples[proxy]
	if !known {
		return fmt.Errorf("proxy %q is unknown, want %s", proxy, strings.Join(names(), " or "))
	}
	fmt.Printf("Making the images: %s, hello:v1, hello:v2\n", e.made)
	image, err := e.image(ctx, e.flavour, images.PreferOfficial())
	if err != nil {
		return err
	}
	for _, version := range []string{"v1", "v2"} {
		if _, err := images.Hello(ctx, version); err != nil {
			return err
		}
	}
	s := &stage{example: e, image: image}
	if err := s.play(ctx); err != nil {
		return err
	}
	return s.farewell()
}

// cleanUp removes the stacks with their volumes, and the images. The stacks go
// all, whatever becomes of one.
func cleanUp(ctx context.Context) error {
	var failed error
	for _, name := range names() {
		e := examples[name]
		s := &stage{example: e, image: e.official}
		// The plugin as built, for the installed one may be gone already.
		failed = errors.Join(failed, s.command(ctx, "v1", built, "--file", e.file, "down", "--volumes"))
	}
	if failed != nil {
		return failed
	}
	return images.Remove(ctx)
}
