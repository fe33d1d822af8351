package artefact

import (
	"bufio"
	"context"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// sServer starts openssl s_server and gives its address.
func sServer(t testing.TB, args ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command("openssl", append([]string{"s_server", "-accept", addr, "-no_ign_eof"}, args...)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		cmd.Wait()         //nolint:errcheck // killed
	})
	ready := make(chan bool, 1)
	go func() {
		s := bufio.NewScanner(out)
		for s.Scan() {
			if strings.HasPrefix(s.Text(), "ACCEPT") {
				ready <- true
				break
			}
		}
		io.Copy(io.Discard, out) //nolint:errcheck // only to drain
	}()
	select {
	case <-ready:
	case <-time.After(time.Minute):
		t.Fatal("openssl s_server did not start")
	}
	return addr
}

// sClient runs openssl s_client with nothing to say and gives its output.
func sClient(t testing.TB, addr string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "openssl", append([]string{"s_client", "-connect", addr}, args...)...)
	cmd.Stdin = strings.NewReader("Q\n")
	out, _ := cmd.CombinedOutput() // a failed handshake is what many tests want
	return string(out)
}

// exchange tapes one connection of openssl s_client to openssl s_server.
func exchange(t testing.TB, port uint16, server, client []string) (*tape, string) {
	t.Helper()
	tp := newTape()
	addr, wait := tp.proxy(t, sServer(t, server...), port)
	out := sClient(t, addr, client...)
	wait()
	return tp, out
}

func (i *issued) serve(more ...string) []string {
	return append([]string{"-cert", i.certFile, "-cert_chain", i.chainFile, "-key", i.keyFile}, more...)
}

func (i *issued) present(more ...string) []string {
	return append([]string{"-cert", i.certFile, "-cert_chain", i.chainFile, "-key", i.keyFile}, more...)
}
