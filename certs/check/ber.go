package check

import (
	"errors"
	"slices"
)

// berDepth bounds nesting; real certificates stay under 20.
const berDepth = 64

var errBER = errors.New("not BER")

// berToDER rewrites BER that some tools still write (indefinite lengths, lengths
// with leading zeros, strings in pieces; X.690 sections 8.1.3 and 8.7) as DER. It
// returns the rest after the first value. Output never exceeds the input's size.
//
// A signature inside was usually made over the DER form, so this restores objects
// far more often than it spoils them.
func berToDER(in []byte) (der, rest []byte, err error) {
	return berValue(in, berDepth)
}

func berValue(in []byte, depth int) (der, rest []byte, err error) {
	if depth == 0 {
		return nil, nil, errBER
	}
	tagLen, err := berTag(in)
	if err != nil {
		return nil, nil, err
	}
	tag, body := in[:tagLen], in[tagLen:]
	length, n, indefinite, err := berLength(body)
	if err != nil {
		return nil, nil, err
	}
	body = body[n:]
	constructed := tag[0]&0x20 != 0
	if indefinite {
		if !constructed {
			return nil, nil, errBER
		}
	} else {
		if length > len(body) {
			return nil, nil, errBER
		}
		body, rest = body[:length], body[length:]
	}
	if !constructed {
		return berWrap(tag, body), rest, nil
	}
	joined := berIsString(tag) // a string in pieces becomes one primitive string
	var out []byte
	var seen []byte // tags of the children so far
	for indefinite || len(body) > 0 {
		if indefinite && len(body) >= 2 && body[0] == 0 && body[1] == 0 {
			rest = body[2:]
			break
		}
		if len(body) == 0 {
			return nil, nil, errBER
		}
		var piece []byte
		if piece, body, err = berValue(body, depth-1); err != nil {
			return nil, nil, err
		}
		seen = append(seen, piece[0])
		if tag[0] == 0x30 && len(seen) == 3 && string(seen) == "\x06\x30\xa0" {
			piece = berEncryptedContent(piece)
		}
		if joined {
			if piece, err = berContent(piece); err != nil {
				return nil, nil, err
			}
			if tag[0]&0x1f == 3 { // BIT STRING: each piece starts with its count of unused bits
				if len(piece) == 0 {
					return nil, nil, errBER
				}
				if len(out) > 0 {
					piece = piece[1:]
				}
			}
		}
		out = append(out, piece...)
	}
	if joined {
		tag = []byte{tag[0] &^ 0x20}
	}
	return berWrap(tag, out), rest, nil
}

// berEncryptedContent joins the pieces of an EncryptedContentInfo's content, which
// is an implicitly tagged OCTET STRING (RFC 5652 section 6.1): only its place after
// an OID and an algorithm tells it from an explicit tag.
func berEncryptedContent(der []byte) []byte {
	body, err := berContent(der)
	if err != nil {
		return der
	}
	var out []byte
	for len(body) > 0 {
		if body[0] != 0x04 {
			return der
		}
		content, err := berContent(body)
		if err != nil {
			return der
		}
		out = append(out, content...)
		body = body[len(berWrap([]byte{4}, content)):]
	}
	return berWrap([]byte{0x80}, out)
}

// berIsString: universal, constructed, and of a type that DER only allows primitive.
func berIsString(tag []byte) bool {
	return len(tag) == 1 && tag[0]&0xc0 == 0 &&
		slices.Contains([]byte{3, 4, 12, 18, 19, 20, 22, 23, 24, 26, 27, 28, 30}, tag[0]&0x1f)
}

func berTag(in []byte) (int, error) {
	if len(in) == 0 {
		return 0, errBER
	}
	if in[0]&0x1f != 0x1f {
		return 1, nil
	}
	for i := 1; i < len(in) && i < 6; i++ {
		if in[i]&0x80 == 0 {
			return i + 1, nil
		}
	}
	return 0, errBER
}

func berLength(in []byte) (length, n int, indefinite bool, err error) {
	switch {
	case len(in) == 0:
		return 0, 0, false, errBER
	case in[0] < 0x80:
		return int(in[0]), 1, false, nil
	case in[0] == 0x80:
		return 0, 1, true, nil
	}
	n = int(in[0] & 0x7f)
	if n > 8 || len(in) < n+1 {
		return 0, 0, false, errBER
	}
	for _, b := range in[1 : n+1] {
		if length > 1<<30 {
			return 0, 0, false, errBER
		}
		length = length<<8 | int(b)
	}
	return length, n + 1, false, nil
}

func berWrap(tag, content []byte) []byte {
	out := append([]byte(nil), tag...)
	switch n := len(content); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	case n < 0x1000000:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		out = append(out, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, content...)
}

func berContent(der []byte) ([]byte, error) {
	t, err := berTag(der)
	if err != nil {
		return nil, err
	}
	length, n, _, err := berLength(der[t:])
	if err != nil || t+n+length > len(der) {
		return nil, errBER
	}
	return der[t+n : t+n+length], nil
}

// derLength gives the whole length that the first value announces and what is there.
func derLength(der []byte) (whole, have int, ok bool) {
	t, err := berTag(der)
	if err != nil {
		return 0, len(der), false
	}
	length, n, indefinite, err := berLength(der[t:])
	if err != nil {
		return 0, len(der), false
	}
	if indefinite {
		return len(der), len(der), true
	}
	return t + n + length, len(der), true
}
