package acme_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"countersign/tests/vaulttest"
)

// TestMain lets the test binary be the hook program of DNS-01.
func TestMain(m *testing.M) {
	if management := os.Getenv("ACME_TEST_HOOK"); management != "" {
		os.Exit(hook(management, os.Args[1:]))
	}
	os.Exit(m.Run())
}

func hook(management string, args []string) int {
	if len(args) != 3 {
		return 2
	}
	path, body := "/set-txt", map[string]string{"host": args[1] + ".", "value": args[2]}
	if args[0] == "cleanup" {
		path, body = "/clear-txt", map[string]string{"host": args[1] + "."}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return 1
	}
	answer, err := http.Post(management+path, "application/json", bytes.NewReader(raw))
	if err != nil || answer.StatusCode != http.StatusOK {
		fmt.Fprintln(os.Stderr, "cannot set the record:", err)
		return 1
	}
	return 0
}

// pebble is a running test authority.
type pebble struct {
	directory, caFile, management string
	http                          string // where it asks for HTTP-01
	status                        string // where it tells what has become of a certificate
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only its number is wanted
	return l.Addr().String()
}

// startPebble runs Pebble and its DNS server with more of the environment.
func startPebble(t *testing.T, env ...string) pebble {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	out, err := exec.Command(filepath.Join(filepath.Dir(here), "pebble", "get"), "--cached").Output()
	if err != nil {
		if testing.Short() {
			t.Skip("no pebble; run vault/acme/pebble/get")
		}
		t.Fatal("no pebble: run vault/acme/pebble/get once")
	}
	bin := strings.TrimSpace(string(out))

	front := httptest.NewTLSServer(nil) // for its certificate
	defer front.Close()
	cert := front.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	keyFile := filepath.Join(dir, "key.pem")
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600); err != nil {
		t.Fatal(err)
	}
	p := pebble{caFile: vaulttest.PEM(t, "CERTIFICATE", cert.Certificate[0]), http: freePort(t)}
	listen, manage, dns, challenges := freePort(t), freePort(t), freePort(t), freePort(t)
	p.directory, p.management = "https://"+listen+"/dir", "http://"+challenges
	p.status = "https://" + manage + "/cert-status-by-serial/"
	var httpPort, tlsPort int
	if _, err := fmt.Sscanf(p.http, "127.0.0.1:%d", &httpPort); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(freePort(t), "127.0.0.1:%d", &tlsPort); err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": listen, "managementListenAddress": manage, "certificate": p.caFile, "privateKey": keyFile,
		"httpPort": httpPort, "tlsPort": tlsPort, "domainBlocklist": []string{"blocked.test"},
		"retryAfter": map[string]int{"authz": 0, "order": 0},
		"profiles": map[string]any{"default": map[string]any{"description": "usual", "validityPeriod": 7776000},
			"shortlived": map[string]any{"description": "short", "validityPeriod": 518400}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	configFile := filepath.Join(dir, "pebble.json")
	if err := os.WriteFile(configFile, config, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Env = append(os.Environ(), env...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	}
	run("pebble-challtestsrv", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-defaultIPv6", "",
		"-dnsserver", dns, "-management", challenges)
	run("pebble", "-config", configFile, "-dnsserver", dns, "-strict")
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // waiting only
	for range 200 {
		if answer, err := client.Get(p.directory); err == nil {
			_ = answer.Body.Close()
			return p
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("pebble does not answer")
	return p
}
