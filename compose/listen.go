package compose

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/compose-spec/compose-go/v2/types"
)

// defaultListen is where the proxy listens when the file does not say.
const defaultListen = 80

// listeners lists the container ports at which traffic can reach the proxy:
// those it publishes, or else those it exposes to other containers.
func listeners(s types.ServiceConfig) []int {
	var ports []int
	for _, p := range s.Ports {
		if p.Protocol != "udp" {
			ports = append(ports, int(p.Target))
		}
	}
	if len(ports) == 0 {
		for _, expose := range s.Expose {
			if n, err := strconv.Atoi(expose); err == nil {
				ports = append(ports, n)
			}
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// listen is the port at which a pair's traffic arrives: its own, else the
// only one there is.
func (b *builder) listen(service string, settings serviceSettings, proxy string) (int, bool) {
	known := listeners(b.netOwner(proxy))
	switch {
	case settings.Listen != 0:
		b.remarkUnpublished(service, settings.Listen, known)
		return settings.Listen, true
	case len(known) == 0:
		return defaultListen, true
	case len(known) == 1:
		return known[0], true
	}
	ports := make([]string, 0, len(known))
	for _, p := range known {
		ports = append(ports, strconv.Itoa(p))
	}
	b.blame(service, fmt.Sprintf("does not say at which port of the proxy its traffic arrives: %s publishes %s", proxy, listing(ports)),
		fmt.Sprintf("write %s.listen, here or in the defaults at the top level", extension))
	return 0, false
}

// remarkUnpublished tells of a listener that only containers can reach. Often
// the host's port was written instead of the container's.
func (b *builder) remarkUnpublished(service string, listen int, known []int) {
	if len(known) > 0 && !slices.Contains(known, listen) {
		b.remark("service %q: x-bluegreen.listen is %d, a container port that the proxy does not publish", service, listen)
	}
}
