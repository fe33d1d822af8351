package artefact

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"countersign/locales"
)

// FuzzCapture: whatever a capture holds, reading ends, is the same twice, keeps its
// bounds, and every certificate that comes out stood in the file.
func FuzzCapture(f *testing.F) {
	tp := failing(f)
	f.Add(tp.pcap())
	f.Add(tp.pcapng())
	small := newTape()
	w := small.wire(1, 443)
	w.open()
	w.say(fromClient, []byte{22, 3, 1, 0, 4, 1, 0, 0, 0})
	w.say(fromServer, []byte{21, 3, 3, 0, 2, 2, 40})
	f.Add(small.pcap())
	limits := Limits{Flows: 8, Streams: 6, Findings: 20}
	cat, err := locales.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		read := func() (*Capture, []Observation) {
			c, err := ReadCapture(context.Background(), bytes.NewReader(raw), limits)
			if err != nil {
				return nil, nil
			}
			return c, c.Observations("f", limits)
		}
		c, seen := read()
		again, _ := read()
		if c == nil {
			return
		}
		if a, b := asJSON(t, c), asJSON(t, again); a != b {
			t.Fatalf("read twice, differently:\n%s\n%s", a, b)
		}
		if len(c.Streams) > limits.Streams || len(seen) > limits.Findings+4 {
			t.Errorf("%d streams, %d observations", len(c.Streams), len(seen))
		}
		for _, s := range c.Streams {
			for _, p := range s.Presented {
				for _, der := range p.DER {
					if len(der) > 40 || len(der) == 0 {
						continue // longer ones may be spread over packets
					}
					if !bytes.Contains(raw, der) {
						t.Errorf("a certificate that is not in the file: %x", der)
					}
				}
			}
		}
		for _, o := range seen {
			text := o.Text.String(locales.English, cat.Say)
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x1b\n") || text == o.Text.Key {
				t.Errorf("%s: %q", o.Kind, text)
			}
		}
	})
}

// FuzzConversation: bytes of both sides in pieces of any size read as when they come
// whole.
func FuzzConversation(f *testing.F) {
	tp := failing(f)
	var both [2][]byte
	p := &packets{}
	_ = p
	c, s := talkBytes(f, tp)
	both[0], both[1] = c, s
	f.Add(both[0], both[1], byte(7))
	f.Add([]byte("EHLO x\r\n"), []byte("220 x\r\n"), byte(1))
	f.Add([]byte{22, 3, 1, 0, 5, 1, 0, 0, 1, 3}, []byte{21, 3, 3, 0, 2, 2, 40}, byte(2))
	f.Fuzz(func(t *testing.T, client, server []byte, piece byte) {
		for _, b := range [][]byte{client, server} {
			whole, parts := recordLayer{limit: 1 << 16}, recordLayer{limit: 1 << 16}
			whole.feed(b, 1, time.Time{})
			if !whole.inTLS {
				continue // in clear, only the start of a segment may begin TLS
			}
			n := int(piece)%40 + 6
			for rest := b; len(rest) > 0; rest = rest[min(n, len(rest)):] {
				parts.feed(rest[:min(n, len(rest))], 1, time.Time{})
			}
			if a, b := said(t, &whole), said(t, &parts); a != b {
				t.Fatalf("in pieces of %d:\n%s\nwhole:\n%s", n, b, a)
			}
			if len(parts.buf) > maxRecord+5 || len(parts.msgs) > parts.limit+2*maxRecord {
				t.Errorf("holds %d and %d bytes", len(parts.buf), len(parts.msgs))
			}
		}
	})
}

func said(t *testing.T, x *recordLayer) string {
	raw, err := json.Marshal(map[string]any{"hello": x.hello, "answer": x.answer, "presented": x.presented, "asked": x.asked, "alerts": x.alerts, "sealed": len(x.sealed), "done": x.done, "broken": x.broken})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// talkBytes gives what each side of a tape said.
func talkBytes(t testing.TB, tp *tape) (client, server []byte) {
	in, err := newPackets(bytes.NewReader(tp.pcap()))
	if err != nil {
		t.Fatal(err)
	}
	var p packet
	for in.next(&p) == nil {
		if p.from.Addr().String() == "10.0.0.1" {
			client = append(client, p.payload...)
		} else {
			server = append(server, p.payload...)
		}
	}
	return client, server
}

// FuzzOpen: any file opens within its bounds, names are fit to be shown, and the lines
// of the logs are found again.
func FuzzOpen(f *testing.F) {
	f.Add("b.zip", zipOf(f, file{"../a.log", []byte("one\ntwo\n")}, file{"t.pcap", []byte{0xd4, 0xc3, 0xb2, 0xa1}}))
	f.Add("b.tar.gz", gz(f, tarOf(f, file{"a.log", []byte("one")}, file{"b.log", []byte("two\n")})))
	f.Add("x.txt", []byte(cucmPage))
	f.Add("y.txt", []byte(keytoolList+"\n"+decodedPiece))
	f.Add("z.txt", []byte("Certificate chain\n 0 s:CN = a\n   i:CN = b\n---\nVerify return code: 21 (x)"))
	limits := Limits{Unpacked: 1 << 20, Entries: 20, Depth: 3, Kept: 1 << 19, Text: 1 << 16, Scan: 1 << 20, Findings: 10, Ratio: 50}
	f.Fuzz(func(t *testing.T, name string, raw []byte) {
		b, err := openBytes(context.Background(), name, raw, Options{Limits: limits, Now: time.Unix(1.7e9, 0)})
		if err != nil {
			t.Fatalf("an error that is no fault of the source: %v", err)
		}
		kept := 0
		for _, p := range b.Parts {
			kept += len(p.Data) + len(p.Text)
			if !utf8.ValidString(p.Name) || strings.Contains(p.Name, "..") && strings.Contains("/"+p.Name+"/", "/../") || strings.ContainsAny(p.Name, "\x00\n\x1b") {
				t.Errorf("name %q", p.Name)
			}
			for _, d := range p.Dumps {
				if d.Line < 1 || d.EndLine < d.Line && d.EndLine != 0 || d.Line > strings.Count(p.Text, "\n")+1 {
					t.Errorf("a dump at lines %d to %d", d.Line, d.EndLine)
				}
			}
		}
		if kept > 6*int(limits.Kept) {
			t.Errorf("%d bytes are kept", kept)
		}
		if len(b.Observations) > limits.Findings {
			t.Errorf("%d observations", len(b.Observations))
		}
		logs := b.Logs(context.Background())
		text, err := io.ReadAll(logs)
		logs.Close()
		if err != nil {
			t.Fatal(err)
		}
		for i := range bytes.Count(text, []byte{'\n'}) {
			if _, line := b.Locate(i + 1); line < 1 {
				t.Fatalf("line %d is line %d of its file", i+1, line)
			}
		}
	})
}
