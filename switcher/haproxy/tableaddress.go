package haproxy

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// tableAddress reads an address of /proc/net/tcp ("030012AC:1F90") as HAProxy
// writes it ("172.18.0.3:8080"). The kernel writes each word of an address in
// the order of the machine's bytes, which is little-endian wherever HAProxy's
// images run but on s390x.
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
	return netip.AddrPortFrom(address, uint16(number)).String(), ok && err == nil
}
