package triage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// The automaton finds exactly what searching for each literal finds, also when the
// text comes in pieces.
func TestAutomatonAgainstSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	word := func(n int) string {
		b := make([]byte, 1+r.IntN(n))
		for i := range b {
			b[i] = "abcd e证"[r.IntN(6)]
		}
		return strings.Join(strings.Fields(string(b)), " ")
	}
	for range 300 {
		var lits []string
		for range 1 + r.IntN(40) {
			if w := word(9); w != "" && !slices.Contains(lits, w) {
				lits = append(lits, w)
			}
		}
		if len(lits) == 0 {
			continue
		}
		a := newAutomaton(lits)
		text := strings.Repeat(word(30)+" "+word(40), 3)
		text = strings.Join(strings.Fields(text), " ")
		var want, got []string
		for end := 1; end <= len(text); end++ {
			for id, l := range lits {
				if strings.HasSuffix(text[:end], l) {
					want = append(want, fmt.Sprint(id, "@", end))
				}
			}
		}
		state, done := uint32(0), 0
		for done < len(text) {
			n := min(len(text)-done, 1+r.IntN(20))
			base := done
			state = a.scan(state, []byte(text[done:done+n]), func(id int32, end int) bool {
				got = append(got, fmt.Sprint(id, "@", base+end))
				return true
			})
			done += n
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("literals %q in %q:\nwant %v\ngot  %v", lits, text, want, got)
		}
	}
}

// Raw logs are read as they are: cases, separators and quotes fold in the alphabet.
func TestAutomatonFoldsRawText(t *testing.T) {
	a := newAutomaton([]string{"certificate has expired", "unknown ca", "doesnt match"})
	for _, text := range []string{
		"CERTIFICATE_HAS_EXPIRED", "certificate  has\texpired", "Certificate-Has: \"Expired\"", "x509:certificate has\nexpired",
		"tlsv1 alert Unknown  CA", "it doesn't match", "**unknown** ca",
	} {
		n := 0
		a.scan(0, []byte(text), func(int32, int) bool { n++; return true })
		if n != 1 {
			t.Errorf("%q: %d hits", text, n)
		}
	}
}
