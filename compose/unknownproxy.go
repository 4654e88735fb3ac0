package compose

import (
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// reportHolder reports a service that is the proxy by its image, where another
// one uses its network and could keep the state: that may be the proxy, of an
// image whose name does not tell, and this one its holder. A sidecar without a
// volume is no such other.
func (b *builder) reportHolder(candidate string) bool {
	for _, name := range slices.Sorted(maps.Keys(b.source.Services)) {
		s := b.source.Services[name]
		if s.NetworkMode != types.ServicePrefix+candidate || !keeps(s) {
			continue
		}
		b.blame(name, fmt.Sprintf("uses the network of %s and has a volume: one of them is the proxy, the other its holder or a helper, and no image tells which", candidate),
			fmt.Sprintf("name the proxy at the top level: %s: {proxy: {service: %s, kind: %s}}, or %s: {proxy: %s}",
				extension, name, KindOf(b.source.Services[candidate].Image), extension, candidate), "network_mode")
		return true
	}
	return false
}

// keeps tells that a service has a volume in which the state could be.
func keeps(s types.ServiceConfig) bool {
	return slices.ContainsFunc(mounts(s), func(m types.ServiceVolumeConfig) bool { return unfit(m) == "" })
}
