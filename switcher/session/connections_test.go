package session

import (
	"reflect"
	"testing"
)

const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000    99        0 7 1 0 100 0 0 10 0
   1: 020012AC:8B5A 030012AC:1F90 01 00000000:00000000 00:00000000 00000000    99        0 8 1 0 20 4 30 10 -1
   2: 020012AC:8B5C 030012AC:1F90 01 00000000:00000000 00:00000000 00000000    99        0 9 1 0 20 4 30 10 -1
   3: 020012AC:8B5E 030012AC:1F90 06 00000000:00000000 00:00000000 00000000    99        0 0 3 0
   4: 020012AC:8B60 030012AC:2328 01 00000000:00000000 00:00000000 00000000    99        0 6 1 0 20 4 30 10 -1
`

func TestEstablished(t *testing.T) {
	want := map[string]int{"172.18.0.3:8080": 2, "172.18.0.3:9000": 1}
	if got := counted(tcpTable); !reflect.DeepEqual(got, want) {
		t.Errorf("established are %v, want %v", got, want)
	}
	six := "  0: 0 0000000000000000FFFF0000030012AC:1F90 01\n 1: 0 B80D0120000000000000000001000000:1F90 01\n 2: 0 zz:1 01\n"
	want = map[string]int{"172.18.0.3:8080": 1, "[2001:db8::1]:8080": 1}
	if got := counted(six); !reflect.DeepEqual(got, want) {
		t.Errorf("established are %v, want %v", got, want)
	}
}

func counted(table string) map[string]int {
	counts := map[string]int{}
	established(table, counts)
	return counts
}
