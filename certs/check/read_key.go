package check

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"

	"countersign/certs"
)

func (r *reader) publicKey(der []byte, at Place) {
	it := &Item{Kind: PublicKey, Place: at, DER: der, SPKI: der}
	if _, err := x509.ParsePKIXPublicKey(der); err != nil {
		r.refuse(it, "PUBLIC KEY", err)
	}
	it.Public = publicKeyOf(der)
	r.add(it)
}

// privateKey keeps the public half only. Whoever made der wipes it: Read for what it
// decoded, the caller for what it handed in.
func (r *reader) privateKey(der []byte, at Place) {
	it := &Item{Kind: PrivateKey, Place: at}
	pub, err := publicOf(der)
	if err != nil {
		it.Refused = "not an RSA, ECDSA or Ed25519 key"
		r.note("read.key-unknown", certs.Error, at)
	} else {
		it.Public, it.SPKI = pub, spkiOf(pub)
	}
	r.add(it)
}

func (r *reader) encryptedKey(der []byte, at Place) {
	r.unlock(at, func(password string) ([]byte, error) { return openPKCS8(der, password, &r.rounds) })
}

// unlock adds a private key that opens with one of the passwords, or the news that none does.
func (r *reader) unlock(at Place, open func(password string) ([]byte, error)) {
	it := &Item{Kind: PrivateKey, Place: at, Encrypted: true}
	for _, password := range append(r.opts.Passwords, "") {
		plain, err := open(password)
		if errors.Is(err, errTooCostly) {
			r.note("read.too-costly", certs.Error, at)
			break
		}
		if err != nil {
			continue
		}
		pub, err := publicOf(plain)
		clear(plain)
		if err == nil {
			it.Encrypted, it.Public, it.SPKI = false, pub, spkiOf(pub)
			break
		}
	}
	if it.Encrypted {
		r.note("read.key-encrypted", certs.Warning, at)
	}
	r.add(it)
}

// legacyKey opens the old PEM encryption (RFC 1421 headers), which OpenSSL 1.0 and
// some products still write.
func (r *reader) legacyKey(label, headers string, der []byte, at Place) {
	block := &pem.Block{Type: label, Bytes: der, Headers: map[string]string{}}
	for _, line := range strings.Split(headers, "\n") {
		if k, v, ok := strings.Cut(line, ":"); ok {
			block.Headers[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
	}
	r.unlock(at, func(password string) ([]byte, error) {
		return x509.DecryptPEMBlock(block, []byte(password)) //nolint:staticcheck // reading what exists
	})
}
