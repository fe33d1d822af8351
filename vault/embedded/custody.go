package embedded

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"countersign/certs"
	"countersign/vault"
)

const keysDir = "keys"

// Custody keeps keys in encrypted files. It is safe for concurrent use, also by
// several processes on one directory.
type Custody struct {
	box     *box
	dir     string
	command func(token string) string
	now     func() time.Time

	head     sync.Mutex // guards what follows, and the file of the noted head
	headSeen bool       // headLast is what was noted last, as far as we know
	headLast []byte     // nil: nothing
}

func (c *Custody) keyPath(name string) (string, error) {
	return filepath.Join(c.dir, keysDir, name+".age"), vault.CheckKeyName(name)
}

// CreateCSR makes the key called name, once, and gives a CSR (DER) for spec signed
// by it. Called again with the same name and spec it gives the same bytes.
func (c *Custody) CreateCSR(ctx context.Context, name string, spec certs.Spec) ([]byte, error) {
	path, err := c.keyPath(name)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		err = c.makeKey(path, spec.Key)
		if err != nil {
			return nil, told(fmt.Errorf("make key %s: %w", name, err))
		}
	}
	text, err := c.box.open(path)
	if err != nil {
		return nil, told(fmt.Errorf("open key %s: %w", name, err))
	}
	defer clear(text)
	key, err := parseKey(text)
	if err != nil {
		return nil, vault.Refuse(nil, "vault.sealed.unreadable", "File", filepath.Base(path))
	}
	defer forget(key)
	if got := certs.KeyOf(key.Public()); got != spec.Key {
		return nil, vault.Refuse(nil, "vault.key.other", "Name", name, "Have", got.String(), "Want", spec.Key.String())
	}
	return certs.CSR(spec, key)
}

func (c *Custody) makeKey(path string, kind certs.Key) error {
	key, err := certs.GenerateKey(rand.Reader, kind)
	if err != nil {
		return err
	}
	defer forget(key)
	text, err := keyPEM(key)
	if err != nil {
		return err
	}
	defer clear(text)
	// Of two at once, one key is kept and both use it.
	return c.box.keep(path, text)
}

// Destroy removes the key. A key that is not there is no error. A hand-over that is
// still unopened then opens nothing.
func (c *Custody) Destroy(_ context.Context, name string) error {
	path, err := c.keyPath(name)
	if err != nil {
		return err
	}
	if err := gone(os.Remove(path)); err != nil {
		return told(fmt.Errorf("destroy key %s: %w", name, err))
	}
	return told(vault.SyncDir(filepath.Dir(path)))
}

// keyPEM writes key as PKCS #8, what OpenSSL and the Cisco products read. The
// caller clears it.
func keyPEM(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, errors.New("embedded custody: key of a kind that PKCS #8 does not hold")
	}
	defer clear(der)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// parseKey reads what keyPEM wrote. Its error says nothing, lest it quote the key.
func parseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM")
	}
	defer clear(block.Bytes)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("no PKCS #8")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("no signing key")
	}
	return signer, nil
}

// forget overwrites the secret numbers of a key. Copies that the crypto packages
// made for themselves stay until their memory is used again: Go promises no more.
func forget(key crypto.Signer) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		clear(k.D.Bits())
		for _, p := range k.Primes {
			clear(p.Bits())
		}
		clear(k.Precomputed.Dp.Bits())
		clear(k.Precomputed.Dq.Bits())
		clear(k.Precomputed.Qinv.Bits())
	case *ecdsa.PrivateKey:
		clear(k.D.Bits()) //nolint:staticcheck // overwriting is what the field is deprecated for doing by accident
	}
}
