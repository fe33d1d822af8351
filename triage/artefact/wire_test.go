package artefact

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// failing is a taped handshake with certificates on both sides and an alert.
func failing(t testing.TB) *tape {
	l := pki(t)
	tp, _ := exchange(t, 5061, l.leaf.serve("-Verify", "2", "-verify_return_error", "-CAfile", l.stranger.certFile), append(l.client.present(), "-tls1_2", "-servername", "expe.example.com"))
	return tp
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// essence is what must not depend on how the packets came.
func essence(t testing.TB, s Stream) string {
	s.Packet, s.Packets, s.EndPacket, s.EndedBy, s.At = 0, 0, 0, "", time.Time{}
	s.Hello.Packet, s.Answer.Packet, s.Asked.Packet = 0, 0, 0
	s.Presented, s.Alerts = slices.Clone(s.Presented), slices.Clone(s.Alerts)
	for i := range s.Presented {
		s.Presented[i].Packet, s.Presented[i].At = 0, time.Time{}
	}
	for i := range s.Alerts {
		s.Alerts[i].Packet = 0
	}
	return asJSON(t, s)
}

// TestDisorder: out of order, sent again, and overlapping segments read the same.
func TestDisorder(t *testing.T) {
	tp := failing(t)
	s, _ := only(t, tp.pcap())
	want := essence(t, s)
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 50 {
		list := slices.Clone(tp.packets)
		for range 6 { // swap data packets that follow the opening
			i := 3 + rnd.IntN(len(list)-5)
			list[i], list[i+1] = list[i+1], list[i]
		}
		for range 4 {
			i := 3 + rnd.IntN(len(list)-4)
			list = slices.Insert(list, i+1+rnd.IntN(len(list)-i-1), list[i])
		}
		got, _ := only(t, writePcap(list, layers.LinkTypeEthernet, 65535))
		if e := essence(t, got); e != want {
			t.Fatalf("round %d:\n%s\nwant\n%s", round, e, want)
		}
	}
}

// TestLinkLayers: the same packets under other link layers, and as other systems write
// the file header.
func TestLinkLayers(t *testing.T) {
	tp := failing(t)
	s, _ := only(t, tp.pcap())
	want := essence(t, s)
	wrap := func(head func(ip []byte) []byte) []taped {
		var out []taped
		for _, p := range tp.packets {
			out = append(out, taped{p.at, head(p.data[14:])})
		}
		return out
	}
	files := map[string][]byte{
		"raw":  writePcap(wrap(func(ip []byte) []byte { return ip }), layers.LinkTypeRaw, 65535),
		"null": writePcap(wrap(func(ip []byte) []byte { return append([]byte{2, 0, 0, 0}, ip...) }), layers.LinkTypeNull, 65535),
		"cooked": writePcap(wrap(func(ip []byte) []byte {
			return append([]byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0}, ip...)
		}), layers.LinkTypeLinuxSLL, 65535),
		"cooked2": writePcap(wrap(func(ip []byte) []byte {
			return append([]byte{8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, ip...)
		}), layers.LinkTypeLinuxSLL2, 65535),
		"vlan": writePcap(wrap(func(ip []byte) []byte {
			return append([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0x81, 0, 0, 42, 8, 0}, ip...)
		}), layers.LinkTypeEthernet, 65535),
		"pcapng": tp.pcapng(),
	}
	big := bytes.Clone(files["raw"])
	swapHeader(big)
	files["big-endian"] = big
	for name, raw := range files {
		got, _ := only(t, raw)
		if e := essence(t, got); e != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, e, want)
		}
	}
}

// swapHeader turns a little-endian pcap file into a big-endian one.
func swapHeader(b []byte) {
	swap := func(at, n int) { slices.Reverse(b[at : at+n]) }
	for _, f := range [][2]int{{0, 4}, {4, 2}, {6, 2}, {8, 4}, {12, 4}, {16, 4}, {20, 4}} {
		swap(f[0], f[1])
	}
	for at := 24; at+16 <= len(b); {
		n := int(binary.LittleEndian.Uint32(b[at+8:]))
		for i := range 4 {
			swap(at+4*i, 4)
		}
		at += 16 + n
	}
}

func TestIPv6(t *testing.T) {
	tp := failing(t)
	var list []taped
	for _, p := range tp.packets {
		packet := gopacket.NewPacket(p.data, layers.LayerTypeEthernet, gopacket.Default)
		tcp := packet.Layer(layers.LayerTypeTCP).(*layers.TCP)
		ip4 := packet.Layer(layers.LayerTypeIPv4).(*layers.IPv4)
		ip := &layers.IPv6{Version: 6, NextHeader: layers.IPProtocolTCP, HopLimit: 9, SrcIP: net.ParseIP("2001:db8::" + ip4.SrcIP.String()[7:]), DstIP: net.ParseIP("2001:db8::" + ip4.DstIP.String()[7:])}
		eth := packet.Layer(layers.LayerTypeEthernet).(*layers.Ethernet)
		eth.EthernetType = layers.EthernetTypeIPv6
		if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
			t.Fatal(err)
		}
		buf := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, tcp, gopacket.Payload(tcp.Payload)); err != nil {
			t.Fatal(err)
		}
		list = append(list, taped{p.at, buf.Bytes()})
	}
	s, _ := only(t, writePcap(list, layers.LinkTypeEthernet, 65535))
	if s.Outcome != Failed || s.Server.String() != "[2001:db8::2]:5061" || len(s.Presented) != 2 {
		t.Errorf("%+v", s)
	}
}

// TestKeysInCapture: a capture that carries session keys is said to, and shows none.
func TestKeysInCapture(t *testing.T) {
	raw := failing(t).pcapng()
	head := int(binary.LittleEndian.Uint32(raw[4:])) // the section header
	secret := []byte("CLIENT_RANDOM 00112233 deadbeefdeadbeef\n")
	for len(secret)%4 != 0 {
		secret = append(secret, '\n')
	}
	block := binary.LittleEndian.AppendUint32(nil, 10)
	block = binary.LittleEndian.AppendUint32(block, uint32(20+len(secret)))
	block = binary.LittleEndian.AppendUint32(block, 0x544c534b)
	block = binary.LittleEndian.AppendUint32(block, uint32(len(secret)))
	block = append(block, secret...)
	block = binary.LittleEndian.AppendUint32(block, uint32(20+len(secret)))
	s, seen := only(t, slices.Concat(raw[:head], block, raw[head:]))
	if !slices.Contains(kinds(seen), "capture.keys") || s.Outcome != Failed || bytes.Contains([]byte(asJSON(t, seen)+asJSON(t, s)), []byte("deadbeef")) {
		t.Errorf("%v %s", kinds(seen), s.Outcome)
	}
	if _, seen = only(t, raw); slices.Contains(kinds(seen), "capture.keys") {
		t.Error("keys are seen where there are none")
	}
}

// TestCutCapture: a short snapshot length must be said and must not invent a failure.
func TestCutCapture(t *testing.T) {
	tp := failing(t)
	for _, snap := range []int{60, 96, 200, 900} {
		c, err := ReadCapture(context.Background(), bytes.NewReader(writePcap(tp.packets, layers.LinkTypeEthernet, snap)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if !c.Cut || !slices.Contains(kinds(c.Observations("x", Limits{})), "capture.cut") {
			t.Errorf("snapshot length %d was not noticed", snap)
		}
		if o := c.Streams[0].Outcome; o == Reset || o == Completed || o == Plain {
			t.Errorf("snapshot length %d: outcome %s", snap, o)
		}
	}
	raw := tp.pcap()
	c, err := ReadCapture(context.Background(), bytes.NewReader(raw[:len(raw)-30]), Limits{})
	if err != nil || !c.Ends {
		t.Errorf("a file that ends within a packet: %v, %+v", err, c)
	}
}

// TestTransport: what happens to connections before TLS can say anything.
func TestTransport(t *testing.T) {
	hello := helloBytes(t)
	for _, tt := range []struct {
		name string
		play func(w *wire)
		want Outcome
		kind string
	}{
		{"refused", func(w *wire) { w.segment(fromClient, "S", nil); w.segment(fromServer, "RA", nil) }, Refused, "tcp.refused"},
		{"prohibited", func(w *wire) { w.segment(fromClient, "S", nil); w.icmp(layers.ICMPv4CodeCommAdminProhibited) }, Unreachable, "tcp.unreachable"},
		{"no answer", func(w *wire) {
			for range 3 {
				w.segment(fromClient, "S", nil)
				w.seq[0]--
			}
		}, NoAnswer, "tcp.no-answer"},
		{"one SYN at the end of the capture", func(w *wire) { w.segment(fromClient, "S", nil) }, Unfinished, ""},
		{"closed without a byte", func(w *wire) { w.open(); w.segment(fromClient, "FA", nil); w.segment(fromServer, "FA", nil) }, Silent, "tcp.silent"},
		{"reset after hello", func(w *wire) { w.open(); w.say(fromClient, hello); w.segment(fromServer, "R", nil) }, Reset, "tcp.reset"},
		{"hello never answered", func(w *wire) {
			w.open()
			w.say(fromClient, hello)
			w.tape.at = w.tape.at.Add(9 * time.Second)
			w.segment(fromClient, "FA", nil)
		}, Unanswered, "tls.unanswered"},
		{"HTTP instead of TLS", func(w *wire) {
			w.open()
			w.say(fromClient, hello)
			w.say(fromServer, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			w.segment(fromServer, "FA", nil)
		}, Plain, "plain.server"},
		{"HTTP to TLS", func(w *wire) {
			w.open()
			w.say(fromClient, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
			w.say(fromServer, []byte{21, 3, 3, 0, 2, 2, 80})
			w.segment(fromServer, "FA", nil)
		}, Plain, "plain.client"},
		{"SIP in clear on 5061", func(w *wire) {
			w.open()
			w.say(fromClient, []byte("OPTIONS sip:a SIP/2.0\r\n\r\n"))
			w.say(fromServer, []byte("SIP/2.0 200 OK\r\n\r\n"))
		}, Plain, "plain.both"},
		{"STARTTLS refused", func(w *wire) {
			w.open()
			w.say(fromServer, []byte("220 mail ESMTP\r\n"))
			w.say(fromClient, []byte("EHLO x\r\n"))
			w.say(fromServer, []byte("250-mail\r\n250 STARTTLS\r\n"))
			w.say(fromClient, []byte("STARTTLS\r\n"))
			w.say(fromServer, []byte("454 TLS not available\r\n"))
			w.segment(fromClient, "FA", nil)
		}, Plain, "starttls.refused"},
		{"STARTTLS not offered", func(w *wire) {
			w.open()
			w.say(fromServer, []byte("220 mail ESMTP\r\n"))
			w.say(fromClient, []byte("EHLO x\r\n"))
			w.say(fromServer, []byte("250-mail\r\n250 SIZE 100\r\n"))
			w.say(fromClient, []byte("QUIT\r\n"))
		}, Plain, "starttls.missing"},
		{"an alert as the first answer", func(w *wire) {
			w.open()
			w.say(fromClient, hello)
			w.say(fromServer, []byte{21, 3, 3, 0, 2, 2, 70})
		}, Failed, "tls.alert-protocol-version"},
		{"joined in the middle", func(w *wire) { w.say(fromClient, []byte{1, 2, 3}); w.say(fromServer, []byte{4, 5, 6}) }, Other, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tp := newTape()
			tt.play(tp.wire(40000, 5061))
			s, seen := only(t, tp.pcap())
			if s.Outcome != tt.want {
				t.Errorf("outcome %s, want %s", s.Outcome, tt.want)
			}
			if tt.kind != "" && !slices.Contains(kinds(seen), tt.kind) {
				t.Errorf("observed %v, want %s", kinds(seen), tt.kind)
			}
			if s.Client.Port() != 40000 {
				t.Errorf("client %v", s.Client)
			}
		})
	}
}

// helloBytes is a ClientHello as OpenSSL sends it.
func helloBytes(t testing.TB) []byte {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan []byte, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			got <- nil
			return
		}
		defer c.Close()
		buf := make([]byte, 4096)
		n, _ := c.Read(buf)
		got <- buf[:n]
	}()
	sClient(t, l.Addr().String(), "-servername", "expe.example.com")
	hello := <-got
	if !beginsTLS(hello) {
		t.Fatalf("no ClientHello: %x", hello)
	}
	return hello
}
