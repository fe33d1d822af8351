package artefact

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// tape is a capture in the making: what really went over a connection, wrapped into
// packets.
type tape struct {
	mu      sync.Mutex
	packets []taped
	at      time.Time
}

type taped struct {
	at   time.Time
	data []byte // Ethernet
}

func newTape() *tape { return &tape{at: time.Now().Truncate(time.Microsecond)} }

// wire is one TCP connection on a tape.
type wire struct {
	tape *tape
	ip   [2]net.IP // client, server
	port [2]uint16
	seq  [2]uint32
}

func (tp *tape) wire(clientPort, serverPort uint16) *wire {
	return &wire{tape: tp, ip: [2]net.IP{{10, 0, 0, 1}, {10, 0, 0, 2}}, port: [2]uint16{clientPort, serverPort}, seq: [2]uint32{0xfffffff0, 77}}
}

const (
	fromClient = 0
	fromServer = 1
)

// segment sends one packet; flags: S, A, F, R.
func (w *wire) segment(from int, flags string, payload []byte) {
	w.tape.mu.Lock()
	defer w.tape.mu.Unlock()
	has := func(f string) bool { return bytes.Contains([]byte(flags), []byte(f)) }
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: w.ip[from], DstIP: w.ip[1-from]}
	tcp := &layers.TCP{SrcPort: layers.TCPPort(w.port[from]), DstPort: layers.TCPPort(w.port[1-from]), Seq: w.seq[from], Ack: w.seq[1-from],
		SYN: has("S"), ACK: has("A"), FIN: has("F"), RST: has("R"), Window: 65535}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		panic(err)
	}
	eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, byte(from)}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, byte(1 - from)}, EthernetType: layers.EthernetTypeIPv4}
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, tcp, gopacket.Payload(payload)); err != nil {
		panic(err)
	}
	w.seq[from] += uint32(len(payload))
	if has("S") || has("F") {
		w.seq[from]++
	}
	w.tape.at = w.tape.at.Add(time.Millisecond)
	w.tape.packets = append(w.tape.packets, taped{w.tape.at, bytes.Clone(buf.Bytes())})
}

// icmp has a router answer the last packet with an error.
func (w *wire) icmp(code uint8) {
	last := w.tape.packets[len(w.tape.packets)-1].data[14:]
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolICMPv4, SrcIP: net.IP{10, 0, 0, 254}, DstIP: w.ip[0]}
	eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 9}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 0}, EthernetType: layers.EthernetTypeIPv4}
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip,
		&layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, code)}, gopacket.Payload(last[:28])); err != nil {
		panic(err)
	}
	w.tape.at = w.tape.at.Add(time.Millisecond)
	w.tape.packets = append(w.tape.packets, taped{w.tape.at, bytes.Clone(buf.Bytes())})
}

func (w *wire) open() {
	w.segment(fromClient, "S", nil)
	w.segment(fromServer, "SA", nil)
	w.segment(fromClient, "A", nil)
}

// say sends data in segments of at most 1400 bytes.
func (w *wire) say(from int, data []byte) {
	for len(data) > 0 {
		n := min(1400, len(data))
		w.segment(from, "A", data[:n])
		data = data[n:]
	}
}

// proxy passes one connection on to the server at addr and tapes it as one to
// serverPort. It gives the address to connect to, and a function that waits until
// both sides are done.
func (tp *tape) proxy(t testing.TB, addr string, serverPort uint16) (string, func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	done := make(chan struct{})
	go func() {
		defer close(done)
		in, err := l.Accept()
		if err != nil {
			return
		}
		defer in.Close()
		out, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		defer out.Close()
		w := tp.wire(uint16(in.RemoteAddr().(*net.TCPAddr).Port), serverPort)
		w.open()
		var both sync.WaitGroup
		for from, ends := range [2][2]net.Conn{{in, out}, {out, in}} {
			both.Add(1)
			go func() {
				defer both.Done()
				buf := make([]byte, 32<<10)
				for {
					n, err := ends[0].Read(buf)
					w.say(from, buf[:n])
					if n > 0 {
						if _, err := ends[1].Write(buf[:n]); err != nil {
							return
						}
					}
					if err != nil {
						flags := "FA"
						if err != io.EOF {
							flags = "R"
						}
						w.segment(from, flags, nil)
						ends[1].(*net.TCPConn).CloseWrite()
						return
					}
				}
			}()
		}
		both.Wait()
	}()
	return l.Addr().String(), func() {
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Fatal("the connection did not end")
		}
	}
}

// pcap writes the tape as tcpdump would.
func (tp *tape) pcap() []byte { return writePcap(tp.packets, layers.LinkTypeEthernet, 262144) }

func writePcap(list []taped, link layers.LinkType, snap int) []byte {
	var buf bytes.Buffer
	w := pcapgo.NewWriter(&buf)
	if err := w.WriteFileHeader(uint32(snap), link); err != nil {
		panic(err)
	}
	for _, p := range list {
		data := p.data[:min(len(p.data), snap)]
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: p.at, CaptureLength: len(data), Length: len(p.data)}, data); err != nil {
			panic(err)
		}
	}
	return buf.Bytes()
}

// pcapng writes the tape in the newer format.
func (tp *tape) pcapng() []byte {
	var buf bytes.Buffer
	w, err := pcapgo.NewNgWriter(&buf, layers.LinkTypeEthernet)
	if err != nil {
		panic(err)
	}
	for _, p := range tp.packets {
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: p.at, CaptureLength: len(p.data), Length: len(p.data)}, p.data); err != nil {
			panic(err)
		}
	}
	if err := w.Flush(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}
