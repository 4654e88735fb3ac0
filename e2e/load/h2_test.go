package load

import (
	"encoding/binary"
	"io"
	"sync"
	"sync/atomic"
	"testing"
)

// The types of HTTP/2 frames that the tests use.
const (
	frameData, frameHeaders, frameReset, frameSettings, frameGoAway = 0, 1, 3, 4, 7
	endStream, endHeaders                                           = 1, 4
)

// frame writes one frame.
func (v *visit) frame(kind, flags byte, stream uint32, payload []byte) {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	v.say(string(append(binary.BigEndian.AppendUint32(append(head, flags), stream), payload...)))
}

// greet begins HTTP/2.
func (v *visit) greet() {
	_, _ = io.CopyN(io.Discard, v.reader, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
	v.frame(frameSettings, 0, 0, nil)
}

// asked waits for a request and names its stream; 0 when the client has gone.
func (v *visit) asked() uint32 {
	for {
		var head [9]byte
		if _, err := io.ReadFull(v.reader, head[:]); err != nil {
			return 0
		}
		first := binary.BigEndian.Uint32(head[:4])
		_, _ = io.CopyN(io.Discard, v.reader, int64(first>>8))
		if byte(first) == frameHeaders {
			v.peer.requests.Add(1)
			return binary.BigEndian.Uint32(head[5:])
		}
	}
}

// answer is a good one to GET /.
func (v *visit) answer(stream uint32) {
	v.frame(frameHeaders, endHeaders, stream, []byte{0x88}) // :status 200
	v.frame(frameData, endStream, stream, []byte(`{"version":"v1","colour":"blue","host":"a"}`))
}

// farewell names the last stream that the server has taken.
func (v *visit) farewell(last uint32) {
	v.frame(frameGoAway, 0, 0, binary.BigEndian.AppendUint64(nil, uint64(last)<<32))
}

// TestH2 has many requests at once on one connection.
func TestH2(t *testing.T) {
	t.Parallel()
	const clients = 8
	var conns atomic.Int64
	server, o := newSecurePeer(t, "h2", func(v *visit) {
		conns.Add(1)
		v.greet()
		var waiting []uint32
		for range clients { // none is answered before all are there
			waiting = append(waiting, v.asked())
		}
		for _, stream := range waiting {
			v.answer(stream)
		}
		v.asked()
	})
	run := runFor(t, o)
	defer run.h2.close()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() { expect(t, run.use(H2).once(t.Context()), "", "") })
	}
	all.Wait()
	if conns.Load() != 1 || server.requests.Load() != clients {
		t.Errorf("%d requests on %d connections, want %d on 1", server.requests.Load(), conns.Load(), clients)
	}
}

// TestH2Ends holds each way in which a server ends a connection against what becomes of the
// requests: two are sent one after the other, and every later connection is a good one.
func TestH2Ends(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script           func(*visit)
		first, second    string
		again, sentInAll int
	}{
		"farewell to a request on its way": {script: func(v *visit) { v.answer(v.asked()); v.farewell(v.asked() - 2) }, again: 1, sentInAll: 3},
		"farewell while idle":              {script: func(v *visit) { stream := v.asked(); v.farewell(stream); v.answer(stream) }, sentInAll: 2},
		"farewell, and the answer is owed": {script: func(v *visit) { v.answer(v.asked()); v.farewell(v.asked()) }, second: "GOAWAY", sentInAll: 2},
		"closed under a request":           {script: func(v *visit) { v.answer(v.asked()); v.asked() }, second: "closed", sentInAll: 2},
		"refused without a farewell": {script: func(v *visit) {
			v.answer(v.asked())
			v.frame(frameReset, 0, v.asked(), []byte{0, 0, 0, 7})
			v.asked()
		}, second: "REFUSED_STREAM", sentInAll: 2},
		"no answer at all": {script: func(v *visit) { v.asked() }, first: "closed", sentInAll: 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var conns atomic.Int64
			server, o := newSecurePeer(t, "h2", func(v *visit) {
				v.greet()
				if conns.Add(1) == 1 {
					test.script(v)
					return
				}
				for stream := v.asked(); stream != 0; stream = v.asked() {
					v.answer(stream)
				}
			})
			run := runFor(t, o)
			defer run.h2.close()
			client := run.use(H2)
			expect(t, client.once(t.Context()), test.first, "")
			second := client.once(t.Context())
			expect(t, second, test.second, "")
			if second.again != test.again || server.requests.Load() != int64(test.sentInAll) {
				t.Errorf("sent again %d of %d times, want %d of %d", second.again, server.requests.Load(), test.again, test.sentInAll)
			}
		})
	}
}
