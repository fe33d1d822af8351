package keys

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The bounds of one search: how often encodings may lie in each other, how often a text
// may be escaped, and what all that was inside may come to in bytes.
const (
	maxDepth    = 4
	maxEscapes  = 3
	maxUnpacked = 8 << 20
)

// Find gives the places of text that are private keys or hold them in an encoding, in
// order, none overlapping. A key that is cut off is found by its beginning. Text that is
// nested deeper than four encodings, or unpacks to more than 8 MiB, is not looked at
// further.
func Find(text string) []Span {
	f := &finder{left: maxUnpacked}
	return merge(f.text(text, 0))
}

// In reports whether data are a private key or hold one: a file of any kind, or the
// bytes that an encoding stood for.
func In(data []byte) bool {
	f := &finder{left: maxUnpacked}
	return f.holds(data, 0)
}

// finder is one search.
type finder struct {
	left int // bytes that may still be unpacked
}

// text looks at a text as it stands, and with its escapes undone.
func (f *finder) text(text string, depth int) []Span {
	out := append(f.plain(text, depth), binaries(text)...)
	v, characters := view{text: text}, false
	for range maxEscapes {
		next, changed, low := v.unescape(false)
		read := next
		if low {
			read, _, _ = v.unescape(true)
		}
		if low || changed && !characters { // what stood for bytes has been looked at as such
			found := binaries(read.text)
			characters = characters || low && len(found) > 0
			for _, s := range found {
				out = append(out, read.source(s))
			}
		}
		if !changed {
			break
		}
		v = next
		for _, s := range f.plain(v.text, depth) {
			out = append(out, v.source(s))
		}
	}
	return out
}

// plain looks at a text as it stands.
func (f *finder) plain(text string, depth int) []Span {
	out := armours(text)
	out = append(out, fields(text)...)
	inside := func(b []byte) bool { return f.holds(b, depth+1) }
	out = append(out, base64s(text, inside)...)
	out = append(out, digits(text, inside)...)
	out = append(out, cells(text, inside)...)
	return out
}

// binaries finds keys that stand in a text as they are: the escapes of a string were
// undone.
func binaries(text string) []Span {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return nil
	}
	b := []byte(text)
	if from, to, ok := structure(b); ok {
		return []Span{{from, to}}
	}
	for i, c := range b {
		if c == '"' || c == '\'' || c == '\n' || c == ' ' || c == '=' {
			if n := pgpSecret(b[i+1:]); n > 0 {
				return []Span{{i + 1, i + 1 + n}}
			}
		}
	}
	return nil
}

// holds reports whether decoded bytes are a private key, or a text or an archive with
// one inside.
func (f *finder) holds(b []byte, depth int) bool {
	if len(b) < shortestKey || depth > maxDepth {
		return false
	}
	if _, _, ok := structure(b); ok || pgpSecret(b) > 0 {
		return true
	}
	if f.left -= len(b); f.left < 0 {
		return false
	}
	if plain := f.unpack(b); plain != nil {
		return f.holds(plain, depth+1)
	}
	if text, ok := readable(b); ok {
		return len(f.text(text, depth)) > 0
	}
	return len(armours(string(b))) > 0
}

// unpack gives what gzip and zlib (RFC 1952, RFC 1950) hold, as far as it comes.
func (f *finder) unpack(b []byte) []byte {
	var r io.Reader
	var err error
	switch {
	case bytes.HasPrefix(b, []byte{0x1f, 0x8b, 8}):
		r, err = gzip.NewReader(bytes.NewReader(b))
	case b[0] == 0x78 && (int(b[0])<<8|int(b[1]))%31 == 0:
		r, err = zlib.NewReader(bytes.NewReader(b))
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(r, int64(f.left))) //nolint:errcheck // one that is cut off or damaged gives what there is
	f.left -= len(out)
	return out
}

// readable gives bytes as a text, if that is what they are: UTF-8 or UTF-16.
func readable(b []byte) (string, bool) {
	if text, ok := wide(b); ok {
		return text, true
	}
	odd := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			odd++
		}
	}
	return string(b), odd*20 <= len(b) && utf8.Valid(b)
}

// wide reads UTF-16, with and without its mark, of which most is ASCII.
func wide(b []byte) (string, bool) {
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i%2]++
		}
	}
	big := 0
	if zeros[0] > zeros[1] {
		big = 1
	}
	if zeros[1-big]*10 < len(b)*4 || zeros[big]*20 > len(b) {
		return "", false
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i+big]) | uint16(b[2*i+1-big])<<8
	}
	return string(utf16.Decode(units)), true
}
