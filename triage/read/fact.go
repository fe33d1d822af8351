package read

import "strings"

// Fact is something read out of a text.
type Fact struct {
	Kind       string // what is said; a dotted name such as verify.expired
	Start, End int    // bytes of the text: the decisive clause or line; whole words
	Depth      int    // of the chain, -1 unknown
	Program    string // family of the program that speaks: openssl, go, java, ... "" unknown
	Value      string // e.g. the name asked for, the number; bounded
}

// Span is a region of a text, in bytes.
type Span struct{ Start, End int }

// mostFacts and longestValue bound what a hostile text can make of its reader.
const (
	mostFacts    = 200
	longestValue = 200
)

func bounded(s string) string {
	if len(s) <= longestValue {
		return s
	}
	return strings.ToValidUTF8(s[:longestValue], "")
}
