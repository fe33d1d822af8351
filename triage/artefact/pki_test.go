package artefact

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// issued is a certificate with its key and files for the openssl command.
type issued struct {
	cert            *x509.Certificate
	key             crypto.Signer
	certFile        string // the certificate alone
	chainFile       string // what is above it, but the root
	keyFile, caFile string // caFile: its root
}

// lab is a small PKI on disk: one root, one intermediate, and leaves with faults.
type lab struct {
	dir                                                           string
	root, inter, leaf, expired, self, client, stranger, serverCli *issued
}

var theLab = sync.OnceValues(func() (*lab, error) { return newLab() })

func pki(t testing.TB) *lab {
	t.Helper()
	l, err := theLab()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestMain(m *testing.M) {
	code := m.Run()
	if l, err := theLab(); err == nil {
		os.RemoveAll(l.dir)
	}
	os.Exit(code)
}

func newLab() (*lab, error) {
	dir, err := os.MkdirTemp("", "artefact-lab")
	if err != nil {
		return nil, err
	}
	l := &lab{dir: dir}
	now := time.Now()
	ca := func(name string, by *issued) (*issued, error) {
		return l.issue(name, by, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, NotAfter: now.AddDate(5, 0, 0)})
	}
	leaf := func(name string, by *issued, until time.Time, eku ...x509.ExtKeyUsage) (*issued, error) {
		return l.issue(name, by, &x509.Certificate{BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature, NotAfter: until, ExtKeyUsage: eku,
			DNSNames: []string{name, "sip." + name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 9)}})
	}
	both := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	year := now.AddDate(1, 0, 0)
	steps := []func() error{
		func() (err error) { l.root, err = ca("Lab Root", nil); return },
		func() (err error) { l.inter, err = ca("Lab Issuing CA", l.root); return },
		func() (err error) { l.leaf, err = leaf("expe.example.com", l.inter, year, both...); return },
		func() (err error) {
			l.expired, err = leaf("old.example.com", l.inter, now.AddDate(0, 0, -2), both...)
			return
		},
		func() (err error) { l.self, err = leaf("self.example.com", nil, year, both...); return },
		func() (err error) { l.client, err = leaf("expc.example.com", l.inter, year, both...); return },
		func() (err error) { l.stranger, err = ca("Other Root", nil); return },
		func() (err error) {
			l.serverCli, err = leaf("serveronly.example.com", l.inter, year, x509.ExtKeyUsageServerAuth)
			return
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

var serial = int64(0x1000)

func (l *lab) issue(name string, by *issued, c *x509.Certificate) (*issued, error) {
	serial++
	c.SerialNumber = big.NewInt(serial)
	c.Subject = pkix.Name{CommonName: name, Organization: []string{"Lab"}}
	c.NotBefore = time.Now().AddDate(0, 0, -10)
	var key crypto.Signer
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err == nil && name == "expe.example.com" {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return nil, err
	}
	parent, signer := c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	out := &issued{key: key}
	if out.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	base := filepath.Join(l.dir, name)
	out.certFile, out.keyFile, out.chainFile, out.caFile = base+".pem", base+".key", base+".chain", base+".pem"
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	chain := own // nothing above
	if by != nil {
		out.caFile = by.caFile
		if by.cert.Issuer.CommonName != by.cert.Subject.CommonName {
			chain = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: by.cert.Raw})
		}
	}
	for file, data := range map[string][]byte{out.certFile: own, out.chainFile: chain, out.keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			return nil, err
		}
	}
	return out, nil
}
