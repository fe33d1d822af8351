// Package sclient makes what openssl s_client prints, of every OpenSSL on the machine:
// a small PKI with every fault that a handshake may meet, servers that have them, and
// clients with what people add to the command. Nothing here is part of the product.
package sclient

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
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Lab is a PKI in a directory, with the servers that were started on it.
type Lab struct {
	t       testing.TB
	dir     string
	serial  int64
	mu      sync.Mutex
	servers map[string]string // program and arguments -> address
}

type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// issue makes a certificate, by itself or by an authority, as NAME.pem and NAME.key. A
// name with CA in it is one.
func (l *Lab) issue(name string, by *authority, change func(*x509.Certificate)) *authority {
	l.t.Helper()
	var key crypto.Signer
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if strings.Contains(name, "weak") {
		key, err = rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // it has to be refused
	} else if strings.Contains(name, "sha1") {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	l.check(err)
	l.serial++
	now := time.Now()
	c := &x509.Certificate{SerialNumber: big.NewInt(l.serial<<40 | now.UnixNano()&(1<<40-1)), Subject: pkix.Name{Organization: []string{"Lab"}, CommonName: name},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(1, 0, 0), BasicConstraintsValid: true}
	if strings.Contains(name, "CA") {
		c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	} else {
		c.DNSNames, c.KeyUsage = []string{"a.example.com"}, x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	}
	if change != nil {
		change(c)
	}
	parent, signer := c, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	l.check(err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	l.check(err)
	l.write(name+".pem", block("CERTIFICATE", der))
	l.write(name+".key", block("PRIVATE KEY", keyDER))
	c, err = x509.ParseCertificate(der)
	l.check(err)
	return &authority{c, key}
}

// list makes a revocation list.
func (l *Lab) list(by *authority, until time.Duration, revoked ...*authority) []byte {
	l.t.Helper()
	now := time.Now()
	c := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.Add(-24 * time.Hour), NextUpdate: now.Add(until)}
	for _, r := range revoked {
		c.RevokedCertificateEntries = append(c.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: r.cert.SerialNumber, RevocationTime: now.Add(-time.Hour)})
	}
	der, err := x509.CreateRevocationList(rand.Reader, c, by.cert, by.key)
	l.check(err)
	return block("X509 CRL", der)
}

func (l *Lab) check(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *Lab) write(name string, data []byte) {
	l.t.Helper()
	l.check(os.WriteFile(filepath.Join(l.dir, name), data, 0o600))
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// New makes the certificates that Kinds and Options speak of.
func New(t testing.TB) *Lab {
	t.Helper()
	l := &Lab{t: t, dir: t.TempDir(), servers: map[string]string{}}
	root := l.issue("Root CA", nil, nil)
	mid := l.issue("Issuing CA", root, nil)
	l.issue("Other CA", nil, nil)
	l.issue("good", mid, nil)
	l.issue("direct", root, nil)
	l.issue("own", nil, nil)
	l.issue("expired", mid, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	l.issue("soon", mid, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(48 * time.Hour) })
	l.issue("early", mid, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })
	l.issue("clientonly", mid, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	l.issue("serveronly", mid, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	l.issue("weak", mid, nil)
	past := l.issue("Past CA", root, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	l.issue("pastleaf", past, nil)
	sha := l.issue("sha1 CA", root, nil)
	l.issue("sha1leaf", sha, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA })

	// A CA of the same name with another key; without key identifiers only the signature tells.
	l.issue("Twin CA", nil, func(c *x509.Certificate) { c.Subject.CommonName = "Root CA" })
	nameless := *root.cert
	nameless.SubjectKeyId = nil
	l.issue("twin", &authority{&nameless, root.key}, nil)

	revoked := l.issue("revoked", mid, nil)
	roots := l.list(root, 24*time.Hour)
	l.write("crl.pem", append(l.list(mid, 24*time.Hour, revoked), roots...))
	l.write("oldcrl.pem", append(l.list(mid, -time.Hour), roots...))
	return l
}
