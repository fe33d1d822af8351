package hashicorp

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
)

// signer signs with an ECDSA P-256 key of Transit that Countersign has for itself.
type signer struct {
	session *Session
	at      place
	public  *ecdsa.PublicKey
}

// AccountKey gives the key that names Countersign at an ACME authority. It stays in
// Transit, where deploy/vault/setup.sh has made it.
func (c *Custody) AccountKey(ctx context.Context) (crypto.Signer, error) {
	answer, err := c.Writer.call(ctx, read(c.at("keys", "countersign-acme")))
	if err != nil {
		return nil, fmt.Errorf("ACME account key: %w", err)
	}
	versions, _ := answer.Data["keys"].(map[string]any)
	first, _ := versions["1"].(map[string]any)
	written, _ := first["public_key"].(string)
	block, _ := pem.Decode([]byte(written))
	if block == nil {
		return nil, errors.New("ACME account key: vault gave none")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("ACME account key: %w", err)
	}
	public, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("ACME account key: not of type ecdsa-p256")
	}
	return &signer{c.Writer, c.at("sign", "countersign-acme", "sha2-256"), public}, nil
}

// Public is the public key.
func (s *signer) Public() crypto.PublicKey { return s.public }

// Sign has Transit sign a SHA-256 digest.
func (s *signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts.HashFunc() != crypto.SHA256 {
		return nil, errors.New("vault: this key signs SHA-256 only")
	}
	answer, err := s.session.call(context.Background(), write(s.at, map[string]any{"input": base64.StdEncoding.EncodeToString(digest),
		"prehashed": true, "marshaling_algorithm": "asn1", "key_version": 1}))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	_, written, _ := strings.Cut(strings.TrimPrefix(text(answer, "signature"), "vault:"), ":")
	return base64.StdEncoding.DecodeString(written)
}
