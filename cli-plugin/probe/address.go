package probe

import (
	"errors"
	"net"
	"net/url"
	"strconv"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// where is the address of a port that an engine's machine has published, and
// whether that is this machine's loopback interface.
func where(engine string, port compose.PublishedPort) (address string, here bool, err error) {
	host, err := machine(engine)
	if err != nil {
		return "", false, err
	}
	listens := net.ParseIP(port.Host)
	switch local := net.ParseIP(host).IsLoopback(); {
	case listens == nil || listens.IsUnspecified():
	case listens.IsLoopback() && !local:
		return "", false, errors.New("it is published on the loopback interface of another machine")
	default:
		host = port.Host
	}
	return net.JoinHostPort(host, strconv.Itoa(port.Public)), net.ParseIP(host).IsLoopback(), nil
}

// machine is the host that an engine runs on, as far as its address tells.
func machine(engine string) (string, error) {
	const loopback = "127.0.0.1"
	u, err := url.Parse(engine)
	if err != nil {
		return "", errors.New("the engine's address does not tell its machine")
	}
	switch u.Scheme {
	case "", "unix", "npipe", "fd":
		return loopback, nil
	case "tcp", "ssh", "http", "https":
		if u.Hostname() == "localhost" {
			return loopback, nil
		}
		if u.Hostname() != "" {
			return u.Hostname(), nil
		}
	}
	return "", errors.New("the engine's address does not tell its machine")
}
