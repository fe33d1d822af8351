package endurance

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A needle is a run of secret bytes in one of the shapes in which it could leak.
type needle struct {
	of    string // which key, and how it is written
	bytes []byte
}

// secretNumbers are the numbers of a private key that nobody may see, big-endian.
func secretNumbers(t *testing.T, key any) map[string][]byte {
	t.Helper()
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return map[string][]byte{"d": k.D.Bytes(), "p": k.Primes[0].Bytes(), "q": k.Primes[1].Bytes()}
	case *ecdsa.PrivateKey:
		raw, err := k.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return map[string][]byte{"scalar": raw}
	}
	t.Fatalf("a key of a kind that the canary does not know: %T", key)
	return nil
}

// needlesOf writes a secret in every shape. Of each only a piece from the middle is
// looked for, so that a leak of half of it is found too, and one that stands at any
// place within something larger.
func needlesOf(name string, secret []byte) []needle {
	var out []needle
	add := func(how string, b []byte) { out = append(out, needle{name + " as " + how, b}) }
	piece := secret[len(secret)/4 : len(secret)/4+min(24, len(secret)/2)]
	add("raw bytes", piece)
	turned := append([]byte(nil), piece...) // as big.Word memory has it
	for i, j := 0, len(turned)-1; i < j; i, j = i+1, j-1 {
		turned[i], turned[j] = turned[j], turned[i]
	}
	add("raw bytes, turned", turned)
	add("hex", []byte(hex.EncodeToString(piece)))
	add("HEX", []byte(strings.ToUpper(hex.EncodeToString(piece))))
	add("hex with colons", []byte(colons(piece)))
	add("decimal", []byte(middle(new(big.Int).SetBytes(secret).String())))
	add("Go bytes", []byte(strings.Trim(fmt.Sprint(piece), "[]")))
	// Within a larger structure base64 stands at one of three alignments; the first and
	// last characters depend on the neighbours.
	for skip := range 3 {
		text := base64.StdEncoding.EncodeToString(append(make([]byte, skip), piece...))
		text = strings.TrimRight(text, "=")[4 : len(text)-6]
		add(fmt.Sprintf("base64 at %d", skip), []byte(text))
		if url := strings.NewReplacer("+", "-", "/", "_").Replace(text); url != text {
			add(fmt.Sprintf("base64url at %d", skip), []byte(url))
		}
	}
	return out
}

func middle(s string) string { return s[len(s)/4 : len(s)/4+min(40, len(s)/2)] }

func colons(b []byte) string {
	parts := make([]string, len(b))
	for i, x := range b {
		parts[i] = hex.EncodeToString([]byte{x})
	}
	return strings.Join(parts, ":")
}

// folds are the ways in which text may be broken into lines or escaped.
var folds = strings.NewReplacer(`\n`, "", `\r`, "", `\u002b`, "+", `\u003d`, "=", `\/`, "/", "%2B", "+", "%2F", "/", "%0A", "",
	"\n", "", "\r", "", " ", "", "\t", "")

// scan looks for needles in data, as it is and with line breaks and escapes undone.
func scan(data []byte, needles []needle) (found []string) {
	flat := []byte(folds.Replace(string(data)))
	for _, n := range needles {
		if bytes.Contains(data, n.bytes) || bytes.Contains(flat, []byte(folds.Replace(string(n.bytes)))) {
			found = append(found, n.of)
		}
	}
	return found
}

// scanTree looks for needles in every file below dir, and gives how many it read.
func scanTree(t *testing.T, dir string, needles []needle) (files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, what := range scan(data, needles) {
			t.Errorf("%s holds %s", strings.TrimPrefix(path, dir), what)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
