package check

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"countersign/certs"
)

// chainCase is a leaf with what is sent and trusted.
type chainCase struct{ leaf, untrusted, trust []*Item }

// goodChain passes every rule, even strictly.
func goodChain(t testing.TB, changes ...change) chainCase {
	root := newCA(t, "Example Root CA", nil)
	mid := newCA(t, "Example Issuing CA", root)
	leaf := newLeaf(t, "expe1.example.com", mid, changes...)
	return chainCase{items(t, leaf), items(t, mid), items(t, root)}
}

func extension(oid asn1.ObjectIdentifier, critical bool, value []byte) change {
	return func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: oid, Critical: critical, Value: value})
	}
}

var (
	extEKU   = asn1.ObjectIdentifier{2, 5, 29, 37}
	extSAN   = asn1.ObjectIdentifier{2, 5, 29, 17}
	extBasic = asn1.ObjectIdentifier{2, 5, 29, 19}
)

// badChains break one rule each.
var badChains = map[string]func(t testing.TB) chainCase{
	"rule.aki-missing-leaf": func(t testing.TB) chainCase {
		root := newCA(t, "Example Root CA", nil)
		return chainCase{items(t, newLeaf(t, "expe1.example.com", anonymous(root))), nil, items(t, root)}
	},
	"rule.aki-missing-intermediate": func(t testing.TB) chainCase {
		root := newCA(t, "Example Root CA", nil)
		mid := newCA(t, "Example Issuing CA", anonymous(root))
		return chainCase{items(t, newLeaf(t, "expe1.example.com", mid)), items(t, mid), items(t, root)}
	},
	"rule.aki-missing-cross": func(t testing.TB) chainCase {
		known, fresh := newCA(t, "Known Root CA", nil), newCA(t, "New Root CA", nil)
		tmpl := *fresh.cert
		tmpl.SerialNumber = big.NewInt(77)
		cross := sign(t, &tmpl, fresh.key, anonymous(known))
		return chainCase{items(t, newLeaf(t, "expe1.example.com", fresh)), items(t, cross, fresh), items(t, known)}
	},
	"rule.ski-missing-ca": func(t testing.TB) chainCase {
		dir := opensslCA(t)
		write(t, dir, "noski.ext", []byte("basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=none\n"))
		mustOpenssl(t, dir, "x509", "-req", "-in", "mid.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "3", "-days", "1825", "-extfile", "noski.ext", "-out", "noski.pem")
		return chainCase{readItems(t, dir, "leaf.pem"), readItems(t, dir, "noski.pem"), readItems(t, dir, "root.pem")}
	},
	"rule.eku-any-leaf": leafWith(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }),
	"rule.eku-empty":    leafWith(extension(extEKU, false, []byte{0x30, 0})),
	"rule.eku-missing-leaf": leafWith(func(c *x509.Certificate) {
		c.ExtKeyUsage = nil
	}),
	"rule.eku-critical": leafWith(extension(extEKU, true, []byte{0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1})),
	"rule.eku-on-root": func(t testing.TB) chainCase {
		root := newCA(t, "Example Root CA", nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
		return chainCase{items(t, newLeaf(t, "expe1.example.com", root)), nil, items(t, root)}
	},
	"rule.ca-as-leaf": leafWith(func(c *x509.Certificate) { c.IsCA = true }),
	"rule.certsign-leaf": leafWith(func(c *x509.Certificate) {
		c.KeyUsage |= x509.KeyUsageCertSign
	}),
	"rule.cn-not-in-san": leafWith(func(c *x509.Certificate) { c.DNSNames = []string{"other.example.com"} }),
	"rule.cn-case":       leafWith(func(c *x509.Certificate) { c.Subject.CommonName = "EXPE1.example.com" }),
	"rule.cn-punycode": leafWith(func(c *x509.Certificate) {
		c.Subject.CommonName, c.DNSNames = "bücher.example", []string{"xn--bcher-kva.example"}
	}),
	"rule.cn-ip-spelling": leafWith(func(c *x509.Certificate) {
		c.Subject.CommonName, c.IPAddresses = "192.000.2.1", []net.IP{{192, 0, 2, 1}}
	}),
	"rule.wildcard-public-suffix": leafWith(func(c *x509.Certificate) {
		c.DNSNames = append(c.DNSNames, "*.co.uk")
	}),
	"rule.underscore-dns": leafWith(func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "my_host.example.com") }),
	"rule.san-critical":   leafWith(extension(extSAN, true, sanOf("expe1.example.com"))),
	"rule.san-not-critical": leafWith(func(c *x509.Certificate) {
		c.Subject = pkix.Name{}
		extension(extSAN, false, sanOf("expe1.example.com"))(c)
	}),
	"rule.serial-zero": leafWith(func(c *x509.Certificate) { c.SerialNumber = new(big.Int) }),
	"rule.serial-negative": func(t testing.TB) chainCase {
		root := newCA(t, "Example Root CA", nil)
		leaf := newLeaf(t, "expe1.example.com", root, func(c *x509.Certificate) { c.SerialNumber = big.NewInt(0x11223344) })
		leaf.der = bytes.Replace(leaf.der, []byte{2, 4, 0x11, 0x22, 0x33, 0x44}, []byte{2, 4, 0x91, 0x22, 0x33, 0x44}, 1)
		return chainCase{items(t, leaf), nil, items(t, root)}
	},
	"rule.serial-long":  leafWith(func(c *x509.Certificate) { c.SerialNumber = new(big.Int).Lsh(big.NewInt(1), 170) }),
	"rule.rsa-small":    leafOfKey(1024),
	"rule.rsa-odd-size": leafOfKey(2049),
	"rule.dsa": func(t testing.TB) chainCase {
		dir := opensslCA(t)
		mustOpenssl(t, dir, "dsaparam", "-genkey", "-out", "dsa.key", "1024")
		mustOpenssl(t, dir, "req", "-new", "-key", "dsa.key", "-out", "dsa.csr", "-subj", "/CN=expe1.example.com")
		mustOpenssl(t, dir, "x509", "-req", "-in", "dsa.csr", "-CA", "mid.pem", "-CAkey", "mid.key", "-CAcreateserial", "-days", "90", "-extfile", "leaf.ext", "-out", "dsa.pem")
		return chainCase{readItems(t, dir, "dsa.pem"), readItems(t, dir, "mid.pem"), readItems(t, dir, "root.pem")}
	},
	"rule.basic-not-critical": func(t testing.TB) chainCase {
		root := newCA(t, "Example Root CA", nil)
		mid := newCA(t, "Example Issuing CA", root, extension(extBasic, false, []byte{0x30, 3, 1, 1, 0xff}))
		return chainCase{items(t, newLeaf(t, "expe1.example.com", mid)), items(t, mid), items(t, root)}
	},
	"rule.constraints-leaf": leafWith(func(c *x509.Certificate) {
		c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"example.com"}, true
	}),
	"rule.constraints-not-critical": func(t testing.TB) chainCase {
		root := newCA(t, "Example Root CA", nil)
		mid := newCA(t, "Example Issuing CA", root, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"example.com"} })
		return chainCase{items(t, newLeaf(t, "expe1.example.com", mid)), items(t, mid), items(t, root)}
	},
}

// anonymous signs without leaving its key identifier behind.
func anonymous(p *party) *party {
	c := *p.cert
	c.SubjectKeyId = nil
	return &party{&c, p.key, p.der}
}

func leafWith(c change) func(testing.TB) chainCase {
	return func(t testing.TB) chainCase { return goodChain(t, c) }
}

func leafOfKey(bits int) func(testing.TB) chainCase {
	return func(t testing.TB) chainCase {
		t.Helper()
		root := newCA(t, "Example Root CA", nil)
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		tmpl := template("expe1.example.com")
		tmpl.DNSNames, tmpl.ExtKeyUsage = []string{"expe1.example.com"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		return chainCase{items(t, sign(t, tmpl, crypto.Signer(key), root)), nil, items(t, root)}
	}
}

func sanOf(name string) []byte {
	return append([]byte{0x30, byte(2 + len(name)), 0x82, byte(len(name))}, name...)
}

// Each rule refuses its bad example when strict, says so in its own severity when
// not, and has nothing against the good one.
func TestRulesOnTop(t *testing.T) {
	good := goodChain(t)
	v := Verify(good.leaf[0], VerifyOptions{Now: now, Trust: good.trust, Untrusted: good.untrusted, Strict: true})
	if !v.OK || len(v.Findings) > 0 {
		t.Fatalf("the good example: %v", rulesOf(v.Findings))
	}
	for _, r := range rulesOnTop {
		t.Run(strings.TrimPrefix(r.ID, "rule."), func(t *testing.T) {
			make, ok := badChains[r.ID]
			if !ok {
				t.Fatal("no bad example")
			}
			bad := make(t)
			at := now
			if bad.leaf[0].raw.notBefore.After(now) { // made by openssl, by the machine's clock
				at = bad.leaf[0].raw.notBefore.AddDate(0, 0, 1)
			}
			for _, strict := range []bool{true, false} {
				v := Verify(bad.leaf[0], VerifyOptions{Now: at, Trust: bad.trust, Untrusted: bad.untrusted, Strict: strict})
				complete(t, v.Findings)
				want := string(r.Severity) + " " + r.ID
				if strict {
					want = string(certs.Error) + " " + r.ID
				}
				if !slices.Contains(rulesOf(v.Findings), want) {
					t.Errorf("strict %v: no %q among %v", strict, want, rulesOf(v.Findings))
				}
				if strict && v.OK {
					t.Error("accepted")
				}
				// What only warns must not keep a chain from being trusted.
				if !strict && r.Severity == certs.Warning && !v.OK {
					t.Errorf("refused: %v", rulesOf(v.Findings))
				}
			}
		})
	}
	for id := range badChains {
		if !slices.ContainsFunc(rulesOnTop, func(r ruleOnTop) bool { return r.ID == id }) {
			t.Errorf("an example for %s, which is no rule", id)
		}
	}
}

// The standard library accepts most of these, which is why the rules are there.
func TestRulesAreNeeded(t *testing.T) {
	accepted := 0
	for id, make := range badChains {
		bad := make(t)
		if bad.leaf[0].Cert == nil {
			continue
		}
		roots, mids := x509.NewCertPool(), x509.NewCertPool()
		for _, it := range bad.trust {
			roots.AddCert(it.Cert)
		}
		for _, it := range bad.untrusted {
			mids.AddCert(it.Cert)
		}
		_, err := bad.leaf[0].Cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: mids, CurrentTime: bad.leaf[0].Cert.NotBefore.AddDate(0, 0, 1), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		if err == nil {
			accepted++
		} else {
			t.Logf("%s: the library refuses it too: %v", id, err)
		}
	}
	if accepted < 20 {
		t.Errorf("only %d of %d are accepted by the library", accepted, len(badChains))
	}
}

// Certificates that zlint keeps to trip its lints: each is read or refused with a
// message, none brings anything down.
func TestZlintTestdata(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(moduleDir(t, "github.com/zmap/zlint/v3"), "testdata", "*.pem"))
	if err != nil || len(files) < 1000 {
		t.Fatalf("zlint's test data is not here (%d files)", len(files))
	}
	read, refused := 0, 0
	for n, f := range files {
		data := readFile(t, f)
		m, fs := Read(filepath.Base(f), data, ReadOptions{})
		complete(t, fs)
		if len(m.Items) == 0 && !hasErrors(fs) {
			t.Errorf("%s: neither read nor refused", f)
		}
		r := InspectAll(m, fs, now)
		complete(t, r.Findings)
		for _, it := range m.Items {
			if it.Refused != "" && !hasErrors(fs) {
				t.Errorf("%s: refused without a message", f)
			}
			if it.Kind == Certificate {
				v := Verify(it, VerifyOptions{Now: now, Trust: m.Items, Host: "example.com", Purpose: Server, Strict: true})
				complete(t, v.Findings)
				if n%25 != 0 {
					continue // drawing takes longer than everything else
				}
				if _, err := DrawChain(v.Chain, Labels{}); err != nil && len(v.Chain.Nodes) > 0 {
					t.Errorf("%s: %v", f, err)
				}
			}
		}
		if len(m.Items) > 0 && m.Items[0].Refused == "" {
			read++
		} else {
			refused++
		}
	}
	t.Logf("%d files: %d read, %d refused with a message", len(files), read, refused)
}
