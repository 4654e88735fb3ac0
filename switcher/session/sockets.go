package session

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Socket is a TCP socket of the container's network, of whichever container:
// several may share one network.
type Socket struct {
	Local, Remote          netip.AddrPort
	Established, Listening bool
	// Inode is the kernel's number of it (see OwnSockets).
	Inode string
}

// The kernel's tables of TCP sockets (proc(5)).
var socketTables = []string{"/proc/net/tcp", "/proc/net/tcp6"}

// Sockets lists the TCP sockets of the container's network.
func (s *Session) Sockets(ctx context.Context) ([]Socket, error) {
	tables, err := s.Read(ctx, socketTables...)
	if err != nil {
		return nil, err
	}
	var list []Socket
	for _, table := range tables {
		list = append(list, parseSockets(table)...)
	}
	return list, nil
}

// parseSockets reads the rows of a table; its heading is none.
func parseSockets(table string) []Socket {
	const (
		local, remote, state, inode = 1, 2, 3, 9
		established, listening      = "01", "0A"
	)
	var list []Socket
	for line := range strings.Lines(table) {
		words := strings.Fields(line)
		if len(words) <= state {
			continue
		}
		near, ok := tableAddress(words[local])
		if !ok {
			continue
		}
		far, _ := tableAddress(words[remote])
		row := Socket{Local: near, Remote: far, Established: words[state] == established, Listening: words[state] == listening}
		if len(words) > inode {
			row.Inode = words[inode]
		}
		list = append(list, row)
	}
	return list
}

// tableAddress reads an address of /proc/net/tcp ("030012AC:1F90"). The kernel
// writes each word of an address in the order of the machine's bytes, which is
// little-endian wherever the proxies' images run but on s390x.
func tableAddress(text string) (netip.AddrPort, bool) {
	host, port, _ := strings.Cut(text, ":")
	bytes, err := hex.DecodeString(host)
	if err != nil {
		return netip.AddrPort{}, false
	}
	for word := range slices.Chunk(bytes, 4) {
		slices.Reverse(word)
	}
	address, ok := netip.AddrFromSlice(bytes)
	number, err := strconv.ParseUint(port, 16, 16)
	return netip.AddrPortFrom(address.Unmap(), uint16(number)), ok && err == nil
}

// OwnSockets tells the inodes of the sockets that the container's own
// processes have open: those of its first process and of its descendants.
func (s *Session) OwnSockets(ctx context.Context) (map[string]bool, error) {
	processes, err := s.descendants(ctx, 1)
	if err != nil {
		return nil, err
	}
	list := []string{"ls", "-l"}
	for _, pid := range processes {
		list = append(list, fmt.Sprintf("/proc/%d/fd", pid))
	}
	// The status is not zero where a process ended meanwhile.
	said, status, err := s.Run(ctx, list...)
	if err != nil {
		return nil, err
	}
	own := openSockets(said)
	if len(own) == 0 && status != 0 {
		return nil, fmt.Errorf("see which sockets are this container's: %s", strings.TrimSpace(said))
	}
	return own, nil
}

// openSockets finds the inodes in a long listing of open files, where a socket
// is a link to "socket:[12345]" (proc(5)).
func openSockets(listing string) map[string]bool {
	found := map[string]bool{}
	for line := range strings.Lines(listing) {
		if _, link, ok := strings.Cut(strings.TrimSpace(line), "-> socket:["); ok {
			found[strings.TrimSuffix(link, "]")] = true
		}
	}
	return found
}

// descendants lists a process and all that it and its children have started,
// where the kernel lists children (CONFIG_PROC_CHILDREN).
func (s *Session) descendants(ctx context.Context, pid int) ([]int, error) {
	all := []int{pid}
	for next := 0; next < len(all); next++ {
		path := fmt.Sprintf("/proc/%d/task/%d/children", all[next], all[next])
		contents, err := s.Read(ctx, path)
		if err != nil {
			return nil, err
		}
		for _, word := range strings.Fields(contents[path]) {
			child, err := strconv.Atoi(word)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", path, err)
			}
			all = append(all, child)
		}
	}
	return all, nil
}
