package check

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"
)

func isBase64Line(b []byte) bool {
	return len(b) > 0 && !slices.ContainsFunc(b, func(c byte) bool { return base64Value[c] == 0 && c != '=' })
}

// base64Value is non-zero for the characters of both base64 alphabets (RFC 4648),
// holding the one of the standard alphabet.
var base64Value = func() (t [256]byte) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = c
	}
	t['-'], t['_'] = '+', '/'
	return t
}()

// isBase64Text: base64 that decoded to base64, as a nested mail or a bare P7B has it.
func isBase64Text(b []byte) bool {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	line = bytes.TrimSpace(line)
	return len(line) >= 48 && isBase64Line(line) && bytes.HasPrefix(line, []byte("MI"))
}

type cleanedBody struct {
	chars []byte // standard alphabet, no padding
	junk  string // first character that does not belong, with its neighbours
}

// cleanBase64 keeps the base64 characters of a block's body. White space, quoting
// marks, escaped line ends, tags and quoted-printable leave no trace; anything else
// is reported once.
func cleanBase64(body []byte) cleanedBody {
	var c cleanedBody
	c.chars = make([]byte, 0, len(body))
	lineStart := true
	for i := 0; i < len(body); i++ {
		b := body[i]
		switch {
		case base64Value[b] != 0:
			if b == '-' && lineStart { // a dashed rule between parts
				continue
			}
			c.chars = append(c.chars, base64Value[b])
			lineStart = false
		case b == '\n' || b == '\r':
			lineStart = true
		case b == ' ', b == '\t', b == '"', b == '\'', b == ',', b == '|', b == '`', b == 0, b == '>', b == 0x0b, b == 0x0c:
		case b == '\\': // \n, \r, \t, \/ of JSON and shell strings
			if i+1 < len(body) && (body[i+1] == 'n' || body[i+1] == 'r' || body[i+1] == 't') {
				i++
			}
		case b == '=': // padding, or =3D of quoted-printable
			if i+2 < len(body) && body[i+1] == '3' && (body[i+2] == 'D' || body[i+2] == 'd') {
				i += 2
			}
		case b == '&': // &gt; &nbsp;
			if j := bytes.IndexByte(body[i:min(i+8, len(body))], ';'); j > 0 {
				i += j
			}
		case b == '<':
			if j := bytes.IndexByte(body[i:min(i+64, len(body))], '>'); j > 0 {
				i += j
			}
		default:
			r, size := utf8.DecodeRune(body[i:])
			i += size - 1
			if r == '\u00a0' || r == '\u200b' || r == '\ufeff' || r == '\u3000' || r == '\u2028' || r == '\u00ad' ||
				strings.ContainsRune("“”‘’«»", r) {
				continue
			}
			if c.junk == "" {
				c.junk = printable([]byte(string(r)))
			}
		}
	}
	return c
}

// decodeBase64 decodes characters without padding; a lone last character is dropped,
// the length of the DER then tells that something is missing.
func decodeBase64(chars []byte) []byte {
	if len(chars)%4 == 1 {
		chars = chars[:len(chars)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(chars)))
	n, err := base64.RawStdEncoding.Decode(out, chars)
	if err != nil {
		return nil
	}
	return out[:n]
}
