package language

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// document is one text with everything found in it. Offsets are bytes of text (and
// of low, which has the same length).
type document struct {
	raw       string // the input
	src       *source
	text      []byte // normalised, capitals kept
	low       []byte // folded
	truncated bool
	pem       []PEMKind

	blocks
	sentences []sentence // in order, over everything
	names     []name     // in order
	shorts    []short    // in order
	all       []cue      // in order
	cues      [][]span   // by tag, in order

	useQuotes bool // the writer points at the quotation
	reply     bool // written while a certificate is being asked for
}

// sentence is a stretch that labels and negations do not leave.
type sentence struct {
	span
	line   int
	quoted bool
	code   bool
}

func newDocument(text string) *document {
	d := &document{raw: text}
	cut := 0
	if len(text) > MaxText {
		d.truncated = true
		cut = len(text) - MaxText
		text = text[:MaxText*3/4] + text[len(text)-MaxText/4:]
	}
	d.src = normalise(text)
	for i, o := range d.src.off {
		if cut > 0 && o >= MaxText*3/4 {
			d.src.off[i] = o + int32(cut)
		}
	}
	d.text = d.src.b
	d.pem = blankPEM(d.text)
	d.low = fold(d.text)
	d.blocks = findBlocks(d.low)
	d.names, d.shorts = scanNames(d.low, d.text)
	d.findCues()
	d.sentences = splitSentences(d.low, d.names, d.blocks)
	return d
}

// origin is the place of s in the input.
func (d *document) origin(s span) (start, end int) {
	if s.start >= s.end || s.end > len(d.text) {
		return 0, 0
	}
	start, end = int(d.src.off[s.start]), int(d.src.off[s.end-1])
	_, n := utf8.DecodeRuneInString(d.raw[end:])
	return start, end + n
}

func (rd *reading) note(field, value string, s span) {
	start, end := rd.origin(s)
	rd.u.Evidence = append(rd.u.Evidence, Evidence{Field: field, Value: value, Start: start, End: end})
}

const pemBegin, pemEnd = "-----BEGIN ", "-----END "

// blankPEM gives the kinds of pasted blocks and overwrites their bodies: base64 is
// not language.
func blankPEM(text []byte) (kinds []PEMKind) {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(pemBegin))
		if i < 0 {
			return kinds
		}
		begin := at + i
		label := text[begin+len(pemBegin):]
		if j := bytes.Index(label[:min(len(label), 64)], []byte("-----")); j >= 0 {
			label = label[:j]
		} else {
			label = nil
		}
		kinds = append(kinds, pemKind(string(label)))
		end := pemExtent(text, begin)
		for k := begin; k < end; k++ {
			if text[k] != '\n' {
				text[k] = ' '
			}
		}
		at = end
	}
}

func pemKind(label string) PEMKind {
	switch {
	case strings.Contains(label, "PRIVATE KEY"):
		return PEMPrivateKey
	case strings.Contains(label, "CERTIFICATE REQUEST"):
		return PEMRequest
	case strings.Contains(label, "CERTIFICATE"):
		return PEMCertificate
	}
	return PEMOther
}

// pemExtent is the end of the block that begins at begin: after its END line, or,
// when that is missing, before the first line that has a space in it or is a fence.
func pemExtent(text []byte, begin int) int {
	rest := text[begin:]
	if i := bytes.Index(rest, []byte(pemEnd)); i >= 0 {
		tail := rest[i+len(pemEnd):]
		if j := bytes.Index(tail[:min(len(tail), 64)], []byte("-----")); j >= 0 {
			return begin + i + len(pemEnd) + j + 5
		}
		return begin + i + len(pemEnd)
	}
	at := begin
	for first := true; at < len(text); first = false {
		nl := bytes.IndexByte(text[at:], '\n')
		end := len(text)
		if nl >= 0 {
			end = at + nl + 1
		}
		line := bytes.TrimSpace(text[at:end])
		if !first && (bytes.ContainsRune(line, ' ') || bytes.HasPrefix(line, []byte("```"))) {
			return at
		}
		at = end
	}
	return at
}

// blocks are the stretches of a text that are not plainly its writer's words now.
type blocks struct {
	quotes []span // somebody else's words
	code   []span // fenced blocks
	struck []span // ~crossed out~
}

// findBlocks marks quotations, fenced code and crossed-out words.
func findBlocks(low []byte) (b blocks) {
	inCode, codeStart := false, 0
	at := 0
	for at < len(low) {
		end := len(low)
		if nl := bytes.IndexByte(low[at:], '\n'); nl >= 0 {
			end = at + nl
		}
		line := low[at:end]
		if !inCode {
			lead := bytes.TrimLeft(line, " \t")
			if bytes.HasPrefix(lead, []byte(">>>")) {
				b.quotes = append(b.quotes, span{at, len(low)})
				return b
			}
			if bytes.HasPrefix(lead, []byte(">")) {
				b.quotes = append(b.quotes, span{at, end})
			}
			b.struck = append(b.struck, findStruck(low, at, end)...)
		}
		for p := at; p < end; {
			i := bytes.Index(low[p:end], []byte("```"))
			if i < 0 {
				break
			}
			if inCode {
				b.code = append(b.code, span{codeStart, p + i})
			}
			inCode, codeStart = !inCode, p+i+3
			p += i + 3
		}
		at = end + 1
	}
	if inCode {
		b.code = append(b.code, span{codeStart, len(low)})
	}
	return b
}

// findStruck finds what is crossed out in one line.
func findStruck(low []byte, from, to int) (struck []span) {
	open := -1
	for i := from; i < to; i++ {
		if low[i] != '~' {
			continue
		}
		if open < 0 {
			if (i == from || !wordByte(low[i-1])) && i+1 < to && low[i+1] > ' ' && low[i+1] != '~' {
				open = i
			}
			continue
		}
		if low[i-1] > ' ' && (i+1 == to || !wordByte(low[i+1])) {
			struck = append(struck, span{open, i + 1})
			open = -1
		}
	}
	return struck
}

// abbreviations whose dot ends no sentence.
var abbreviations = map[string]bool{
	"e.g": true, "i.e": true, "etc": true, "inc": true, "ltd": true, "co": true, "corp": true, "no": true,
	"vs": true, "approx": true, "z.b": true, "bzw": true, "nr": true, "resp": true, "ca": true, "st": true,
	"dr": true, "mr": true, "ms": true, "incl": true, "excl": true, "p.ex": true, "ing": true, "s.a": true, "bros": true,
}

// splitSentences cuts at line ends and sentence ends; dots inside names, versions
// and abbreviations are none.
func splitSentences(low []byte, names []name, b blocks) (out []sentence) {
	line, start, n := 0, 0, 0
	cut := func(end, next int) {
		if len(bytes.TrimSpace(low[start:end])) > 0 {
			s := sentence{span: span{start, end}, line: line}
			s.quoted = inside(b.quotes, start)
			mid := start + len(low[start:end]) - len(bytes.TrimLeft(low[start:end], " \t`"))
			s.code = inside(b.code, min(mid, end-1))
			out = append(out, s)
		}
		start = next
	}
	for i := 0; i < len(low); i++ {
		for n < len(names) && names[n].end <= i {
			n++
		}
		if n < len(names) && names[n].has(i) {
			i = names[n].end - 1
			continue
		}
		switch c := low[i]; {
		case c == '\n':
			cut(i, i+1)
			line++
		case c == ';' && nameFollows(low, names, i+1, n):
			// "a.example; b.example" is a list.
		case c == '?' && rhetorical.Match(low[i+1:min(len(low), i+12)]):
			// "ECDSA? no, stay on RSA"
		case c == '!' || c == '?' || c == ';':
			cut(i+1, i+1)
		case c == '.' && endsSentence(low, i):
			cut(i+1, i+1)
		case c == ' ' && i+2 < len(low) && digit(low[i+1]) && low[i+2] == ')':
			cut(i, i)
		case hasAt(low, i, "。"):
			cut(i+3, i+3)
			i += 2
		}
	}
	cut(len(low), len(low))
	return out
}

// rhetorical: the writer answers the question.
var rhetorical = lazy(`^\s*(?:no|nope|nein|non|nee|não)\b|^\s*(?:不|算了)`)

// nameFollows: nothing but spaces stands between i and the next name.
func nameFollows(low []byte, names []name, i, n int) bool {
	for n < len(names) && names[n].start < i {
		n++
	}
	return n < len(names) && strings.TrimSpace(string(low[i:min(len(low), names[n].start)])) == "" && names[n].start-i < 4
}

// endsSentence: the dot at i does.
func endsSentence(low []byte, i int) bool {
	if i+1 < len(low) && low[i+1] != ' ' && low[i+1] != '"' && low[i+1] != ')' && low[i+1] != '\n' {
		return false
	}
	w := i
	for w > 0 && (wordByte(low[w-1]) || low[w-1] == '.') {
		w--
	}
	word := string(low[w:i])
	if abbreviations[word] {
		// "ca. 20 boxes", but "by our CA. Thanks"
		rest := bytes.TrimLeft(low[i+1:min(len(low), i+8)], " ")
		return word == "ca" && (len(rest) == 0 || !digit(rest[0]))
	}
	// "1. first item"
	digits := strings.Trim(word, "0123456789") == ""
	return !(digits && word != "" && len(bytes.TrimLeft(low[lineStart(low, w):w], " \t>")) == 0)
}

func lineStart(b []byte, i int) int { return bytes.LastIndexByte(b[:i], '\n') + 1 }

func lineEnd(b []byte, i int) int {
	if n := bytes.IndexByte(b[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(b)
}
