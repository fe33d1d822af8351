package sclient

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Programs gives the openssl of the machine, and those that lie in the cache as
// openssl-VERSION/openssl (scripts/openssl).
func Programs() []string {
	var all []string
	if own, err := exec.LookPath("openssl"); err == nil {
		all = append(all, own)
	}
	if cache, err := os.UserCacheDir(); err == nil {
		more, _ := filepath.Glob(filepath.Join(cache, "countersign", "openssl-*", "openssl")) // the pattern is good
		all = append(all, more...)
	}
	return all
}

// Version is the version of a program, as it says itself.
func Version(program string) string {
	out, _ := exec.Command(program, "version").Output() // a program that does not run has none
	_, v, _ := strings.Cut(string(out), " ")
	v, _, _ = strings.Cut(v, " ")
	return v
}

// Run gives what s_client of a program says of a server of the same program, with
// further arguments.
func (l *Lab) Run(program string, k Kind, more ...string) string {
	l.t.Helper()
	args := []string{"s_client", "-connect", l.server(program, k)}
	for _, a := range append([]string{k.Client}, more...) {
		if a != "" {
			args = append(args, strings.Split(a, "|")...)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, program, args...)
	c.Dir = l.dir
	in, err := c.StdinPipe()
	l.check(err)
	if !k.Refused {
		time.AfterFunc(100*time.Millisecond, func() { _ = in.Close() }) // the server has sent its tickets
	}
	out, _ := c.CombinedOutput() // it says itself what went wrong
	return string(out)
}

// server gives the address of a server of the kind, started once.
func (l *Lab) server(program string, k Kind) string {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	key := program + k.Server
	if l.servers[key] == "" {
		if k.Bare {
			l.servers[key] = l.bare(k.Server)
		} else {
			l.servers[key] = l.start(program, k.Server)
		}
	}
	return l.servers[key]
}

// bare is a server that says its sentence and closes.
func (l *Lab) bare(says string) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	l.check(err)
	l.t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 2048)) // what it says does not depend on it
			_, _ = io.WriteString(conn, says)
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// start runs s_server until the test ends.
func (l *Lab) start(program, args string) string {
	l.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	l.check(err)
	address := listener.Addr().String()
	l.check(listener.Close())
	s := exec.Command(program, append([]string{"s_server", "-www", "-accept", address}, strings.Split(args, "|")...)...)
	s.Dir = l.dir
	out, err := s.StdoutPipe()
	l.check(err)
	s.Stderr = s.Stdout
	l.check(s.Start())
	l.t.Cleanup(func() {
		_ = s.Process.Kill() // it runs until then
		_ = s.Wait()
	})
	ready := make(chan string, 1)
	go func() {
		var said strings.Builder
		for lines := bufio.NewScanner(out); lines.Scan(); said.WriteString(lines.Text() + "\n") {
			if strings.HasPrefix(lines.Text(), "ACCEPT") {
				ready <- ""
				_, _ = io.Copy(io.Discard, out) // only to drain
				return
			}
		}
		ready <- said.String()
	}()
	select {
	case said := <-ready:
		if said != "" {
			l.t.Fatalf("s_server %s: %s", args, said)
		}
	case <-time.After(time.Minute):
		l.t.Fatalf("s_server %s did not start", args)
	}
	return address
}
