package language

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// spelled are the words worth reading through a slip of the finger: long enough, and
// far enough from every other word, that one wrong letter leaves no doubt. Forms that
// are words of other languages (certificat, domaine) are in the lexicon as they are.
const spelled = `expressway certificate certificates certificado expiring expires expired renewal renewed
	callmanager callbridge webbridge webadmin publisher subscriber federation presence connection
	production staging internal digicert globalsign sectigo godaddy entrust cluster multiserver
	registration domains hostname organization organisation please request generate separate
	intermediate attached approval wildcard external security`

// notSpelled are words of their own within one letter of those above.
const notSpelled = `interval intervals internals externals certificated requests requested generated generates
	generates separated separates clusters clustered connections publishers publishes subscribers
	productions production's renewals wildcards approvals hostnames registrations federations
	intermediates requester pleased pleases bluster expirer attaches reattached insecurity certificato`

// speller files the words by their first letter.
type speller struct {
	words map[byte][]string
	known map[string]bool
}

var spellerOnce = sync.OnceValue(func() speller {
	s := speller{words: map[byte][]string{}, known: wordSet(notSpelled)}
	for w := range strings.FieldsSeq(spelled) {
		s.words[w[0]] = append(s.words[w[0]], w)
		s.known[w] = true
	}
	return s
})

// respell replaces words with one slip in them (a letter missing, doubled, wrong, or
// two in the wrong order) by the words that they were meant to be. Parts of names,
// paths and identifiers stay.
func respell(in *source) *source {
	sp := spellerOnce()
	var out *source
	kept := 0
	for i := 0; i < len(in.b); {
		if !asciiLetter(in.b[i]) {
			i++
			continue
		}
		j := i
		for j < len(in.b) && asciiLetter(in.b[j]) {
			j++
		}
		if n := j - i; n >= 6 && n <= 14 && standsAlone(in.b, i, j) {
			word := strings.ToLower(string(in.b[i:j]))
			if meant := sp.meant(word); meant != "" {
				if out == nil {
					out = &source{b: make([]byte, 0, len(in.b)+16), off: make([]int32, 0, len(in.b)+16)}
				}
				out.copyRange(in, kept, i)
				for k := range len(meant) {
					out.put(in.off[i+min(k, n-1)], meant[k:k+1])
				}
				kept = j
			}
		}
		i = j
	}
	if out == nil {
		return in
	}
	out.copyRange(in, kept, len(in.b))
	return out
}

// standsAlone: b[i:j] is a word of prose, not a part of a name or path.
func standsAlone(b []byte, i, j int) bool {
	const joins = "._/@:=\\'0123456789"
	if i > 0 && (strings.IndexByte(joins, b[i-1]) >= 0 && b[i-1] != '\'' && b[i-1] != ':' || b[i-1] == '-' && i > 1 && b[i-2] != ' ') {
		return false
	}
	if j >= len(b) {
		return true
	}
	if b[j] >= utf8.RuneSelf {
		r, _ := utf8.DecodeRune(b[j:])
		return han(r) || hostRune(b, j) == 0
	}
	if b[j] == '.' {
		return j+1 == len(b) || b[j+1] == ' ' || b[j+1] == '\n'
	}
	return b[j] == ':' || b[j] == '\'' || strings.IndexByte(joins, b[j]) < 0
}

// meant is the word that w misspells, or empty.
func (s speller) meant(w string) string {
	if s.known[w] {
		return ""
	}
	for _, k := range s.words[w[0]] {
		if oneSlip(k, w) {
			return k
		}
	}
	return ""
}

// oneSlip: b is a with one letter left out, put in, exchanged, or two neighbours
// swapped (Damerau 1964). A plural or other ending ("requests", "generated") is none.
func oneSlip(a, b string) bool {
	if len(b) == len(a)+1 && b[:len(a)] == a || len(a) == len(b)+1 && a[:len(b)] == b {
		return false
	}
	p := commonLen(a, b)
	ra, rb := a[p:], b[p:]
	switch len(ra) - len(rb) {
	case 1:
		return ra[1:] == rb
	case -1:
		return ra == rb[1:]
	case 0:
		return len(ra) > 1 && (ra[1:] == rb[1:] || ra[0] == rb[1] && ra[1] == rb[0] && ra[2:] == rb[2:])
	}
	return false
}
