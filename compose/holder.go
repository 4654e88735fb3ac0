package compose

import (
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// holder is the service whose network the proxy uses; "" when that is its
// own. It is not said twice: what the file names must be what the proxy's
// network_mode names.
func (b *builder) holder(proxy types.ServiceConfig) string {
	named := b.top.Proxy.Holder
	holder, joined := strings.CutPrefix(proxy.NetworkMode, types.ServicePrefix)
	if named != "" && named != holder {
		b.add(proxy.Name, fmt.Sprintf("%s.proxy.holder names %q, but the proxy is not in its network", extension, named),
			fmt.Sprintf("write network_mode: service:%s, and move the proxy's ports and networks to %s", named, named),
			extension, "proxy", "holder")
		return ""
	}
	if !joined {
		return ""
	}
	if s, found := b.source.Services[holder]; found {
		b.checkHolder(s)
	}
	return holder
}

// checkHolder reports what would keep the holder from outliving proxies.
func (b *builder) checkHolder(s types.ServiceConfig) {
	if len(coloursOf(s)) > 0 {
		b.blame(s.Name, "holds the proxy's network and has a colour's profile, but it serves both colours", "remove its profiles", "profiles")
	}
	if s.NetworkMode != "" {
		b.blame(s.Name, "holds the proxy's network and has network_mode "+s.NetworkMode, "remove network_mode, and use networks and ports", "network_mode")
	}
	if s.GetScale() != 1 {
		b.blame(s.Name, fmt.Sprintf("holds the proxy's network and has %d replicas, but the ports are published once", s.GetScale()),
			"remove its replicas", "deploy", "replicas")
	}
}
