package artefact

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSTARTTLS tapes openssl s_client -starttls smtp against a scripted greeting and a
// real TLS server behind it.
func TestSTARTTLS(t *testing.T) {
	l := pki(t)
	tls := sServer(t, l.expired.serve()...)
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	go func() {
		c, err := front.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		buf := make([]byte, 512)
		for _, line := range []string{"220 mail ESMTP\r\n", "250-mail\r\n250-STARTTLS\r\n250 SIZE\r\n", "220 go ahead\r\n"} {
			if _, err := c.Write([]byte(line)); err != nil {
				return
			}
			if line != "220 go ahead\r\n" {
				if _, err := c.Read(buf); err != nil {
					return
				}
			}
		}
		back, err := net.Dial("tcp", tls)
		if err != nil {
			return
		}
		defer back.Close()
		go func() {
			io.Copy(back, c)                 //nolint:errcheck // ends with the test
			back.(*net.TCPConn).CloseWrite() //nolint:errcheck // the same
		}()
		io.Copy(c, back) //nolint:errcheck // the same
	}()
	tp := newTape()
	addr, wait := tp.proxy(t, front.Addr().String(), 25)
	sClient(t, addr, "-starttls", "smtp", "-tls1_2", "-CAfile", l.root.certFile, "-verify_return_error")
	wait()
	s, seen := only(t, tp.pcap())
	if s.Outcome != Failed || s.Before != "smtp" || s.Hello == nil || len(s.Presented) == 0 || !slices.Contains(kinds(seen), "cert.expired") {
		t.Errorf("outcome %s before %q, observed %v", s.Outcome, s.Before, kinds(seen))
	}
}

// TestTcpdump reads what tcpdump wrote of a real connection, one that was refused, and
// clear text.
func TestTcpdump(t *testing.T) {
	path, err := exec.LookPath("tcpdump")
	if err != nil || os.Getuid() != 0 {
		t.Skip("capturing needs tcpdump and the right to capture")
	}
	l := pki(t)
	tls := sServer(t, l.leaf.serve()...)
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(web, http.NotFoundHandler()) //nolint:errcheck,gosec // ends with the listener
	defer web.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	none := closed.Addr().String()
	closed.Close()
	port := func(addr string) string { _, p, _ := net.SplitHostPort(addr); return p }
	file := filepath.Join(t.TempDir(), "trace.pcap")
	cmd := exec.Command(path, "-i", "lo", "-U", "--immediate-mode", "-s", "0", "-w", file, "-Z", "root", "tcp port "+port(tls)+" or tcp port "+port(web.Addr().String())+" or tcp port "+port(none))
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 256)
	if n, err := errs.Read(buf); err != nil || !strings.Contains(string(buf[:n]), "listening") {
		cmd.Process.Kill() //nolint:errcheck // it ends
		cmd.Wait()         //nolint:errcheck // the same
		t.Skipf("tcpdump cannot capture here: %s", buf[:n])
	}
	sClient(t, tls, "-tls1_2", "-CAfile", l.stranger.certFile, "-verify_return_error")
	sClient(t, none)
	sClient(t, web.Addr().String())
	for range 200 { // until what it has written shows all three
		if raw, err := os.ReadFile(file); err == nil {
			if c, err := ReadCapture(context.Background(), bytes.NewReader(raw), Limits{}); err == nil && c.Outcomes[Failed] > 0 && c.Outcomes[Refused] > 0 && c.Outcomes[Plain] > 0 {
				break
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	cmd.Process.Signal(syscall.SIGINT) //nolint:errcheck // checked by Wait
	io.Copy(io.Discard, errs)          //nolint:errcheck // only to drain
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ReadCapture(context.Background(), bytes.NewReader(raw), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Outcome{port(tls): Failed, port(none): Refused, port(web.Addr().String()): Plain}
	for _, s := range c.Streams {
		if p := port(s.Server.String()); s.Outcome != want[p] {
			t.Errorf("stream %d to %s: %s, want %s", s.ID, s.Server, s.Outcome, want[p])
		} else {
			delete(want, p)
		}
	}
	if len(want) > 0 {
		t.Errorf("not seen: %v", want)
	}
}
