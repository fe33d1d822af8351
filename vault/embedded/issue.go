package embedded

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"path/filepath"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// intent is decided and on disk before anything is signed, so that a process that
// is killed between signing and recording signs the same certificate again, not a
// second one.
type intent struct {
	Asked     string    `json:"asked"` // hash of what was asked for
	Serial    string    `json:"serial"`
	NotBefore time.Time `json:"not_before"`
}

// Files of issuances: what was decided, and the certificate.
const (
	issuedDir = "issued"
	intentExt = ".intent"
	issuedExt = ".der"
)

// Issue signs csr's key with exactly the subject, names, usages and days of spec;
// what the request says of them is not looked at. Asked again with the same key, spec
// and csr it gives the same bytes, also after a crash at any point; with the same key
// and another spec or csr it refuses. It is never pending.
func (a *CA) Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	if key == "" || len(key) > 1000 {
		return certs.Issued{}, false, errors.New("embedded CA: no key to issue under")
	}
	request, err := vault.CheckRequest(spec, csr)
	if err != nil {
		return certs.Issued{}, false, err
	}
	if spec.Days < 1 || spec.Days > rootYears*366 {
		return certs.Issued{}, false, fmt.Errorf("embedded CA: %d days is no lifetime", spec.Days)
	}
	if err := ctx.Err(); err != nil {
		return certs.Issued{}, false, err
	}
	asked, like, err := vault.Asked(spec, csr)
	if err != nil {
		return certs.Issued{}, false, err
	}
	base := a.issuedPath(key)
	i, err := a.intend(base+intentExt, asked)
	if err != nil {
		return certs.Issued{}, false, told(fmt.Errorf("issue: %w", err))
	}
	if i.Asked != asked {
		return certs.Issued{}, false, vault.Refuse(nil, "vault.issue.other")
	}
	leaf, err := readFile(base + issuedExt)
	if errors.Is(err, fs.ErrNotExist) {
		leaf, err = a.sign(i, spec, like, request.PublicKey)
		if err == nil {
			_, err = vault.WriteOnce(base+issuedExt, leaf)
		}
	}
	if err != nil {
		return certs.Issued{}, false, told(fmt.Errorf("issue: %w", err))
	}
	return certs.Issued{Leaf: leaf, Chain: [][]byte{a.issuing.Raw, a.root.Raw}}, false, nil
}

// Find gives the certificate that was signed under key, if there is one, and signs
// nothing.
func (a *CA) Find(_ context.Context, key string, _ certs.Spec, _ []byte) (certs.Issued, bool, error) {
	leaf, err := readFile(a.issuedPath(key) + issuedExt)
	if errors.Is(err, fs.ErrNotExist) {
		return certs.Issued{}, false, nil
	}
	if err != nil {
		return certs.Issued{}, false, told(fmt.Errorf("find: %w", err))
	}
	return certs.Issued{Leaf: leaf, Chain: [][]byte{a.issuing.Raw, a.root.Raw}}, true, nil
}

// issuedPath is where the issuance under key is recorded, without an extension.
func (a *CA) issuedPath(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(a.dir, issuedDir, hex.EncodeToString(sum[:]))
}

// intend gives the one intent at path, made now if there is none.
func (a *CA) intend(path, asked string) (intent, error) {
	raw, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		mine := intent{asked, newSerial().Text(16), a.now().UTC().Add(-backdate).Truncate(time.Second)}
		raw, err = json.Marshal(mine)
		if err != nil {
			return intent{}, err
		}
		if _, err = vault.WriteOnce(path, raw); err != nil {
			return intent{}, err
		}
		raw, err = readFile(path) // that of whoever was first
	}
	if err != nil {
		return intent{}, err
	}
	var i intent
	if err := json.Unmarshal(raw, &i); err != nil {
		return intent{}, fmt.Errorf("damaged %s: %w", filepath.Base(path), err)
	}
	return i, nil
}

// sign makes the certificate that an intent describes, with the names and usages of
// like, for a public key: the same bytes each time.
func (a *CA) sign(i intent, spec certs.Spec, like *x509.CertificateRequest, public any) ([]byte, error) {
	serial, ok := new(big.Int).SetString(i.Serial, 16)
	if !ok {
		return nil, errors.New("damaged serial number")
	}
	template := &x509.Certificate{
		SerialNumber:       serial,
		RawSubject:         like.RawSubject,
		NotBefore:          i.NotBefore,
		NotAfter:           i.NotBefore.Add(time.Duration(spec.Days)*24*time.Hour - time.Second), // notAfter counts (RFC 5280 4.1.2.5)
		SignatureAlgorithm: x509.SHA256WithRSA,
		ExtraExtensions:    like.Extensions,

		BasicConstraintsValid: true, // like.Extensions overrides it for a CA
	}
	if template.NotAfter.After(a.issuing.NotAfter) {
		return nil, vault.Refuse(nil, "vault.ca.ends", "End", a.issuing.NotAfter.Format(time.DateOnly))
	}
	if err := identify(template, public); err != nil {
		return nil, err
	}
	return x509.CreateCertificate(rand.Reader, template, a.issuing, public, a.key)
}
