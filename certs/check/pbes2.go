package check

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // PBES2 with 3DES is still written by old tools
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"hash"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	errPassword  = errors.New("wrong password")
	errScheme    = errors.New("encryption scheme not known")
	errTooCostly = errors.New("too many key derivation rounds")
)

// kdfParams are the parameters of PBKDF2 (RFC 8018 appendix A.2).
type kdfParams struct {
	salt   []byte
	rounds int
	hash   func() hash.Hash
}

// openPKCS8 decrypts an EncryptedPrivateKeyInfo (RFC 5958 section 3). The caller wipes
// what it returns. rounds is the budget of key derivation rounds left and is used up.
func openPKCS8(der []byte, password string, rounds *int) ([]byte, error) {
	var alg, encrypted cryptobyte.String
	seq, ok := sequence(der)
	if !ok || !seq.ReadASN1(&alg, cbasn1.SEQUENCE) || !seq.ReadASN1(&encrypted, cbasn1.OCTET_STRING) {
		return nil, errScheme
	}
	return decrypt(alg, encrypted, password, rounds)
}

// decrypt opens password-based encryption: PBES2 (RFC 8018 section 6.2), or SHA-1
// with 3DES of PKCS #12 (RFC 7292 appendix C). The result starts with a SEQUENCE, as
// everything does that is encrypted this way here; else the password was wrong.
func decrypt(alg cryptobyte.String, encrypted []byte, password string, rounds *int) ([]byte, error) {
	var block cipher.Block
	var iv []byte
	var err error
	oid, _ := readOID(&alg)
	switch oid {
	case "1.2.840.113549.1.5.13":
		block, iv, err = pbes2Cipher(alg, password, rounds)
	case "1.2.840.113549.1.12.1.3":
		block, iv, err = p12Cipher(alg, password, rounds)
	default:
		err = errScheme
	}
	if err != nil {
		return nil, err
	}
	if len(iv) != block.BlockSize() || len(encrypted) == 0 || len(encrypted)%block.BlockSize() != 0 {
		return nil, errScheme
	}
	plain := make([]byte, len(encrypted))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, encrypted)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > block.BlockSize() || plain[0] != 0x30 {
		clear(plain)
		return nil, errPassword
	}
	return plain[:len(plain)-pad], nil
}

func pbes2Cipher(alg cryptobyte.String, password string, rounds *int) (cipher.Block, []byte, error) {
	var params, kdf, scheme cryptobyte.String
	if !alg.ReadASN1(&params, cbasn1.SEQUENCE) || !params.ReadASN1(&kdf, cbasn1.SEQUENCE) || !params.ReadASN1(&scheme, cbasn1.SEQUENCE) {
		return nil, nil, errScheme
	}
	k, err := readPBKDF2(kdf)
	if err != nil {
		return nil, nil, err
	}
	if k.rounds > *rounds {
		return nil, nil, errTooCostly
	}
	*rounds -= k.rounds
	newCipher, size, iv, err := readCipher(scheme)
	if err != nil {
		return nil, nil, err
	}
	key, err := pbkdf2.Key(k.hash, password, k.salt, k.rounds, size)
	if err != nil {
		return nil, nil, errScheme
	}
	defer clear(key)
	block, err := newCipher(key)
	if err != nil {
		return nil, nil, errScheme
	}
	return block, iv, nil
}

// p12Cipher is pbeWithSHAAnd3-KeyTripleDES-CBC.
func p12Cipher(alg cryptobyte.String, password string, rounds *int) (cipher.Block, []byte, error) {
	var params, salt cryptobyte.String
	var n int
	if !alg.ReadASN1(&params, cbasn1.SEQUENCE) || !params.ReadASN1(&salt, cbasn1.OCTET_STRING) || !params.ReadASN1Integer(&n) || n < 1 {
		return nil, nil, errScheme
	}
	if 3*n > *rounds || n > *rounds {
		return nil, nil, errTooCostly
	}
	*rounds -= 3 * n
	key := p12Key(1, password, salt, n, 24)
	defer clear(key)
	block, err := des.NewTripleDESCipher(key)
	if err != nil {
		return nil, nil, errScheme
	}
	return block, p12Key(2, password, salt, n, 8), nil
}

// p12Key is the key derivation of RFC 7292 appendix B.2 with SHA-1: id 1 for keys,
// 2 for initial vectors.
func p12Key(id byte, password string, salt []byte, rounds, size int) []byte {
	const u, v = sha1.Size, 64
	fill := func(b []byte) []byte {
		if len(b) == 0 {
			return nil
		}
		out := make([]byte, v*((len(b)+v-1)/v))
		for i := range out {
			out[i] = b[i%len(b)]
		}
		return out
	}
	var bmp []byte // BMPString with its end mark
	for _, unit := range utf16.Encode([]rune(password + "\x00")) {
		bmp = append(bmp, byte(unit>>8), byte(unit))
	}
	defer clear(bmp)
	i := append(fill(salt), fill(bmp)...)
	defer clear(i)
	var out []byte
	for {
		h := sha1.New() //nolint:gosec // what the format prescribes
		for range v {
			h.Write([]byte{id})
		}
		h.Write(i)
		a := h.Sum(nil)
		for range rounds - 1 {
			sum := sha1.Sum(a) //nolint:gosec // as above
			a = sum[:]
		}
		out = append(out, a...)
		if len(out) >= size {
			return out[:size]
		}
		b := make([]byte, v)
		for j := range b {
			b[j] = a[j%u]
		}
		for j := 0; j < len(i); j += v { // I_j = (I_j + B + 1) mod 2^v
			carry := uint(1)
			for k := v - 1; k >= 0; k-- {
				carry += uint(i[j+k]) + uint(b[k])
				i[j+k] = byte(carry)
				carry >>= 8
			}
		}
	}
}

func readPBKDF2(kdf cryptobyte.String) (kdfParams, error) {
	k := kdfParams{hash: sha1.New}
	var params, salt cryptobyte.String
	oid, ok := readOID(&kdf)
	if !ok || oid != "1.2.840.113549.1.5.12" ||
		!kdf.ReadASN1(&params, cbasn1.SEQUENCE) || !params.ReadASN1(&salt, cbasn1.OCTET_STRING) ||
		!params.ReadASN1Integer(&k.rounds) || k.rounds < 1 {
		return k, errScheme
	}
	k.salt = salt
	if params.PeekASN1Tag(cbasn1.INTEGER) {
		params.SkipASN1(cbasn1.INTEGER)
	}
	var prf cryptobyte.String
	if params.ReadASN1(&prf, cbasn1.SEQUENCE) {
		oid, _ := readOID(&prf)
		k.hash = map[string]func() hash.Hash{"1.2.840.113549.2.7": sha1.New, "1.2.840.113549.2.9": sha256.New,
			"1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New}[oid]
		if k.hash == nil {
			return k, errScheme
		}
	}
	return k, nil
}

func readCipher(scheme cryptobyte.String) (newCipher func([]byte) (cipher.Block, error), size int, iv []byte, err error) {
	oid, _ := readOID(&scheme)
	var v cryptobyte.String
	if !scheme.ReadASN1(&v, cbasn1.OCTET_STRING) {
		return nil, 0, nil, errScheme
	}
	switch oid {
	case "2.16.840.1.101.3.4.1.2":
		return aes.NewCipher, 16, v, nil
	case "2.16.840.1.101.3.4.1.22":
		return aes.NewCipher, 24, v, nil
	case "2.16.840.1.101.3.4.1.42":
		return aes.NewCipher, 32, v, nil
	case "1.2.840.113549.3.7":
		return des.NewTripleDESCipher, 24, v, nil
	}
	return nil, 0, nil, errScheme
}
