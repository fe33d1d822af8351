package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strconv"
)

var keySizes = map[string][]int{"rsa": {2048, 3072, 4096}, "ecdsa": {256, 384, 521}}

// maxBits bounds the keys that are computed with: the time of a verification grows
// with the cube of the length. No product takes keys of more than 8192 bits.
const maxBits = 16384

func huge(pub any) bool { return KeyOf(pub).Size > maxBits }

func knownKey(k Key) bool { return slices.Contains(keySizes[k.Type], k.Size) }

// String writes a key as people do: RSA 4096, ECDSA P-256.
func (k Key) String() string {
	switch k.Type {
	case "rsa":
		return "RSA " + strconv.Itoa(k.Size)
	case "ecdsa":
		return "ECDSA P-" + strconv.Itoa(k.Size)
	}
	return k.Type
}

// GenerateKey makes a key pair. It fails for a kind that no profile takes. RSA keys
// of 4096 bits take about a second of one core.
func GenerateKey(rand io.Reader, k Key) (crypto.Signer, error) {
	if !knownKey(k) {
		return nil, fmt.Errorf("certs: no key of type %q and size %d; take RSA 2048, 3072, 4096 or ECDSA 256, 384, 521", k.Type, k.Size)
	}
	if k.Type == "rsa" {
		return rsa.GenerateKey(rand, k.Size)
	}
	curve := map[int]elliptic.Curve{256: elliptic.P256(), 384: elliptic.P384(), 521: elliptic.P521()}[k.Size]
	return ecdsa.GenerateKey(curve, rand)
}

// KeyOf tells the kind of a public key. Type is empty for kinds other than RSA and
// ECDSA.
func KeyOf(pub any) Key {
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		return Key{Type: "rsa", Size: pub.N.BitLen()}
	case *ecdsa.PublicKey:
		return Key{Type: "ecdsa", Size: pub.Curve.Params().BitSize}
	}
	return Key{}
}

// weakness names what is wrong with a public key, as the last part of a catalogue
// key: small, huge, exponent, modulus, fermat, curve, kind. It is empty for a sound key.
func weakness(pub any) string {
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		switch {
		case huge(pub):
			return "huge"
		case pub.N.BitLen() < 2048: // CA/B Forum BR 6.1.5
			return "small"
		case pub.N.BitLen()%8 != 0:
			return "modulus"
		case pub.E < 3 || pub.E%2 == 0: // CA/B Forum BR 6.1.6
			return "exponent"
		case smallFactor(pub.N):
			return "modulus"
		case closePrimes(pub.N):
			return "fermat"
		}
		return ""
	case *ecdsa.PublicKey:
		if !knownKey(KeyOf(pub)) {
			return "curve"
		}
		return ""
	}
	return "kind"
}

// primorial is the product of the odd primes below 752 (CA/B Forum BR 6.1.6).
var primorial = func() *big.Int {
	product := big.NewInt(1)
	for n := int64(3); n < 752; n += 2 {
		if big.NewInt(n).ProbablyPrime(0) {
			product.Mul(product, big.NewInt(n))
		}
	}
	return product
}()

func smallFactor(n *big.Int) bool {
	if n.Bit(0) == 0 {
		return true
	}
	return new(big.Int).GCD(nil, nil, n, primorial).Cmp(big.NewInt(1)) != 0
}

// closePrimes tries 100 rounds of Fermat's factorisation, as CA/B Forum BR 6.1.1.3
// asks of CAs.
func closePrimes(n *big.Int) bool {
	a := new(big.Int).Sqrt(n)
	one := big.NewInt(1)
	square, root := new(big.Int), new(big.Int)
	for range 100 {
		a.Add(a, one)
		square.Sub(square.Mul(a, a), n)
		if root.Sqrt(square); new(big.Int).Mul(root, root).Cmp(square) == 0 {
			return true
		}
	}
	return false
}
