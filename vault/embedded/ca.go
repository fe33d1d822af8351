package embedded

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"countersign/vault"
)

const caFile = "ca.age"

// What the CA certificates say of themselves. Not translated: they are data.
const (
	rootName    = "Countersign embedded demonstration root CA"
	issuingName = "Countersign embedded demonstration issuing CA"
)

// CA lifetimes. The issuing CA outlives any certificate that a profile may ask for.
const (
	rootYears    = 10
	issuingYears = 5
)

// backdate makes certificates valid a little before they are made: the clocks of
// the boxes that check them run late more often than early.
const backdate = 5 * time.Minute

// CA signs in-process. It is safe for concurrent use, also by several processes on
// one directory.
type CA struct {
	dir     string
	now     func() time.Time
	root    *x509.Certificate
	issuing *x509.Certificate
	key     crypto.Signer // of issuing; stays in memory, as with any CA that answers at once
}

// openCA reads the CA, or makes it whole in one file: a killed first run leaves none.
func openCA(b *box, dir string, now func() time.Time) (*CA, error) {
	path := filepath.Join(dir, caFile)
	if _, err := os.Lstat(path); err != nil {
		text, err := makeCA(now())
		if err != nil {
			return nil, err
		}
		defer clear(text)
		if err := b.keep(path, text); err != nil {
			return nil, err
		}
	}
	text, err := b.open(path)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return parseCA(text, dir, now)
}

// makeCA gives, in PEM: root certificate, root key, issuing certificate, issuing key.
func makeCA(now time.Time) ([]byte, error) {
	// RSA, because every product and release in the catalogue takes a chain of it; with
	// PKCS #1 v1.5, whose signatures are deterministic: see Issue.
	var keys [2]*rsa.PrivateKey
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, err
		}
		defer forget(key)
		keys[i] = key
	}
	root := caTemplate(rootName, now, rootYears)
	root.MaxPathLen = 2
	issuing := caTemplate(issuingName, now, issuingYears)
	issuing.MaxPathLen = 1 // CAPF and CMS dbca certificates are CAs themselves
	var text []byte
	parent := root
	for i, template := range []*x509.Certificate{root, issuing} {
		if err := identify(template, keys[i].Public()); err != nil {
			return nil, err
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, keys[i].Public(), keys[0])
		if err != nil {
			return nil, err
		}
		parent, err = x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		key, err := keyPEM(keys[i])
		if err != nil {
			return nil, err
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
		text = append(text, key...)
		clear(key)
	}
	return text, nil
}

func caTemplate(name string, now time.Time, years int) *x509.Certificate {
	from := now.UTC().Add(-backdate).Truncate(time.Second)
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             from,
		NotAfter:              from.AddDate(years, 0, 0).Add(-time.Second),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
		SignatureAlgorithm:    x509.SHA256WithRSA,
	}
}

// identify gives a certificate its serial number and subject key identifier.
func identify(c *x509.Certificate, public any) error {
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(spki, &info); err != nil {
		return err
	}
	sum := sha256.Sum256(info.Key.Bytes)
	c.SubjectKeyId = sum[:20] // RFC 7093 section 2, method 1
	if c.SerialNumber == nil {
		c.SerialNumber = newSerial()
	}
	return nil
}

// newSerial gives a random serial number of exactly 128 bits: positive and never
// short (CA/B Forum BR 7.1 asks for 64 random bits, RFC 5280 4.1.2.2 for at most 20 octets).
func newSerial() *big.Int {
	raw := make([]byte, 16)
	rand.Read(raw) //nolint:errcheck // crypto/rand.Read never fails (package documentation)
	raw[0] = raw[0]&0x7f | 0x40
	return new(big.Int).SetBytes(raw)
}

func parseCA(text []byte, dir string, now func() time.Time) (*CA, error) {
	damaged := vault.Refuse(nil, "vault.sealed.unreadable", "File", caFile)
	var list []*x509.Certificate
	var key crypto.Signer
	for rest := text; len(bytes.TrimSpace(rest)) > 0; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, damaged
		}
		switch block.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, damaged
			}
			list = append(list, c)
		case "PRIVATE KEY":
			if len(list) < 2 { // the root's: needed for nothing but a new issuing CA
				clear(block.Bytes)
				continue
			}
			k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			clear(block.Bytes)
			if err != nil {
				return nil, damaged
			}
			key, _ = k.(crypto.Signer)
		}
	}
	if len(list) != 2 || key == nil {
		return nil, damaged
	}
	return &CA{dir: dir, now: now, root: list[0], issuing: list[1], key: key}, nil
}

// RootPEM gives the root certificate: what a box has to trust.
func (a *CA) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})
}
