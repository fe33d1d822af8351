package language

import (
	"slices"
	"unicode/utf8"
)

// MaxText is how much of a text is read, in bytes: eight times what Slack shows of a
// message before it folds it away (4,000 characters). Of longer pastes the head and
// the tail are read, because people ask before or after what they paste.
const MaxText = 32 << 10

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

// findCues scans the words outside names.
func (d *document) findCues() {
	var skip, files []span
	for _, n := range d.names {
		if n.kind == kindFile {
			files = append(files, n.span)
		} else {
			skip = append(skip, n.span)
		}
	}
	lex := lexiconOnce()
	d.all = lex.scan(d.low, d.text, skip)
	// Of a file's name only the service counts: cup-xmpp.csr.
	services := lex.groups[tag("service.tomcat")]
	d.all = slices.DeleteFunc(d.all, func(c cue) bool { return c.group != services && inside(files, c.start) })
	d.cues = make([][]span, len(lex.names))
	for _, c := range d.all {
		d.cues[c.tag] = append(d.cues[c.tag], c.span)
	}
}
