package manual_test

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/vaulttest"
	"countersign/vault/manual"
)

// openCA is a CA outside, run by OpenSSL.
type openCA struct{ cert, key string }

func newOpenCA(t *testing.T, name string) openCA {
	t.Helper()
	dir := t.TempDir()
	ca := openCA{filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")}
	vaulttest.OpenSSL(t, nil, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca.key, "-out", ca.cert,
		"-subj", "/CN="+name, "-days", "3650", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
	return ca
}

// sign gives a certificate with the extensions and days that the CA likes.
func (ca openCA) sign(t *testing.T, csr []byte, days int, names, eku string) certs.Issued {
	t.Helper()
	ext := filepath.Join(t.TempDir(), "ext.cnf")
	text := "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\n" +
		"subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always\nsubjectAltName=" + names + "\nextendedKeyUsage=" + eku + "\n"
	if err := os.WriteFile(ext, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := vaulttest.OpenSSL(t, nil, "x509", "-req", "-in", vaulttest.PEM(t, "CERTIFICATE REQUEST", csr), "-CA", ca.cert, "-CAkey", ca.key,
		"-days", strconv.Itoa(days), "-extfile", ext, "-set_serial", "0x4"+strings.Repeat("7", 30))
	leaf, _ := pem.Decode([]byte(out))
	raw, err := os.ReadFile(ca.cert)
	if err != nil {
		t.Fatal(err)
	}
	root, _ := pem.Decode(raw)
	return certs.Issued{Leaf: leaf.Bytes, Chain: [][]byte{root.Bytes}}
}

// TestOutside has CAs do what CAs do: the certificate that comes back is not the one
// that was approved, and the check of it says how.
func TestOutside(t *testing.T) {
	outside := &manual.Issuer{Name: "Example CA", Form: "https://ca.example.com/new"}
	spec := vaulttest.Spec(vaulttest.Kinds[0])
	key, err := certs.GenerateKey(nil, spec.Key)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := certs.CSR(spec, key)
	if err != nil {
		t.Fatal(err)
	}
	if _, pending, err := outside.Issue(t.Context(), "k", spec, csr); err != nil || !pending {
		t.Fatalf("pending %v, %v", pending, err)
	}
	var facts strings.Builder
	for _, step := range outside.Facts(spec, csr) {
		facts.WriteString(strings.Join(step.Commands, "\n") + "\n")
	}
	for _, want := range []string{outside.Form, "BEGIN CERTIFICATE REQUEST", "a.example.com, b.example.com", "serverAuth, clientAuth", "\n90\n"} {
		if !strings.Contains(facts.String(), want) {
			t.Errorf("the form's facts lack %q", want)
		}
	}

	const names, both = "DNS:a.example.com,DNS:b.example.com", "serverAuth,clientAuth"
	ca, other := newOpenCA(t, "Outside CA"), newOpenCA(t, "Outside CA")
	good := ca.sign(t, csr, spec.Days-1, names, both)
	check := func(cert certs.Issued, predecessor []byte) (rules []string) {
		var options []certs.IssuedOption
		if predecessor != nil {
			options = append(options, certs.After(predecessor))
		}
		for _, f := range certs.CheckIssued(spec, csr, cert.Leaf, cert.Chain, time.Now(), options...) {
			if f.Severity != certs.Info {
				rules = append(rules, f.Rule+":"+string(f.Severity))
			}
		}
		return rules
	}
	if rules := check(good, good.Leaf); len(rules) > 0 {
		t.Errorf("an honest CA is blamed for %v", rules)
	}
	leafOnly := good
	leafOnly.Chain = nil
	for _, c := range []struct {
		name, rule string
		cert       certs.Issued
	}{
		{"drops clientAuth", "certificate/client-auth-dropped:error", ca.sign(t, csr, spec.Days-1, names, "serverAuth")},
		{"adds www", "certificate/names-www:error", ca.sign(t, csr, spec.Days-1, names+",DNS:www.a.example.com", both)},
		{"changes the AKI", "predecessor/other-ca:warning", other.sign(t, csr, spec.Days-1, names, both)},
		{"shortens the lifetime", "certificate/shorter:warning", ca.sign(t, csr, 30, names, both)},
		{"returns only the leaf", "chain/leaf-only:warning", leafOnly},
		{"drops a name", "certificate/names-missing:error", ca.sign(t, csr, spec.Days-1, "DNS:a.example.com", both)},
	} {
		rules := check(c.cert, good.Leaf)
		if !slices.Contains(rules, c.rule) {
			t.Errorf("%s: found %v", c.name, rules)
		}
	}
}
