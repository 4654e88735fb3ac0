package compose

import (
	"fmt"
	"path"
)

// remark notes what is allowed but has no effect, or seldom the wanted one.
func (b *builder) remark(format string, args ...any) {
	b.remarks = append(b.remarks, fmt.Sprintf(format, args...))
}

// remarkVolume tells of a volume that is named beside a directory which Traefik
// watches: the active colour stands in a file of that directory, and is written
// by renames, which do not go from one mount to another.
func (b *builder) remarkVolume(p Proxy) {
	named := b.top.Proxy.Volume
	if named == "" || path.Clean(named) == p.Volume || path.Clean(named) == p.Watched {
		return
	}
	b.remark("service %q: x-bluegreen.proxy.volume is %s and has no effect: the active colour is kept at %s, in the directory that Traefik watches",
		p.Service, named, p.Watched)
}

// remarkUnused tells of settings on services that take no traffic by pairs.
// It is no error: an anchor may carry them to a worker or to a job.
func (b *builder) remarkUnused(m Model) {
	for _, name := range append([]string{m.Proxy.Service}, m.Shared...) {
		if _, said := b.source.Services[name].Extensions[extension]; said {
			b.remark("service %q: x-bluegreen has no effect, for the service has no colour", name)
		}
	}
}
