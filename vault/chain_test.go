package vault_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"countersign/vault"
)

// FuzzChain: what is taken for a chain is certificates to the byte, and written out
// again it is the same chain.
func FuzzChain(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		f.Fatal(err)
	}
	one := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	for _, seed := range []string{"", one, one + one, "x" + one, one + "-----BEGIN", strings.ReplaceAll(one, "CERTIFICATE", "PRIVATE KEY"), strings.ReplaceAll(one, "\n", "\r\n")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		chain, err := vault.ParseChain(text)
		if err != nil {
			return
		}
		again, err := vault.ParseChain(vault.ChainPEM(chain))
		if err != nil || !bytes.Equal(again.Leaf, chain.Leaf) || len(again.Chain) != len(chain.Chain) {
			t.Fatalf("another chain: %v", err)
		}
		for _, der := range append([][]byte{chain.Leaf}, chain.Chain...) {
			if _, err := x509.ParseCertificate(der); err != nil {
				t.Fatal(err)
			}
		}
	})
}
