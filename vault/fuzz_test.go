package vault

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
		chain, err := parseChain(text)
		if err != nil {
			return
		}
		again, err := parseChain(chainPEM(chain))
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

// FuzzAccessor: what is recorded of a hand-over comes back as it was, and nothing
// that could lead elsewhere in Vault is taken for one.
func FuzzAccessor(f *testing.F) {
	for _, seed := range []string{"", "abc@1700000000", "../x@1", "@1", "a@b", "a@1@2", "a?@9", "a@-9223372036854775808"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, recorded string) {
		accessor, _, err := splitAccessor(recorded)
		if err != nil {
			return
		}
		if accessor == "" || strings.ContainsAny(accessor, "/?#%@") || !strings.HasPrefix(recorded, accessor+"@") {
			t.Fatalf("%q gave %q", recorded, accessor)
		}
	})
}
