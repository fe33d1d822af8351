package artefact

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/gopacket/gopacket/layers"
)

// largeCapture is a busy trunk: media-sized bulk on long connections, and some failing
// handshakes in between. size is in bytes.
func largeCapture(t testing.TB, size int, payload int) []byte {
	tp := failing(t)
	handshake := tp.packets
	bulk := newTape()
	var wires []*wire
	for i := range 40 {
		w := bulk.wire(uint16(30000+i), 443)
		w.open()
		w.say(fromClient, helloBytesOnce(t))
		w.say(fromServer, []byte{22, 3, 3, 0, 4, 2, 0, 0, 0})
		wires = append(wires, w)
	}
	data := bytes.Repeat([]byte{23, 3, 3, 1, 0}, payload/5+1)[:payload]
	copy(data, []byte{23, 3, 3, byte((payload - 5) >> 8), byte(payload - 5)})
	for i := 0; len(bulk.packets)*(payload+70) < size; i++ {
		wires[i%len(wires)].segment(i/len(wires)%2, "A", data)
		if i%50_000 == 10 {
			bulk.packets = append(bulk.packets, handshake...)
		}
	}
	return writePcap(bulk.packets, layers.LinkTypeEthernet, 65535)
}

var hello []byte

func helloBytesOnce(t testing.TB) []byte {
	if hello == nil {
		hello = helloBytes(t)
	}
	return hello
}

// BenchmarkCapture reads a 200 MB capture; the budget is 500 MB/s.
func BenchmarkCapture(b *testing.B) {
	for _, bench := range []struct {
		name    string
		payload int
	}{{"packets=1400", 1400}, {"packets=500", 500}} {
		b.Run(bench.name, func(b *testing.B) {
			raw := largeCapture(b, 200<<20, bench.payload)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				c, err := ReadCapture(context.Background(), bytes.NewReader(raw), Limits{})
				if err != nil || c.Outcomes[Failed] == 0 {
					b.Fatal(err, c)
				}
			}
		})
	}
}

// BenchmarkBundle unpacks a log bundle and hands its text on.
func BenchmarkBundle(b *testing.B) {
	line := []byte("2026-01-01T00:00:00 expc tvcs: UTCTime=\"2026-01-01 00:00:00\" Module=\"network.tcp\" Level=\"DEBUG\": Src-ip=\"10.1.2.3\" Detail=\"ok\"\n")
	var log bytes.Buffer
	for i := 0; log.Len() < 64<<20; i++ {
		fmt.Fprintf(&log, "%x %s", i*i*7919, line)
	}
	raw := gz(b, tarOf(b, file{"tvcs.log", log.Bytes()}))
	bundle := open(b, "b.tar.gz", raw, Limits{})
	b.SetBytes(int64(log.Len()))
	b.ReportAllocs()
	buf := make([]byte, 64<<10)
	for b.Loop() {
		logs := bundle.Logs(context.Background())
		for {
			if _, err := logs.Read(buf); err != nil {
				break
			}
		}
		logs.Close()
	}
}

// BenchmarkManyConnections reads 16 MB of connections that stay open, twice as many as
// are followed.
func BenchmarkManyConnections(b *testing.B) {
	var frames [][]byte
	for i := range 225_000 {
		frames = append(frames, packetOf(i, false, syn, 9, nil))
	}
	raw := captureOf(frames)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		c, err := ReadCapture(context.Background(), bytes.NewReader(raw), Limits{})
		if err != nil || c.Connections != 100_000 || c.Unfollowed != 125_000 {
			b.Fatal(err, c)
		}
	}
}
