package workbench

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"countersign/vault/manual"
	"countersign/workflows"
)

// Outsider is a CA that a person talks to, for the rules; tests/vault has OpenSSL ones.
type Outsider struct {
	Cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func NewOutsider(t *testing.T, name string) Outsider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Must(t, err)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(5 * 365 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	Must(t, err)
	cert, err := x509.ParseCertificate(der)
	Must(t, err)
	return Outsider{cert, key}
}

// Sign answers a request as it asks, but for what like changes.
func (o Outsider) Sign(t *testing.T, r workflows.Request, like func(*x509.Certificate)) []byte {
	t.Helper()
	csr, err := x509.ParseCertificateRequest(r.CSR)
	Must(t, err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), RawSubject: csr.RawSubject, NotBefore: time.Now().Add(-time.Minute),
		NotAfter: time.Now().Add(time.Duration(r.Spec.Days)*24*time.Hour - 2*time.Minute), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: csr.DNSNames}
	if like != nil {
		like(leaf)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, o.Cert, csr.PublicKey, o.key)
	Must(t, err)
	return der
}

// Waiting has a request approved that waits for a CA outside.
func (b *Bench) Waiting(t *testing.T, ca Outsider, a workflows.Answers) workflows.Request {
	t.Helper()
	b.Issuers["corporate"] = &manual.Issuer{Name: "Corporate"}
	b.Policies[0].Issuer = "corporate"
	return b.Issued(t, Ella, a)
}

func (b *Bench) Give(r workflows.Request, leaf []byte, chain ...[]byte) (workflows.Request, error) {
	return b.Issuance.GiveCertificate(context.Background(), "", Ella, workflows.Certificate{Leaf: leaf, Chain: chain})
}

func Shorter(c *x509.Certificate) { c.NotAfter = time.Now().Add(20 * 24 * time.Hour) }
