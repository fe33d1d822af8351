package keys

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// shortestKey is a key of any kind, cut off, in bytes.
const shortestKey = 14

// openSSH begins the private keys of OpenSSH (PROTOCOL.key), blobs those of Windows: PVK,
// and PRIVATEKEYBLOB of wincrypt.h.
var (
	openSSH = []byte("openssh-key-v1\x00")
	blobs   = [][]byte{{0x1e, 0xf1, 0xb5, 0xb0}, {7, 2, 0, 0, 0, 0xa4, 0, 0, 'R', 'S', 'A', '2'}, {7, 2, 0, 0, 0, 0x24, 0, 0, 'R', 'S', 'A', '2'}}
)

// structure finds a private key in bytes, anywhere in them.
func structure(b []byte) (from, to int, ok bool) {
	for at := 0; ; at++ {
		i := bytes.IndexByte(b[at:], 0x30)
		if i < 0 {
			break
		}
		at += i
		if privateDER(b[at:]) {
			content, rest, _ := element(b[at:], 0x30)
			end := len(b) - len(rest)
			if len(content) == 0 {
				end = len(b)
			}
			return at, end, true
		}
	}
	if i := bytes.Index(b, openSSH); i >= 0 {
		return i, i + openSSHLength(b[i:]), true
	}
	for _, m := range blobs {
		if i := bytes.Index(b, m); i >= 0 && i < 16 {
			return i, len(b), true
		}
	}
	return 0, 0, false
}

// openSSHLength is how long the file of OpenSSH is that b begins with: three strings, how
// many keys, so many public ones, and the private ones together.
func openSSHLength(b []byte) int {
	at := len(openSSH)
	for part := range 5 {
		if part == 3 {
			at += 4 // how many keys: one
		}
		if at+4 > len(b) {
			return len(b)
		}
		at += 4 + int(binary.BigEndian.Uint32(b[at:]))
	}
	return min(at, len(b))
}

// privateDER reports whether b begins a private key: PKCS #1 (RFC 8017), SEC 1 (RFC 5915),
// PKCS #8 and its encrypted form (RFC 5958), PKCS #12 (RFC 7292), which is there to hold
// keys, or an entry of a Java key store. The beginning is enough: a key that is cut off
// is still half a key.
func privateDER(b []byte) bool {
	content, _, ok := element(b, 0x30)
	if !ok || len(content) < 8 {
		return false
	}
	if content[0] == 0x30 {
		return encrypted(content)
	}
	if content[0] != 0x02 || content[1] != 1 {
		return false
	}
	version, rest := content[2], content[3:]
	switch {
	case version == 3 && rest[0] == 0x30: // PFX: then a ContentInfo of PKCS #7
		info, _, ok := element(rest, 0x30)
		return ok && bytes.HasPrefix(info, []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7})
	case version > 1:
		return false
	case rest[0] == 0x30:
		return pkcs8(rest)
	case rest[0] == 0x02: // PKCS #1 and DSA: then a long number, and at least as much again
		length, head, ok := lengthOf(rest)
		if all := whole(b); !ok || length < 48 || all >= 0 && all < 2*length || len(rest) <= head+1 {
			return false
		}
		return rest[head] == 0 && rest[head+1] >= 0x80 || rest[head] > 0 && rest[head] < 0x80
	case rest[0] == 0x04: // SEC 1: a scalar, and then a curve or a point or nothing
		length, head, ok := lengthOf(rest)
		if version != 1 || !ok || length < 16 || length > 72 {
			return false
		}
		after := rest[min(len(rest), head+length):]
		return len(after) == 0 || after[0]&0xfe == 0xa0 || whole(b) == 3+head+length ||
			whole(b) > length && (length == 32 || length == 48 || length == 66) // the rest may be damaged
	}
	return false
}

// whole is the length that an element says its content has.
func whole(b []byte) int { n, _, _ := lengthOf(b); return n }

// keyAlgorithms name keys and not also signatures: RSA, OAEP, EC, DSA, DH, X25519, X448.
var keyAlgorithms = [][]byte{
	{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1}, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 7}, {0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1},
	{0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1}, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1}, {0x2b, 0x65, 0x6e}, {0x2b, 0x65, 0x6f},
}

// pkcs8 reads what follows the version: an algorithm, then the key as an octet string. A
// certificate or a CRL of the first version has a name there, a request a name first.
func pkcs8(b []byte) bool {
	alg, after, ok := element(b, 0x30)
	if !ok {
		return false
	}
	oid, _, ok := element(alg, 0x06)
	if !ok || len(oid) < 3 {
		return false
	}
	if len(after) > 0 {
		return after[0] == 0x04
	}
	return slices.ContainsFunc(keyAlgorithms, func(known []byte) bool { // cut off before the key
		return bytes.HasPrefix(known, oid) || bytes.HasPrefix(oid, known)
	})
}

// encrypted reads EncryptedPrivateKeyInfo: a scheme of PKCS #5 or #12, or the one of Java
// key stores, then an octet string.
func encrypted(content []byte) bool {
	alg, after, ok := element(content, 0x30)
	if !ok || len(after) > 0 && after[0] != 0x04 {
		return false
	}
	oid, _, ok := element(alg, 0x06)
	if !ok {
		return false
	}
	pkcs := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1}
	switch {
	case len(oid) == 9 && bytes.HasPrefix(oid, append(pkcs, 5)):
		return oid[8] != 12 // PBKDF2 by itself encrypts nothing
	case bytes.HasPrefix(oid, append(pkcs, 12, 1)):
		return true
	}
	return bytes.HasPrefix(oid, []byte{0x2b, 6, 1, 4, 1, 0x2a, 2, 0x11, 1}) || bytes.HasPrefix(oid, []byte{0x2b, 6, 1, 4, 1, 0x2a, 2, 0x13})
}

// lengthOf reads the length of an element (X.690, section 8.1.3) and where its content
// begins; -1 is the indefinite form.
func lengthOf(b []byte) (length, head int, ok bool) {
	if len(b) < 2 {
		return 0, 0, false
	}
	n := int(b[1])
	switch {
	case n < 0x80:
		return n, 2, true
	case n == 0x80:
		return -1, 2, true
	case n > 0x83 || len(b) < 2+n&0x7f:
		return 0, 0, false
	}
	for _, c := range b[2 : 2+n&0x7f] {
		length = length<<8 | int(c)
	}
	return length, 2 + n&0x7f, true
}

// element gives what is there of the content of an element with tag, and what follows.
func element(b []byte, tag byte) (content, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != tag {
		return nil, nil, false
	}
	length, head, ok := lengthOf(b)
	if !ok || length == 0 {
		return nil, nil, false
	}
	if length < 0 || head+length > len(b) {
		return b[head:], nil, true
	}
	return b[head : head+length], b[head+length:], true
}

// pgpSecret gives the length of the secret key packet of OpenPGP that b begins with (RFC
// 9580, sections 4.2 and 5.5.1.3): tag 5 or 7, a version, a time, a known algorithm and a
// plausible first number; 0 if it is none.
func pgpSecret(b []byte) int {
	if len(b) < 16 {
		return 0
	}
	head, length := 0, len(b)
	switch c := b[0]; {
	case c&0xfc == 0x94 || c&0xfc == 0x9c: // the old form: the length takes 1, 2 or 4 bytes
		switch c & 3 {
		case 0:
			head, length = 2, int(b[1])
		case 1:
			head, length = 3, int(binary.BigEndian.Uint16(b[1:]))
		case 2:
			head, length = 5, int(binary.BigEndian.Uint32(b[1:]))
		default:
			head = 1
		}
	case c == 0xc5 || c == 0xc7:
		switch n := int(b[1]); {
		case n < 192:
			head, length = 2, n
		case n < 224:
			head, length = 3, (n-192)<<8+int(b[2])+192
		case n == 255:
			head, length = 6, int(binary.BigEndian.Uint32(b[2:]))
		}
	}
	if head == 0 || length < 16 || b[head] < 3 || b[head] > 6 || b[head+1] < 0x20 || b[head+1] > 0x90 { // made from 1987 to 2046
		return 0
	}
	alg, first := b[head+5], binary.BigEndian.Uint16(b[head+6:])
	known := false
	switch alg {
	case 1, 2, 3, 16, 17: // RSA, Elgamal, DSA: a number of so many bits
		known = first >= 512 && first <= 16384 && b[head+8]>>((first-1)%8) == 1
	case 18, 19, 22: // elliptic curves: the length of an OID
		known = b[head+6] >= 3 && b[head+6] <= 12 && (b[head+7] == 0x2a || b[head+7] == 0x2b)
	case 25, 26, 27, 28: // X25519, X448, Ed25519, Ed448: so many bytes, then how the secret is locked
		at := head + 6 + []int{32, 56, 32, 57}[alg-25]
		if b[head] == 6 { // with their length before them
			at += 4
		}
		known = b[head] != 3 && at < len(b) && (b[at] == 0 || b[at] >= 253)
	}
	if !known {
		return 0
	}
	return min(len(b), head+length)
}
