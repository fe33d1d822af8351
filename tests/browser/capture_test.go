package browser

import (
	"bytes"
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// recorder writes what really goes over one connection as packets between an
// Expressway-C and an Expressway-E.
type recorder struct {
	mu  sync.Mutex
	out *pcapgo.Writer
	at  time.Time
	seq [2]uint32
	err error
}

var ends = [2]net.IP{{10, 1, 1, 10}, {10, 2, 2, 20}} // client, server

func (r *recorder) packet(from int, flag string, payload []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ports := [2]layers.TCPPort{41000, 7001}
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: ends[from], DstIP: ends[1-from]}
	tcp := &layers.TCP{SrcPort: ports[from], DstPort: ports[1-from], Seq: r.seq[from], Ack: r.seq[1-from], Window: 65535,
		SYN: flag == "S" || flag == "SA", ACK: flag != "S", FIN: flag == "FA"}
	buf := gopacket.NewSerializeBuffer()
	err := tcp.SetNetworkLayerForChecksum(ip)
	if err == nil {
		err = gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
			&layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}, ip, tcp, gopacket.Payload(payload))
	}
	r.at = r.at.Add(time.Millisecond)
	if err == nil {
		err = r.out.WritePacket(gopacket.CaptureInfo{Timestamp: r.at, CaptureLength: len(buf.Bytes()), Length: len(buf.Bytes())}, buf.Bytes())
	}
	if err != nil {
		r.err = err
	}
	r.seq[from] += uint32(len(payload))
	if tcp.SYN || tcp.FIN {
		r.seq[from]++
	}
}

// tap records what is read from and written to a connection.
type tap struct {
	net.Conn
	r    *recorder
	mine int
}

func (t tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	if n > 0 {
		t.r.packet(1-t.mine, "A", p[:n])
	}
	return n, err
}

func (t tap) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(1400, len(rest))
		t.r.packet(t.mine, "A", rest[:n])
		rest = rest[n:]
	}
	return t.Conn.Write(p)
}

// captured records a TLS 1.2 handshake in which a client that does not know the CA
// refuses the server's certificate.
func captured(t *testing.T, dir string) string {
	t.Helper()
	cert, err := tls.LoadX509KeyPair(bundle(t, dir, "served.pem", "new.pem", "inter.pem"), filepath.Join(dir, "new.key"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	var file bytes.Buffer
	r := &recorder{out: pcapgo.NewWriter(&file), at: time.Now(), seq: [2]uint32{1000, 5000}}
	if err := r.out.WriteFileHeader(262144, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	client := exec.Command("openssl", "s_client", "-connect", l.Addr().String(), "-servername", "expe.example.com", "-tls1_2", "-verify_return_error", "-CAfile", filepath.Join(dir, "stranger.pem"))
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	r.packet(0, "S", nil)
	r.packet(1, "SA", nil)
	r.packet(0, "A", nil)
	server := tls.Server(tap{c, r, 1}, &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS12})
	if err := server.Handshake(); err == nil {
		t.Fatal("the handshake held")
	}
	r.packet(0, "FA", nil)
	if err := client.Wait(); err == nil {
		t.Fatal("the client was content")
	}
	if err := c.Close(); err != nil || r.err != nil {
		t.Fatal(err, r.err)
	}
	path := filepath.Join(dir, "exp-c.pcap")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
