package workbench

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
)

// ca is a root with an intermediate that issues.
type ca struct {
	t           *testing.T
	Root, Inter *x509.Certificate
	RootKey     *ecdsa.PrivateKey
	interKey    *ecdsa.PrivateKey
	serial      int64
}

func NewCA(t *testing.T, name string) *ca {
	c := &ca{t: t, serial: 1}
	c.RootKey, c.Root = c.sign(name+" Root CA", true, nil, nil, nil)
	c.interKey, c.Inter = c.sign(name+" Issuing CA", true, c.Root, c.RootKey, nil)
	return c
}

func (c *ca) sign(cn string, isCA bool, parent *x509.Certificate, by *ecdsa.PrivateKey, names []string) (*ecdsa.PrivateKey, *x509.Certificate) {
	c.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	Must(c.t, err)
	c.serial++
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(c.serial), Subject: pkix.Name{CommonName: cn}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(300 * 24 * time.Hour), IsCA: isCA, BasicConstraintsValid: true, DNSNames: names,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if isCA {
		tmpl.KeyUsage, tmpl.ExtKeyUsage = x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil
	}
	if parent == nil {
		parent, by = tmpl, key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, by)
	Must(c.t, err)
	cert, err := x509.ParseCertificate(der)
	Must(c.t, err)
	return key, cert
}

func (c *ca) Leaf(names ...string) (*ecdsa.PrivateKey, *x509.Certificate) {
	return c.sign(names[0], false, c.Inter, c.interKey, names)
}

func PemCerts(list ...*x509.Certificate) []byte {
	var b strings.Builder
	for _, c := range list {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return []byte(b.String())
}

func PemKey(t *testing.T, k *ecdsa.PrivateKey) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(k)
	Must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// Sends has files read as the chat adapter would, and gives the case that came of it.
func (b *Bench) Sends(t *testing.T, in workflows.Message, files ...workflows.File) workflows.Case {
	t.Helper()
	ctx := context.Background()
	Must(t, b.Inbox.ReceiveFiles(ctx, in, []string{"F1"}))
	for {
		e, ok, err := b.DB.Claim(ctx, workflows.Files, 1e9)
		Must(t, err)
		if !ok {
			t.Fatal("the files were not queued")
		}
		body, err := ReadBody(e)
		Must(t, err)
		if e.Kind != workflows.KindFiles {
			Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
			continue
		}
		in.Text = body.Said
		Must(t, b.Inbox.TakeFiles(ctx, e, in, files))
		break
	}
	return b.CaseIn(t, in.Place)
}

func (b *Bench) CaseIn(t *testing.T, at workflows.Place) workflows.Case {
	t.Helper()
	var c workflows.Case
	Must(t, b.DB.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(context.Background(), at); return err }))
	return c
}

func Heard(receipt string, text string) workflows.Message {
	return workflows.Message{Receipt: workflows.Receipt(receipt), By: Ella, Place: workflows.Place{Channel: "D" + receipt}, Lang: "en", Text: text, Direct: true}
}
