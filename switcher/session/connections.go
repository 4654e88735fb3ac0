package session

import (
	"context"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// The kernel's tables of the connections of the container (proc(5)).
var connectionTables = []string{"/proc/net/tcp", "/proc/net/tcp6"}

// Connections counts the established TCP connections of the container's
// network by their remote address: "172.18.0.3:8080", "[2001:db8::1]:8080".
func (s *Session) Connections(ctx context.Context) (map[string]int, error) {
	tables, err := s.Read(ctx, connectionTables...)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, table := range tables {
		established(table, counts)
	}
	return counts, nil
}

// established adds a table's established connections by remote address.
func established(table string, counts map[string]int) {
	const remote, state, isEstablished = 2, 3, "01"
	for line := range strings.Lines(table) {
		words := strings.Fields(line)
		if len(words) > state && words[state] == isEstablished {
			if address, ok := tableAddress(words[remote]); ok {
				counts[address]++
			}
		}
	}
}

// tableAddress reads an address of /proc/net/tcp ("030012AC:1F90"). The kernel
// writes each word of an address in the order of the machine's bytes, which is
// little-endian wherever the proxies' images run but on s390x.
func tableAddress(text string) (string, bool) {
	host, port, _ := strings.Cut(text, ":")
	bytes, err := hex.DecodeString(host)
	if err != nil {
		return "", false
	}
	for word := range slices.Chunk(bytes, 4) {
		slices.Reverse(word)
	}
	address, ok := netip.AddrFromSlice(bytes)
	number, err := strconv.ParseUint(port, 16, 16)
	return netip.AddrPortFrom(address.Unmap(), uint16(number)).String(), ok && err == nil
}
