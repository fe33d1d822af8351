package keys

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"

	"countersign/tests/scaling"
)

// linear is more than the growth of any linear search: what no longer fits the caches costs
// three times its share under the race detector. That of a quadratic one is scaling.Times.
const linear = 5

// TestHostileTextIsLinear: texts made to be slow cost what their length says.
func TestHostileTextIsLinear(t *testing.T) {
	for _, unit := range []string{
		"-----BEGIN PRIVATE KEY-----", "BEGIN PRIVATE ", "PRIVATE KEY\n", "MIIEvQIBADANBgkq", "30 82 ", "30820", "0x30,", "private key: ", "private key: 00112233445566778899aabbccddeeff\n",
		"\\n", "\\\\", "%2", "%25", "=3D", "&#45;", "AAAA\n", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", "k: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", "AAAA+", "a=", "\x00-",
		"kty \"d\":\"", "RSAKeyValue<D>", "Private-Lines: 1\n", "0000000   0  \\0\n", "00000000  30 82 01\n", "1 ", "\n", "00 00 00 00 00 00 00 00 00 00\n", "(", "priv\n30 82 30 82 30 82 30 82 30 82\n",
		"0\x82\x01", "H4sIAAAAAAAA", "\x30\x80", "MIAwgDCAMIAwgDCA", "X-0 -0", "0000000000000000 0000 ", "0x0 00 000 ", "AA-- ",
		"48,\n", "0x30\n", "\"0\":48,", "buf[0]=48;", "AAAA AAAA ", "MIIE\n", "\\u0082", "&#130;", "\u0082", "\u200b", "A\u200b", "\uff21", "\u201c", "60 202 ", "private key: 1\n2\n",
	} {
		growth := scaling.Growth(t, func(size int) string { return strings.Repeat(unit, 8<<10*size/len(unit)) }, func(text string) { Find(text) })
		t.Logf("%q: growth %.2f", unit, growth)
		if growth > linear {
			t.Errorf("%q: a text %d times as long costs %.1f times its share", unit, scaling.Times, growth)
		}
	}
}

// TestBombsAreBounded: what unpacks to much, or lies deep, is looked at to the bounds.
func TestBombsAreBounded(t *testing.T) {
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 64 {
		w.Write(zeros) //nolint:errcheck // into memory
	}
	w.Close() //nolint:errcheck // the same
	f := &finder{left: maxUnpacked}
	text := base64.StdEncoding.EncodeToString(bomb.Bytes())
	for range 20 {
		f.text(text, 0)
	}
	if f.left > 0 || f.left < -2*maxUnpacked { // what is unpacked is charged, and charged again when it is looked at
		t.Errorf("%d bytes are left of the bound", f.left)
	}
	key := privateKeys(t)["SEC 1"]
	deep := string(key)
	for level := 1; level <= maxDepth+3; level++ {
		deep = base64.StdEncoding.EncodeToString([]byte(deep))
		if found := len(Find(deep)) > 0; found != (level <= maxDepth) {
			t.Errorf("%d encodings deep: found %v", level, found)
		}
	}
}
