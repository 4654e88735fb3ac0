package session

import (
	"maps"
	"net/netip"
	"slices"
	"testing"
)

const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000    99        0 7 1 0 100 0 0 10 0
   1: 020012AC:8B5A 030012AC:1F90 01 00000000:00000000 00:00000000 00000000    99        0 8 1 0 20 4 30 10 -1
   2: 020012AC:8B5E 030012AC:1F90 06 00000000:00000000 00:00000000 00000000    99        0 0 3 0
`

func TestSocketsOfATable(t *testing.T) {
	replica := netip.MustParseAddrPort("172.18.0.3:8080")
	want := []Socket{
		{Local: netip.MustParseAddrPort("0.0.0.0:80"), Remote: netip.MustParseAddrPort("0.0.0.0:0"), Listening: true, Inode: "7"},
		{Local: netip.MustParseAddrPort("172.18.0.2:35674"), Remote: replica, Established: true, Inode: "8"},
		{Local: netip.MustParseAddrPort("172.18.0.2:35678"), Remote: replica, Inode: "0"},
	}
	if got := parseSockets(tcpTable); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestSocketsOfIPv6(t *testing.T) {
	rows := parseSockets("  0: 0000000000000000FFFF0000020012AC:0050 0000000000000000FFFF0000030012AC:1F90 01\n" +
		" 1: B80D0120000000000000000001000000:1F90 B80D0120000000000000000002000000:1 01\n 2: zz:1 zz:1 01\n")
	var got []string
	for _, r := range rows {
		got = append(got, r.Local.String()+" "+r.Remote.String())
	}
	want := []string{"172.18.0.2:80 172.18.0.3:8080", "[2001:db8::1]:8080 [2001:db8::2]:1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOpenSockets(t *testing.T) {
	listing := "/proc/1/fd:\ntotal 0\nlrwx------    1 root     root            64 Nov 25 07:00 3 -> anon_inode:[eventpoll]\n" +
		"lrwx------    1 root     root            64 Nov 25 07:00 4 -> socket:[4711]\n\nls: /proc/9/fd: No such file or directory\n"
	if got := slices.Collect(maps.Keys(openSockets(listing))); !slices.Equal(got, []string{"4711"}) {
		t.Errorf("got %v", got)
	}
}
