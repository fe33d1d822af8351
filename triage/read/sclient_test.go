package read

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"countersign/tests/sclient"
)

func kinds(facts []Fact) string {
	var all []string
	for _, f := range facts {
		all = append(all, f.Kind)
	}
	return strings.Join(all, " ")
}

// without is the text with spaces for what was cut.
func without(text string, spans []Span) string {
	b := []byte(text)
	for _, s := range spans {
		for i := s.Start; i < s.End; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
	return string(b)
}

func TestClientOfOpenSSL(t *testing.T) {
	wants := map[string]string{
		"healthy": "verify.ok", "healthy, client certificate": "verify.ok", "healthy, revocation looked up": "verify.ok",
		"expired": "verify.expired", "issuer expired": "verify.expired", "not yet valid": "verify.not-yet-valid",
		"unknown root": "verify.issuer-unknown chain.sent-complete-to-unknown-root", "self-signed": "verify.self-signed chain.sent-self-signed",
		"unknown root that was sent": "verify.self-signed-in-chain chain.sent-complete-to-unknown-root",
		"no intermediate":            "verify.leaf-unverified chain.sent-leaf-only", "name": "verify.name", "address": "verify.name-ip",
		"purpose": "verify.purpose-server", "weak key": "verify.weak-key", "weak signature": "verify.weak-digest", "signature of a namesake": "verify.signature",
		"revoked": "verify.revoked", "no revocation list": "verify.revocation-unknown", "old revocation list": "verify.crl-expired",
		"client of unknown root": "alert.received.unknown-ca verify.ok", "client expired": "alert.received.certificate-expired verify.ok",
		"client purpose":        "alert.received.unsupported-certificate verify.ok",
		"no client certificate": "tls.client-certificate-missing alert.received.handshake-failure verify.ok", "cipher": "tls.version-or-cipher alert.received.handshake-failure tls.no-peer-certificate",
		"suite": "tls.version-or-cipher alert.received.handshake-failure tls.no-peer-certificate", "version, old client": "alert.received.protocol-version tls.no-peer-certificate",
	}
	programs := sclient.Programs()
	if len(programs) == 0 {
		t.Fatal("openssl is not here: make need installs it")
	}
	l := sclient.New(t)
	for _, kind := range sclient.Kinds {
		want := wants[kind.Name]
		if want == "" {
			continue
		}
		delete(wants, kind.Name)
		for _, version := range kind.Versions() {
			out := l.Run(programs[0], kind, version)
			got := strings.ReplaceAll(kinds(Facts(out)), "tls.closed ", "") // a matter of time
			if version == "-tls1_3" && kind.Name == "no client certificate" {
				want = "alert.received.certificate-required verify.ok" // TLS 1.3 has a word for it
			}
			if got != want {
				t.Errorf("%s %s: %s, want %s\n%s", kind.Name, version, got, want, out)
			}
			for _, option := range sclient.Options {
				if kind.Name != "healthy" && option != "" {
					continue
				}
				out = l.Run(programs[0], kind, version, option)
				left := hexLeft(without(out, Cut(out)))
				if strings.Contains(option, "-debug") && !wholeRow.MatchString(left) {
					left = "" // standard error broke into the row, or the row into it
				}
				if left != "" {
					t.Errorf("%s %s %s: %q is left of the dump", kind.Name, version, option, left)
				}
			}
		}
	}
	if len(wants) > 0 {
		t.Errorf("not looked at: %v", wants)
	}
}

// wholeRow is a row of a dump that is whole.
var wholeRow = regexp.MustCompile(`^\s*[0-9a-f]{4} - (?:[0-9a-f]{2}[ -]){1,16} {3}`)

// hexLeft finds a line that still looks like a dump.
func hexLeft(s string) string {
	for l := range strings.SplitSeq(s, "\n") {
		if groups, _ := hexRow(strings.TrimSpace(l)); groups > 2 || strings.Contains(l, "0010 - ") || strings.Contains(l, "   ;") {
			return l
		}
		for w := range strings.FieldsSeq(l) {
			if len(w) >= 24 && opaque(w) {
				return w
			}
		}
	}
	return ""
}

func TestCases(t *testing.T) {
	dir := "../../../shared/cases/triage"
	for file, want := range map[string]string{
		"min-ok.txt": "verify.ok", "full-ok.txt": "verify.ok", "out-clionly.txt": "verify.purpose-server",
		"out-ciph.txt": "tls.version-or-cipher alert.received.handshake-failure tls.no-peer-certificate", "out-unkca.txt": "verify.issuer-unknown chain.sent-complete-to-unknown-root",
	} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Skip("the cases are not beside the repository")
		}
		if got := kinds(Facts(string(data))); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
		if left := hexLeft(without(string(data), Cut(string(data)))); left != "" {
			t.Errorf("%s: %q is left", file, left)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "healthy-sclient-20.jsonl"))
	if err != nil {
		t.Skip("the cases are not beside the repository")
	}
	for d := json.NewDecoder(bytes.NewReader(data)); d.More(); {
		var item struct{ ID, Text string }
		if err := d.Decode(&item); err != nil {
			t.Fatal(err)
		}
		if got := kinds(Facts(item.Text)); got != "verify.ok" {
			t.Errorf("%s: %s", item.ID, got)
		}
		if left := hexLeft(without(item.Text, Cut(item.Text))); left != "" {
			t.Errorf("%s: %q is left", item.ID, left)
		}
	}
}
