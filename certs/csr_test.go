package certs

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// keyOfKind makes each kind of test key once: RSA is slow.
func keyOfKind(t testing.TB, k Key) crypto.Signer {
	t.Helper()
	testKeys.Lock()
	defer testKeys.Unlock()
	if testKeys.made == nil {
		testKeys.made = map[Key]crypto.Signer{}
	}
	if testKeys.made[k] == nil {
		signer, err := GenerateKey(rand.Reader, k)
		if err != nil {
			t.Fatal(err)
		}
		testKeys.made[k] = signer
	}
	return testKeys.made[k]
}

var testKeys struct {
	sync.Mutex
	made map[Key]crypto.Signer
}

func usages(ids ...string) []Usage {
	var all []Usage
	for _, id := range ids {
		all = append(all, Usage{ID: id})
	}
	return all
}

// fullSpec has one of everything that a request may hold.
func fullSpec() Spec {
	return Spec{Profile: "generic/mutual-tls", For: []string{"a.example.com"}, CommonName: "a.example.com",
		Subject: Subject{O: "Example Ltd & Söhne", OU: "IT", L: "København", ST: "Kent", C: "GB"},
		Names: []Name{{Type: DNS, Value: "a.example.com"}, {Type: DNS, Value: "xn--bcher-kva.example.com"}, {Type: IP, Value: "192.0.2.7"},
			{Type: IP, Value: "2001:db8::7"}, {Type: Email, Value: "ops@example.com"}, {Type: URI, Value: "sip:a@example.com"},
			{Type: SRV, Value: "_collab-edge.example.com"}},
		EKU: usages("serverAuth", "clientAuth", "ipsecEndSystem"), KU: usages("digitalSignature", "keyEncipherment", "dataEncipherment"),
		Key: Key{"rsa", 2048}, CA: PrivateCA, Days: 365}
}

func openssl(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl")
	}
	out, err := exec.Command("openssl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func pemFile(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCSRAsOpenSSLReadsIt(t *testing.T) {
	for _, k := range []Key{{"rsa", 2048}, {"rsa", 3072}, {"ecdsa", 256}, {"ecdsa", 384}, {"ecdsa", 521}} {
		t.Run(k.String(), func(t *testing.T) {
			s := fullSpec()
			s.Key = k
			der, err := CSR(s, keyOfKind(t, k))
			if err != nil {
				t.Fatal(err)
			}
			text := openssl(t, "req", "-in", pemFile(t, "CERTIFICATE REQUEST", der), "-verify", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")
			for _, want := range []string{"verify OK", "Subject: C=GB,ST=Kent,L=København,O=Example Ltd & Söhne,OU=IT,CN=a.example.com",
				"DNS:a.example.com, DNS:xn--bcher-kva.example.com, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7, email:ops@example.com, URI:sip:a@example.com, othername:",
				"X509v3 Key Usage: critical", "Digital Signature, Key Encipherment, Data Encipherment",
				"TLS Web Server Authentication, TLS Web Client Authentication, IPSec End System"} {
				if !strings.Contains(text, want) {
					t.Errorf("openssl does not show %q:\n%s", want, text)
				}
			}
			if n := strings.Count(text, "X509v3 "); n != 3 {
				t.Errorf("%d extensions, 3 were asked for:\n%s", n, text)
			}
			if f := CheckCSR(s, der); len(f) > 0 {
				t.Errorf("its own check finds %v", f)
			}
			again, err := CSR(s, keyOfKind(t, k))
			if err != nil || !bytes.Equal(der, again) {
				t.Error("the same spec and key give another request")
			}
		})
	}
}

// All golden plans' certificates make requests that OpenSSL verifies.
func TestCSROfEveryProfile(t *testing.T) {
	c := load(t)
	done := 0
	for _, p := range c.Profiles() {
		plan := c.Plan(one(p.Product(), services(p.Service()), ca("")).domains("example.com"), today)
		for _, s := range plan.Specs {
			if s.Key.Type == "rsa" {
				s.Key.Size = 2048 // the size changes nothing here, only the time
			}
			der, err := CSR(s, keyOfKind(t, s.Key))
			if err != nil {
				t.Errorf("%s: %v", p.ID, err)
				continue
			}
			if f := CheckCSR(s, der); len(f) > 0 {
				t.Errorf("%s: %v", p.ID, f)
			}
			done++
			text := openssl(t, "req", "-in", pemFile(t, "CERTIFICATE REQUEST", der), "-verify", "-noout", "-text")
			if !strings.Contains(text, "verify OK") || s.IsCA != strings.Contains(text, "CA:TRUE") {
				t.Errorf("%s:\n%s", p.ID, text)
			}
		}
	}
	if done < len(profileIDs) {
		t.Errorf("%d requests for %d profiles", done, len(profileIDs))
	}
}

func TestCSRRefuses(t *testing.T) {
	k := keyOfKind(t, Key{"ecdsa", 256})
	for name, change := range map[string]func(*Spec){
		"an error not settled":    func(s *Spec) { s.Findings = []Finding{{Rule: "names/wildcard", Severity: Error}} },
		"another kind of key":     func(s *Spec) { s.Key = Key{"rsa", 2048} },
		"an unknown usage":        func(s *Spec) { s.EKU = usages("world-domination") },
		"an unknown key usage":    func(s *Spec) { s.KU = usages("serverAuth") },
		"a name of odd type":      func(s *Spec) { s.Names = []Name{{Type: Directory, Value: "x"}} },
		"a U-label":               func(s *Spec) { s.Names = []Name{{Type: DNS, Value: "bücher.example"}} },
		"an address that is none": func(s *Spec) { s.Names = []Name{{Type: IP, Value: "a.b"}} },
	} {
		s := fullSpec()
		s.Key = Key{"ecdsa", 256}
		change(&s)
		if der, err := CSR(s, k); err == nil || der != nil {
			t.Errorf("%s: made a request", name)
		}
	}
	if _, err := CSR(fullSpec(), nil); err == nil {
		t.Error("without a key: made a request")
	}
}

// A request without subject has its names critical (RFC 5280 section 4.2.1.6).
func TestCSRWithoutSubject(t *testing.T) {
	s := Spec{Profile: "generic/tls-server", Names: []Name{{Type: DNS, Value: "a.example.com"}}, Key: Key{"ecdsa", 256}}
	der, err := CSR(s, keyOfKind(t, s.Key))
	if err != nil {
		t.Fatal(err)
	}
	text := openssl(t, "req", "-in", pemFile(t, "CERTIFICATE REQUEST", der), "-noout", "-text")
	if !strings.Contains(text, "X509v3 Subject Alternative Name: critical") {
		t.Error(text)
	}
}

func TestGenerateKeyRefuses(t *testing.T) {
	for _, k := range []Key{{}, {"rsa", 1024}, {"rsa", 8192}, {"ecdsa", 224}, {"ed25519", 256}, {"rsa", 0}} {
		if _, err := GenerateKey(rand.Reader, k); err == nil {
			t.Errorf("%v: made", k)
		}
	}
}

// TestAdopt settles what the box's request leaves open.
func TestAdopt(t *testing.T) {
	c := load(t)
	s := c.Plan(one("cucm", services("tomcat"), nodes("pub.example.com", "sub.example.com"), topology(ClusterShared)), today).Specs[0]
	made := s
	made.Subject = Subject{O: "Example Ltd", C: "GB"}
	made.Names = slices.DeleteFunc(slices.Clone(s.Names), func(n Name) bool { return n.Optional })
	der, err := CSR(made, keyOfKind(t, s.Key))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Adopt(s, der)
	if err != nil || got.Subject != made.Subject || len(got.Names) != 2 || len(s.Names) != 3 {
		t.Fatalf("%v: %+v", err, got)
	}
	if f := CheckCSR(got, der); len(f) > 0 {
		t.Errorf("the adopted spec does not fit: %v", f)
	}
	for _, f := range CheckCSR(s, der) {
		if f.Severity == Error {
			t.Errorf("before adoption: %v", f)
		}
	}
	if _, err := Adopt(s, []byte("no request")); err == nil {
		t.Error("adopted nonsense")
	}
}

// A box makes its request with OpenSSL: what it writes for the plan passes, and what
// it forgets is named.
func TestCheckCSRMadeByOpenSSL(t *testing.T) {
	c := load(t)
	spec := c.Plan(one("expressway-e", ver("X14.3"), own, nodes("e1.example.com", "e2.example.com"), cluster("e.example.com")).
		domains("example.com").with(MRA).subject(Subject{O: "Example Ltd", C: "GB"}), today).Specs[0]
	spec.Key.Size = 2048
	made := func(change func(string) string) []byte {
		dir := t.TempDir()
		conf := change(`[req]
distinguished_name=dn
req_extensions=ext
prompt=no
string_mask=utf8only
[dn]
C=GB
O=Example Ltd
CN=e.example.com
[ext]
basicConstraints=CA:FALSE
subjectKeyIdentifier=hash
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:e1.example.com,DNS:e.example.com,DNS:example.com
`)
		if err := os.WriteFile(filepath.Join(dir, "c.cnf"), []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		openssl(t, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", filepath.Join(dir, "k.pem"), "-config", filepath.Join(dir, "c.cnf"), "-outform", "DER", "-out", filepath.Join(dir, "r.der"))
		der, err := os.ReadFile(filepath.Join(dir, "r.der"))
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	if f := CheckCSR(spec, made(func(s string) string { return s })); len(f) > 0 {
		t.Errorf("as planned: %v", f)
	}
	for _, r := range []struct{ old, new, want, names string }{
		{",DNS:example.com", "", "error csr/names-missing", "example.com"},
		{"DNS:e1.example.com,", "DNS:e1.example.com,DNS:evil.test,", "error csr/names-added", "evil.test"},
		{"serverAuth,clientAuth", "serverAuth", "error csr/eku-missing", ""},
		{"CN=e.example.com", "CN=e1.example.com", "error csr/subject", ""},
		{"O=Example Ltd", "O=Sample Ltd", "error csr/subject", ""},
		{"O=Example Ltd\n", "", "error csr/subject-missing", ""},
		{"C=GB\n", "C=GB\nOU=IT\n", "warning csr/subject-added", ""},
		{"keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n", "", "info csr/no-eku", ""},
		{"CA:FALSE", "CA:TRUE", "error csr/basic-constraints", ""},
	} {
		found := CheckCSR(spec, made(func(s string) string { return strings.Replace(s, r.old, r.new, 1) }))
		if !slices.ContainsFunc(found, func(f Finding) bool {
			return string(f.Severity)+" "+f.Rule == r.want && (r.names == "" || f.Text.Args["Names"] == r.names)
		}) {
			t.Errorf("%q for %q: %v, want %s", r.new, r.old, found, r.want)
		}
	}
}
