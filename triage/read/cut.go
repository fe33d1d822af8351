package read

import (
	"slices"
	"strings"
)

// Cut gives the regions of text that are no words: sorted, disjoint. Dumps, encodings,
// session parameters, stack frames, prefixes and identifiers of log lines, and the lines
// that tools print whatever happens. By format where it is known, by shape where not; a
// sentence of a person stays whole. It is linear in the text.
func Cut(text string) []Span {
	var c cutter
	for _, l := range split(text) {
		c.line(l)
	}
	c.endBlock()
	return merged(c.spans)
}

// cutter goes through the lines of a text and keeps what a line before it opened.
type cutter struct {
	spans []Span
	pem   bool // between BEGIN and END
	names bool // below "Acceptable client certificate CA names"
	block []line
}

// whole cuts a line without its end.
func (c *cutter) whole(l line) { c.spans = append(c.spans, Span{l.start, l.end()}) }

func (c *cutter) line(l line) {
	t := strings.TrimSpace(l.text)
	switch {
	case t == "":
		c.endBlock()
		return
	case c.inPEM(l, t):
		return
	case c.names:
		if strings.Contains(t, "=") && !strings.Contains(t, ": ") || strings.HasPrefix(t, "/") {
			c.whole(l)
			return
		}
		c.names = false
	}
	if armour(t) || len(c.block) > 0 && strings.HasSuffix(t, "=") && encoded(t) {
		c.block = append(c.block, l)
		return
	}
	c.endBlock()
	switch {
	case strings.HasPrefix(t, "Acceptable client certificate CA names"):
		c.names = true
		c.whole(l)
	case hexDump(t), boilerplate(t), stackFrame(t):
		c.whole(l)
	default:
		c.spans = identifiers(prefix(c.spans, l), l)
	}
}

// inPEM cuts the body of a PEM block; its labels say what it is and stay.
func (c *cutter) inPEM(l line, t string) bool {
	switch {
	case strings.Contains(t, "-----BEGIN "):
		c.endBlock()
		c.pem = true
		c.spans = identifiers(c.spans, l) // a PEM in one line, as in JSON
		if strings.Contains(t, "-----END ") {
			c.pem = false
		}
		return true
	case strings.Contains(t, "-----END "):
		c.pem = false
		c.spans = identifiers(c.spans, l)
		return true
	case c.pem && (encoded(t) || strings.HasPrefix(t, "Proc-Type:") || strings.HasPrefix(t, "DEK-Info:")):
		c.whole(l)
		return true
	}
	c.pem = false // the block is broken off
	return false
}

// endBlock judges lines of base64 that stood together: two are an encoding, one is only
// when it is long, for a short one may be a word.
func (c *cutter) endBlock() {
	long := len(c.block) > 1
	for _, l := range c.block {
		if long || len(strings.TrimSpace(l.text)) >= 40 {
			c.whole(l)
		}
	}
	c.block = c.block[:0]
}

func merged(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	out := spans[:0]
	for _, s := range spans {
		if s.End <= s.Start {
			continue
		}
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}
