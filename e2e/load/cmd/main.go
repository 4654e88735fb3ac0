// Command cmd is the load client as a program of its own, for a container in the project's network:
// it prints a line when the load has begun, sends until its standard input is closed, and prints
// then what came of it, as JSON.
package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/bluegreen/docker-bluegreen/e2e/load"
)

// outcome is what is printed in the end.
type outcome struct {
	Kinds    map[load.Kind]load.Count
	Failures []load.Failure
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var o load.Options
	flag.StringVar(&o.URL, "url", "", "the service, through the proxy")
	flag.StringVar(&o.TCPAddr, "tcp", "", "HOST:PORT of raw TCP")
	flag.StringVar(&o.TLSAddr, "tls", "", "HOST:PORT where the proxy ends TLS")
	flag.IntVar(&o.Rate, "rate", 0, "short requests per second")
	flag.DurationVar(&o.Hold, "hold", 0, "how long a websocket or TCP connection is held")
	signer := flag.String("roots", "", "file with the certificate that is believed")
	flag.Parse()
	if *signer != "" {
		text, err := os.ReadFile(*signer)
		if err != nil {
			return fmt.Errorf("read the certificate: %w", err)
		}
		if o.Roots = x509.NewCertPool(); !o.Roots.AppendCertsFromPEM(text) {
			return errors.New("read the certificate: there is none in " + *signer)
		}
	}
	visitors, err := load.Start(ctx, o)
	if err != nil {
		return err
	}
	fmt.Println("begun")
	_, _ = io.Copy(io.Discard, os.Stdin) // however it ends, the load does
	report := visitors.Stop()
	return json.NewEncoder(os.Stdout).Encode(outcome{report.Kinds, report.Failures})
}
