package compose

import "fmt"

// remark notes what is allowed but has no effect, or seldom the wanted one.
func (b *builder) remark(format string, args ...any) {
	b.remarks = append(b.remarks, fmt.Sprintf(format, args...))
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
