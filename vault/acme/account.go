package acme

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mholt/acmez/v3/acme"

	"countersign/vault"
)

// join gives the account, made at the authority if it has none for our key.
func (i *Issuer) join(ctx context.Context) (acme.Account, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.account != nil {
		return *i.account, nil
	}
	key, err := i.options.AccountKey(ctx)
	if err != nil {
		return acme.Account{}, err
	}
	account := acme.Account{TermsOfServiceAgreed: true, PrivateKey: key}
	if i.options.Contact != "" {
		account.Contact = []string{"mailto:" + i.options.Contact}
	}
	if i.options.EABKeyID != "" {
		eab := acme.EAB{KeyID: i.options.EABKeyID, MACKey: i.eabKey}
		if err := account.SetExternalAccountBinding(ctx, i.client, eab); err != nil {
			return acme.Account{}, err
		}
	}
	made, err := i.client.NewAccount(ctx, account)
	if err != nil {
		return acme.Account{}, err
	}
	i.account = &made
	return made, nil
}

// FileKey reads the key that names an account from a file, and makes it the first time.
// It signs no certificate.
func FileKey(file string) (crypto.Signer, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(file); err == nil {
			raw, err = os.ReadFile(file)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("account key: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("account key: %s is no key in PEM", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if ec, ok := key.(*ecdsa.PrivateKey); ok && err == nil {
		return ec, nil
	}
	return nil, fmt.Errorf("account key: %s is no ECDSA key in PKCS #8", file)
}

// makeKey makes one in file; of two at once, one is kept.
func makeKey(file string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	_, err = vault.WriteOnce(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return err
}
