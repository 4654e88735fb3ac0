package session

import (
	"context"
	"net/netip"
)

// Connections counts the established TCP connections of the container's
// network by their remote address: "172.18.0.3:8080", "[2001:db8::1]:8080".
func (s *Session) Connections(ctx context.Context) (map[string]int, error) {
	sockets, err := s.Sockets(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, socket := range sockets {
		if socket.Established && socket.Remote != (netip.AddrPort{}) {
			counts[socket.Remote.String()]++
		}
	}
	return counts, nil
}
