package check

import (
	"bytes"
	"crypto"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// p12Walk collects what a PFX holds (RFC 7292 section 4). Keys are reduced to their
// public half at once. The MAC is not checked: nothing is trusted for being in there.
type p12Walk struct {
	password string
	rounds   *int
	chain    [][]byte // certificates and CRLs in DER
	keys     []crypto.PublicKey
}

// Bag types, RFC 7292 section 4.2.
const (
	oidBags     = "1.2.840.113549.1.12.10.1."
	oidKeyBag   = oidBags + "1"
	oidShrouded = oidBags + "2"
	oidCertBag  = oidBags + "3"
	oidCRLBag   = oidBags + "4"
	oidSafeBag  = oidBags + "6"
)

// maxBags bounds bags within bags.
const maxBags = 8

func (w *p12Walk) pfx(der []byte) error {
	in := cryptobyte.String(der)
	var pfx, info, content, safe, list cryptobyte.String
	if !in.ReadASN1(&pfx, cbasn1.SEQUENCE) || !pfx.SkipASN1(cbasn1.INTEGER) || !pfx.ReadASN1(&info, cbasn1.SEQUENCE) {
		return errScheme
	}
	if oid, _ := readOID(&info); oid != oidData || !info.ReadASN1(&content, contextZero) ||
		!content.ReadASN1(&safe, cbasn1.OCTET_STRING) || !safe.ReadASN1(&list, cbasn1.SEQUENCE) {
		return errScheme
	}
	for !list.Empty() {
		var element cryptobyte.String
		if !list.ReadASN1(&element, cbasn1.SEQUENCE) {
			return errScheme
		}
		if err := w.part(element); err != nil {
			return err
		}
	}
	return nil
}

// part is one ContentInfo of the AuthenticatedSafe.
func (w *p12Walk) part(info cryptobyte.String) error {
	var content, body cryptobyte.String
	oid, _ := readOID(&info)
	if !info.ReadASN1(&content, contextZero) {
		return errScheme
	}
	switch oid {
	case oidData:
		if !content.ReadASN1(&body, cbasn1.OCTET_STRING) {
			return errScheme
		}
		return w.bags(body, maxBags)
	case oidEncrypted:
		var data, encap, alg, encrypted cryptobyte.String
		if !content.ReadASN1(&data, cbasn1.SEQUENCE) || !data.SkipASN1(cbasn1.INTEGER) || !data.ReadASN1(&encap, cbasn1.SEQUENCE) ||
			!encap.SkipASN1(cbasn1.OBJECT_IDENTIFIER) || !encap.ReadASN1(&alg, cbasn1.SEQUENCE) || !encap.ReadASN1(&encrypted, contextZeroPrim) {
			return errScheme
		}
		plain, err := decrypt(alg, encrypted, w.password, w.rounds)
		if err != nil {
			return err
		}
		defer clear(plain) // it may hold keys
		from := len(w.chain)
		if err := w.bags(plain, maxBags); err != nil {
			return errPassword // right padding by chance
		}
		for i := from; i < len(w.chain); i++ {
			w.chain[i] = bytes.Clone(w.chain[i])
		}
		return nil
	}
	return errScheme
}

func (w *p12Walk) bags(safe cryptobyte.String, depth int) error {
	var list cryptobyte.String
	if depth == 0 || !safe.ReadASN1(&list, cbasn1.SEQUENCE) {
		return errScheme
	}
	for !list.Empty() {
		var bag, value cryptobyte.String
		if !list.ReadASN1(&bag, cbasn1.SEQUENCE) {
			return errScheme
		}
		oid, _ := readOID(&bag)
		if !bag.ReadASN1(&value, contextZero) {
			return errScheme
		}
		switch oid {
		case oidCertBag, oidCRLBag:
			var entry, wrapped, der cryptobyte.String
			if !value.ReadASN1(&entry, cbasn1.SEQUENCE) || !entry.SkipASN1(cbasn1.OBJECT_IDENTIFIER) ||
				!entry.ReadASN1(&wrapped, contextZero) || !wrapped.ReadASN1(&der, cbasn1.OCTET_STRING) {
				return errScheme
			}
			w.chain = append(w.chain, der)
		case oidKeyBag:
			w.key(value)
		case oidShrouded:
			plain, err := openPKCS8(value, w.password, w.rounds)
			if err != nil {
				return err
			}
			w.key(plain)
			clear(plain)
		case oidSafeBag:
			if err := w.bags(value, depth-1); err != nil {
				return err
			}
		}
	}
	return nil
}

// key adds a key's public half; nil when it is of a kind that is not known.
func (w *p12Walk) key(pkcs8 []byte) {
	pub, err := publicOf(pkcs8)
	if err != nil {
		pub = nil
	}
	w.keys = append(w.keys, pub)
}
