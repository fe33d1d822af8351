package check

import (
	"cmp"
	"crypto"
	"crypto/dsa" //nolint:staticcheck // recognised so that it can be refused by name
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"math/big"
	"strconv"

	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Key describes a public key for people.
type Key struct {
	Type string `json:"type"`           // rsa, ecdsa, ed25519, dsa, x25519, or an OID
	Size int    `json:"size,omitempty"` // bits
	SPKI string `json:"spki_sha256,omitempty"`
}

// String is "RSA 2048", "ECDSA P-256".
func (k Key) String() string {
	switch k.Type {
	case "dsa":
		return "DSA " + strconv.Itoa(k.Size)
	case "ed25519":
		return "Ed25519"
	}
	return certs.Key{Type: k.Type, Size: k.Size}.String()
}

func keyOf(pub crypto.PublicKey, spki []byte) Key {
	k := Key{SPKI: fingerprint(spki)}
	switch p := pub.(type) {
	case *rsa.PublicKey:
		k.Type, k.Size = "rsa", p.N.BitLen()
	case *ecdsa.PublicKey:
		k.Type, k.Size = "ecdsa", p.Curve.Params().BitSize
	case ed25519.PublicKey:
		k.Type, k.Size = "ed25519", 256
	case *dsa.PublicKey:
		k.Type, k.Size = "dsa", p.P.BitLen()
	case *ecdh.PublicKey:
		k.Type, k.Size = "x25519", 256
	default:
		k.Type = cmp.Or(spkiAlgorithm(spki), "unknown")
	}
	return k
}

// fingerprint is the SHA-256 in lower-case hex; "" of nothing.
func fingerprint(der []byte) string {
	if len(der) == 0 {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

func spkiAlgorithm(spki []byte) string {
	seq, _ := sequence(spki)
	alg, _ := sequence(seq)
	oid, _ := readOID(&alg)
	return oid
}

var errKey = errors.New("not a private key of a known kind")

// publicOf takes the public half out of a private key in DER without building the
// private one: PKCS #8 (RFC 5958), PKCS #1 (RFC 8017 appendix A.1.2) or SEC 1
// (RFC 5915). The library's own parsers would leave copies of the secret behind.
func publicOf(der []byte) (crypto.PublicKey, error) {
	var version int
	seq, ok := sequence(der)
	if !ok || !seq.ReadASN1Integer(&version) {
		return nil, errKey
	}
	switch {
	case seq.PeekASN1Tag(cbasn1.SEQUENCE):
		return publicOfPKCS8(seq)
	case seq.PeekASN1Tag(cbasn1.INTEGER):
		return publicOfPKCS1(seq)
	case seq.PeekASN1Tag(cbasn1.OCTET_STRING):
		return publicOfSEC1(seq, nil)
	}
	return nil, errKey
}

func publicOfPKCS8(seq cryptobyte.String) (crypto.PublicKey, error) {
	var alg, key cryptobyte.String
	if !seq.ReadASN1(&alg, cbasn1.SEQUENCE) || !seq.ReadASN1(&key, cbasn1.OCTET_STRING) {
		return nil, errKey
	}
	oid, ok := readOID(&alg)
	if !ok {
		return nil, errKey
	}
	var version int
	inner, whole := sequence(key)
	whole = whole && inner.ReadASN1Integer(&version)
	switch oid {
	case "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10":
		if whole {
			return publicOfPKCS1(inner)
		}
	case "1.2.840.10045.2.1":
		if whole {
			return publicOfSEC1(inner, curveOf(&alg))
		}
	case "1.3.101.112":
		if !key.ReadASN1(&inner, cbasn1.OCTET_STRING) || len(inner) != ed25519.SeedSize {
			return nil, errKey
		}
		private := ed25519.NewKeyFromSeed(inner)
		public := append(ed25519.PublicKey(nil), private[ed25519.SeedSize:]...)
		clear(private)
		return public, nil
	}
	return nil, errKey
}

func publicOfPKCS1(seq cryptobyte.String) (crypto.PublicKey, error) {
	n := new(big.Int)
	var e int
	if !seq.ReadASN1Integer(n) || !seq.ReadASN1Integer(&e) || n.Sign() <= 0 || n.BitLen() < 256 || n.BitLen() > 1<<15 || e < 2 {
		return nil, errKey
	}
	return &rsa.PublicKey{N: n, E: e}, nil
}

func publicOfSEC1(seq cryptobyte.String, curve elliptic.Curve) (crypto.PublicKey, error) {
	var scalar, params, public cryptobyte.String
	var has bool
	if !seq.ReadASN1(&scalar, cbasn1.OCTET_STRING) ||
		!seq.ReadOptionalASN1(&params, &has, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return nil, errKey
	}
	if has {
		curve = curveOf(&params)
	}
	if curve == nil {
		return nil, errKey
	}
	var hasPublic bool
	if seq.ReadOptionalASN1(&public, &hasPublic, cbasn1.Tag(1).Constructed().ContextSpecific()) && hasPublic {
		var point []byte
		if public.ReadASN1BitStringAsBytes(&point) {
			if p, err := ecdsa.ParseUncompressedPublicKey(curve, point); err == nil {
				return p, nil
			}
		}
	}
	return publicOfScalar(curve, scalar)
}

func publicOfScalar(curve elliptic.Curve, scalar []byte) (crypto.PublicKey, error) {
	size := (curve.Params().BitSize + 7) / 8
	if len(scalar) > size {
		return nil, errKey
	}
	padded := make([]byte, size)
	copy(padded[size-len(scalar):], scalar)
	defer clear(padded)
	ec := map[elliptic.Curve]ecdh.Curve{elliptic.P256(): ecdh.P256(), elliptic.P384(): ecdh.P384(), elliptic.P521(): ecdh.P521()}[curve]
	if ec == nil {
		return nil, errKey
	}
	private, err := ec.NewPrivateKey(padded)
	if err != nil {
		return nil, errKey // the library's error could quote the scalar's length only, but nothing is gained by it
	}
	return ecdsa.ParseUncompressedPublicKey(curve, private.PublicKey().Bytes())
}

func curveOf(s *cryptobyte.String) elliptic.Curve {
	oid, _ := readOID(s)
	return map[string]elliptic.Curve{"1.2.840.10045.3.1.7": elliptic.P256(), "1.3.132.0.34": elliptic.P384(),
		"1.3.132.0.35": elliptic.P521(), "1.3.132.0.33": elliptic.P224()}[oid]
}

func spkiOf(pub crypto.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil
	}
	return der
}

// publicKeyOf gives nil for what does not parse. The library gives a nil pointer in a
// non-nil interface there, together with its error.
func publicKeyOf(spki []byte) crypto.PublicKey {
	pub, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil
	}
	return pub
}
