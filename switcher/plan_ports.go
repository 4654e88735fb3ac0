package switcher

import (
	"strconv"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A proxy may open ports only when it starts. A new one is then a matter of
// replacing the proxy, with a gap that somebody agrees to, and not of a release.

// unopened refuses traffic that would arrive where the running proxy does not
// listen.
func unopened(s State, w wanted) error {
	if len(s.Unopened) == 0 {
		return nil
	}
	return &compose.InvalidError{
		Service: w.Model.Proxy.Service,
		Problem: "has traffic arrive at " + portsOf(s) + ", which it opens only when it starts",
		Fix:     "replace the proxy first; it says before how long the gap is: docker bluegreen proxy upgrade",
	}
}

// lacksPort says that a proxy has to be replaced for its ports; "" for no.
func lacksPort(s State) string {
	if !s.ProxyRunning || len(s.Unopened) == 0 {
		return ""
	}
	return "the file wants " + portsOf(s) + ", which it opens only when it starts"
}

// leftDark says that an interrupted upgrade has stopped a proxy which is as the
// file says but for its ports, and started no other.
func leftDark(s State) string {
	if s.ProxyRunning || len(s.Strays) == 0 {
		return ""
	}
	return "an interrupted upgrade has stopped the former one"
}

func portsOf(s State) string {
	noun, words := "port ", make([]string, 0, len(s.Unopened))
	for _, port := range s.Unopened {
		words = append(words, strconv.Itoa(port))
	}
	if len(words) > 1 {
		noun = "ports "
	}
	return noun + strings.Join(words, ", ")
}
