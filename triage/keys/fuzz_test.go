package keys

import (
	"strings"
	"testing"
)

// FuzzFind: whatever is looked at, places are in order and within it, and a key that is
// planted on lines of its own is among them.
func FuzzFind(f *testing.F) {
	for _, s := range []string{
		"-----BEGIN PRIVATE KEY-----\nMIIE", "30 82 01 0a 02 82", "0000000 060 202\n", "\\x30\\x82%30%82&#48;=3D=\n", `{"kty":"EC","d":"AAAAAAAAAAAAAAAAAAAA"}`, "H4sIAAAAAAAA/wAAAP//AAAAAAAAAAA=",
		"private key: 0011", "0000000   -   B  \\n  \\0 012\n", "openssh-key-v1\x00\x00\x00\x00\x04none", "\x95\x03\x98\x04AAAA\x01\x08\x00", "\x00-\x00B\x00E", "MIAwgDCA\n\n> MIAw",
	} {
		f.Add(s)
	}
	planted := encodings["xxd"](privateKeys(f)["PKCS #8 Ed25519"])
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 64<<10 {
			return
		}
		In([]byte(text))
		at := 0
		for _, s := range Find(text) {
			if s.From < at || s.To <= s.From || s.To > len(text) {
				t.Fatalf("%+v after %d in %d bytes", s, at, len(text))
			}
			at = s.To
		}
		text = strings.ReplaceAll(text, "-----BEGIN", "") + "\n\n\n\nhere it is:\n" + planted
		if left := rest(text, Find(text)); strings.Contains(left, planted[80:120]) {
			t.Errorf("the key is left behind %q", text[:len(text)-len(planted)])
		}
	})
}
