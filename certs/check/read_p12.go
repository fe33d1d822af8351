package check

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"math/big"

	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// pkcs12 opens a PFX (RFC 7292) with each password offered, the empty one last. Our
// own walk takes files without a key, with several, and with bags that the library
// refuses; the library takes what is encrypted with RC2.
func (r *reader) pkcs12(der []byte, at Place, depth int) {
	if depth >= r.limits.Depth {
		r.note("read.too-deep", certs.Error, at)
		return
	}
	visible, ok := p12Rounds(der, 64)
	if !ok {
		r.note("read.damaged", certs.Error, at, "Label", "PKCS12", "Detail", "structure is broken")
		return
	}
	wrong := false
	for _, password := range append(r.opts.Passwords, "") {
		if visible > r.rounds {
			r.note("read.too-costly", certs.Error, at)
			return
		}
		w := &p12Walk{password: password, rounds: &r.rounds}
		err := w.pfx(der)
		if errors.Is(err, errScheme) {
			r.rounds -= visible
			w.chain, w.keys, err = openP12(der, password)
		}
		switch {
		case err == nil:
			r.p12Contents(w.chain, w.keys, at)
			return
		case errors.Is(err, errTooCostly):
			r.note("read.too-costly", certs.Error, at)
			return
		case errors.Is(err, errPassword), errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
			wrong = true
		}
	}
	switch {
	case !wrong:
		r.note("read.p12-unsupported", certs.Error, at)
	case len(r.opts.Passwords) == 0:
		r.note("read.p12-password", certs.Error, at)
	default:
		r.note("read.p12-wrong-password", certs.Error, at)
	}
}

// p12Contents adds what was in a PFX, certificates first.
func (r *reader) p12Contents(chain [][]byte, keys []crypto.PublicKey, at Place) {
	for _, c := range chain {
		switch shapeOf(c) {
		case shapeCertificate:
			r.certificate(c, at)
		case shapeCRL:
			r.crl(c, at)
		default:
			r.note("read.damaged", certs.Error, at, "Label", "PKCS12", "Detail", "structure is broken")
		}
	}
	for _, pub := range keys {
		it := &Item{Kind: PrivateKey, Place: at, Public: pub}
		if pub != nil {
			it.SPKI = spkiOf(pub)
		}
		r.add(it)
	}
}

// openP12 lets the library open what the walk cannot.
func openP12(der []byte, password string) (chain [][]byte, keys []crypto.PublicKey, err error) {
	key, leaf, cas, err := pkcs12.DecodeChain(der, password)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range append([]*x509.Certificate{leaf}, cas...) {
		chain = append(chain, c.Raw)
	}
	return chain, []crypto.PublicKey{reduce(key)}, nil
}

// reduce gives the public half of a key that a library returned and wipes the rest
// as far as Go allows: the numbers, not what the library precomputed from them.
func reduce(key any) crypto.PublicKey {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		pub := &rsa.PublicKey{N: k.N, E: k.E}
		wipe(k.D) //nolint:staticcheck // SA1019: there is no other way to wipe the scalar
		for _, p := range k.Primes {
			wipe(p)
		}
		wipe(k.Precomputed.Dp)
		wipe(k.Precomputed.Dq)
		wipe(k.Precomputed.Qinv)
		return pub
	case *ecdsa.PrivateKey:
		pub := k.PublicKey
		wipe(k.D) //nolint:staticcheck // SA1019: there is no other way to wipe the scalar
		return &pub
	case ed25519.PrivateKey:
		pub := append(ed25519.PublicKey(nil), k[ed25519.SeedSize:]...)
		clear(k)
		return pub
	}
	return nil
}

func wipe(n *big.Int) {
	if n != nil {
		clear(n.Bits())
	}
}

// p12Rounds adds up the key derivation rounds that a PFX asks for where they can be
// seen without its password, so that a hostile file is refused before it costs
// anything. A count is an INTEGER right after a salt, an OCTET STRING (RFC 7292
// section 4, RFC 8018 appendix A.2). ok is false when it nests too deep.
func p12Rounds(der []byte, depth int) (total int, ok bool) {
	if depth == 0 {
		return 0, false
	}
	in := cryptobyte.String(der)
	salt := false
	for !in.Empty() {
		var v cryptobyte.String
		var tag cbasn1.Tag
		if !in.ReadAnyASN1(&v, &tag) {
			return total, true
		}
		n := 0
		switch {
		case tag == cbasn1.INTEGER && salt:
			n = 1 << 40
			if len(v) <= 5 {
				n = int(new(big.Int).SetBytes(v).Int64())
			}
		case uint8(tag)&0x20 != 0, tag == cbasn1.OCTET_STRING && len(v) > 64 && v[0] == 0x30:
			if n, ok = p12Rounds(v, depth-1); !ok {
				return 0, false
			}
		}
		salt = tag == cbasn1.OCTET_STRING
		if total += n; total > 1<<41 {
			return total, true
		}
	}
	return total, true
}
