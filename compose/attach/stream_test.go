package attach

import (
	"strings"
	"testing"
)

func TestTailKeepsTheEnd(t *testing.T) {
	var k tail
	for range 3 {
		_, _ = k.Write([]byte(strings.Repeat("x", tailSize/2)))
	}
	_, _ = k.Write([]byte("end"))
	if got := k.String(); len(got) != tailSize || !strings.HasSuffix(got, "end") {
		t.Errorf("%d bytes, ending in %q", len(got), got[len(got)-5:])
	}
}
