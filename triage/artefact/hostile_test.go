package artefact

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"

	"countersign/tests/scaling"
)

// linear is more than the growth of any linear reading, caches and collector included,
// and less than that of a quadratic one, which is scaling.Times.
const linear = 5

// packetOf is an Ethernet frame with a TCP segment, without checksums: building a hundred
// thousand must be cheap.
func packetOf(host int, fromServer bool, flags byte, seq uint32, payload []byte) []byte {
	p := make([]byte, 54, 54+len(payload))
	p[12], p[14], p[22], p[23], p[46], p[47] = 8, 0x45, 64, 6, 0x50, flags
	binary.BigEndian.PutUint16(p[16:], uint16(40+len(payload)))
	client, server := p[26:30], p[30:34]
	from, to := p[34:36], p[36:38]
	if fromServer {
		client, server, from, to = server, client, to, from
	}
	binary.BigEndian.PutUint32(client, 10<<24|uint32(host))
	binary.BigEndian.PutUint32(server, 192<<24|168<<16|1)
	binary.BigEndian.PutUint16(from, 40000)
	binary.BigEndian.PutUint16(to, 443)
	binary.BigEndian.PutUint32(p[38:], seq)
	return append(p, payload...)
}

// captureOf is a capture of frames, a millisecond apart.
func captureOf(frames [][]byte) []byte {
	out := []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, byte(layers.LinkTypeEthernet), 0, 0, 0}
	for i, f := range frames {
		for _, v := range []int{1_700_000_000 + i/1000, i % 1000 * 1000, len(f), len(f)} {
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
		}
		out = append(out, f...)
	}
	return out
}

const syn, ack, fin = 2, 16, 1

// finished are the packets of a connection whose handshake came to its end.
func finished(t testing.TB, host int) [][]byte {
	sealed := bytes.Repeat([]byte{23, 3, 3, 0, 30, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, maxSealed)
	client := append(bytes.Clone(helloBytesOnce(t)), sealed...)
	return [][]byte{
		packetOf(host, false, syn, 99, nil), packetOf(host, true, syn|ack, 99, nil),
		packetOf(host, false, ack, 100, client), packetOf(host, true, ack, 100, append([]byte{22, 3, 3, 0, 4, 14, 0, 0, 0}, sealed...)),
	}
}

// TestHostileCaptures: what a capture costs is linear in it, whatever is in it: more
// connections than are followed, of which none or all can be put away; the same ports
// again and again; a byte a packet; holes; errors; fragments; no TCP at all.
func TestHostileCaptures(t *testing.T) {
	n := 2500
	record := append([]byte{22, 3, 3, 0x40, 0, 1, 0, 0x3f, 0xfc}, make([]byte, 16380)...)
	for name, frames := range map[string]func(n int) [][]byte{
		"connections that stay open": func(n int) (out [][]byte) {
			for i := range 2 * n {
				out = append(out, packetOf(i, false, syn, 9, nil))
			}
			return out
		},
		"connections that are done but failed": func(n int) (out [][]byte) {
			for i := range 2 * n {
				out = append(out, packetOf(i, false, syn, 99, nil), packetOf(i, false, ack, 100, []byte{22, 3, 3, 0, 4, 1, 0, 0, 0, 99, 99, 99, 99, 99, 99}),
					packetOf(i, true, ack, 100, []byte{22, 3, 3, 0, 4, 2, 0, 0, 0, 99, 99, 99, 99, 99}))
			}
			return out
		},
		"connections that came to their end": func(n int) (out [][]byte) {
			for i := range n + n/4 {
				out = append(out, finished(t, i)...)
			}
			return out
		},
		"the same ports again": func(n int) (out [][]byte) {
			for i := range 4 * n {
				out = append(out, packetOf(1, false, syn, uint32(i)*1000+1, nil))
			}
			return out
		},
		"a byte a packet": func(n int) (out [][]byte) {
			out = append(out, packetOf(1, false, syn, 99, nil))
			for i := range 4 * n {
				out = append(out, packetOf(1, false, ack, uint32(100+i), record[i%len(record):i%len(record)+1]))
			}
			return out
		},
		"holes": func(n int) (out [][]byte) {
			for i := range 4 * n {
				out = append(out, packetOf(i/200, false, ack, uint32(1_000_000-i%200*10), []byte{1, 2, 3, 4, 5}))
			}
			return out
		},
		"unreachable": func(n int) (out [][]byte) {
			for i := range 2 * n {
				about := packetOf(i, false, syn, 9, nil)[14:42]
				f := packetOf(i, true, 0, 0, nil)[:34]
				f[23] = 1
				binary.BigEndian.PutUint16(f[16:], uint16(20+8+len(about)))
				out = append(out, packetOf(i, false, syn, 9, nil), append(append(f, 3, 1, 0, 0, 0, 0, 0, 0), about...))
			}
			return out
		},
		"fragments": func(n int) (out [][]byte) {
			for i := range 4 * n {
				f := packetOf(i, false, ack, 9, nil)
				f[20], f[21] = 0x20, byte(i)
				out = append(out, f)
			}
			return out
		},
		"no TCP": func(n int) (out [][]byte) {
			for range 4 * n {
				out = append(out, []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 8, 6, 0, 1})
			}
			return out
		},
	} {
		t.Run(name, func(t *testing.T) {
			type input struct {
				raw   []byte
				flows int
			}
			growth := scaling.Growth(t, func(size int) input { return input{captureOf(frames(n * size)), n * size} }, func(in input) {
				c, err := ReadCapture(context.Background(), bytes.NewReader(in.raw), Limits{Flows: in.flows})
				if err != nil || c.Packets == 0 {
					t.Fatal(c, err)
				}
			})
			t.Logf("growth %.2f", growth)
			if growth > linear {
				t.Errorf("a capture %d times as long costs %.1f times its share", scaling.Times, growth)
			}
		})
	}
}

// TestWaitingIsBounded: what is held of connections with holes is bounded over all of
// them, and given back with them.
func TestWaitingIsBounded(t *testing.T) {
	b := &builder{limits: Limits{Waiting: 20_000}.orDefault(), flows: map[flowKey]*flow{}, c: &Capture{Outcomes: map[Outcome]int{}}}
	var frames [][]byte
	for i := range 200 {
		frames = append(frames, packetOf(i, false, ack, 100, []byte{22, 3, 3, 0, 4}), packetOf(i, false, ack, 5000, make([]byte, 1000)))
	}
	in, err := newPackets(bytes.NewReader(captureOf(frames)))
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for p := (packet{}); in.next(&p) == nil; {
		b.take(&p)
		waiting := 0
		for _, f := range b.flows {
			waiting += f.waiting()
		}
		if waiting != b.held {
			t.Fatalf("%d bytes wait, %d are counted", waiting, b.held)
		}
		most = max(most, waiting)
	}
	if most > 20_000 || most < 15_000 {
		t.Errorf("at most %d bytes waited", most)
	}
}

// TestHostileFiles: archives and texts that are made to be slow cost what their length
// says.
func TestHostileFiles(t *testing.T) {
	text := func(head, unit string) func(int) []byte {
		return func(size int) []byte { return []byte(head + strings.Repeat(unit, size*100_000/len(unit))) }
	}
	entries := func(size int, body string) []file {
		var out []file
		for i := range 300 * size {
			out = append(out, file{"f" + itoa(i) + ".log", []byte(body)})
		}
		return out
	}
	block := func(kind uint32, body []byte) []byte {
		b := binary.LittleEndian.AppendUint32(nil, kind)
		b = append(binary.LittleEndian.AppendUint32(b, uint32(12+len(body))), body...)
		return binary.LittleEndian.AppendUint32(b, uint32(12+len(body)))
	}
	for name, prepare := range map[string]func(int) []byte{
		"long line":     text("X509v3 Subject Alternative Name: \n", "DNS:a.example.com, "),
		"openssl":       text("", "X509v3 Subject Alternative Name:\n    DNS:a.b, DNS:c.d\nNot After : Jan  1 00:00:00 2030 GMT\n"),
		"openssl names": text("Certificate:\nSubject: ", "CN = a, 1.2.3.4.5 = #00, "),
		"cucm":          text("Extension: SubjectAltName\n", "aaaa.bbbb.cccc.dddd."),
		"cucm lines":    text("Extension: SubjectAltName\n", "a.example.com\n"),
		"keytool":       text("", "Owner: CN=a\nValid from: x until: y\nSubjectKeyIdentifier [\n0000: 9C 4F\n"),
		"s_client":      text("Certificate chain\n", " 0 s:CN = a\n   i:CN = b\n"),
		"s_clients":     text("", "Certificate chain\n 0 s:CN = a\n   i:CN = b\n---\n"),
		"armour":        text("", "-----BEGIN CERTIFICATE-----\n"),
		"base64":        text("", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"),
		"Chinese":       text("\xd6\xa4\xca\xe9\xb4\xed\xce\xf3", "\xd6\xa4\xca\xe9\xb4\xed\xce\xf3 "),
		"UTF-16":        func(size int) []byte { return utf16le(strings.Repeat("certificate 证书\n", size*3000)) },
		"zip":           func(size int) []byte { return zipOf(t, entries(size, "line\n")...) },
		"tar":           func(size int) []byte { return tarOf(t, entries(size, "line\n")...) },
		"empty files":   func(size int) []byte { return tarOf(t, entries(10*size, "")...) },
		"members":       func(size int) []byte { return bytes.Repeat(gz(t, []byte("line\n")), 500*size) },
		"keys":          text("", "private key: 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"),
		"interfaces": func(size int) []byte {
			return append(block(0x0a0d0d0a, []byte{0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255}), bytes.Repeat(block(1, []byte{1, 0, 0, 0, 0, 0, 4, 0}), 3000*size)...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			growth := scaling.Growth(t, prepare, func(raw []byte) {
				b, err := openBytes(context.Background(), "x", raw, Options{})
				if err != nil {
					t.Fatal(err)
				}
				logs := b.Logs(context.Background())
				io.Copy(io.Discard, logs) //nolint:errcheck // what comes
				logs.Close()
			})
			t.Logf("growth %.2f", growth)
			if growth > linear {
				t.Errorf("a file %d times as long costs %.1f times its share", scaling.Times, growth)
			}
		})
	}
}
