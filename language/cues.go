package language

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// all cues of a tag.
func (d *document) cuesOf(name string) []span { return d.cues[tag(name)] }

// in returns the cues of a tag that lie inside s.
func (d *document) in(name string, s span) []span {
	list := d.cues[tag(name)]
	i, _ := slices.BinarySearchFunc(list, s.start, func(c span, p int) int { return c.start - p })
	j := i
	for j < len(list) && list[j].start < s.end {
		j++
	}
	found := list[i:j:j] // an append to it must not write into the cues
	if len(found) > 0 && found[len(found)-1].end > s.end {
		found = slices.DeleteFunc(slices.Clone(found), func(c span) bool { return c.end > s.end })
	}
	return found
}

func (d *document) any(name string, s span) bool { return len(d.in(name, s)) > 0 }

// group returns all cues of a group ("label.") inside s, with their tags' last part.
func (d *document) group(prefix string, s span) []tagged {
	g := lexiconOnce().groups[tag(prefix)]
	i, _ := slices.BinarySearchFunc(d.all, s.start, func(c cue, p int) int { return c.start - p })
	var out []tagged
	for ; i < len(d.all) && d.all[i].start < s.end; i++ {
		if c := d.all[i]; c.group == g && c.end <= s.end {
			full := lexiconOnce().names[c.tag]
			out = append(out, tagged{span: c.span, name: full[strings.IndexByte(full, '.')+1:]})
		}
	}
	return out
}

// tagged is a cue by the last part of its tag.
type tagged struct {
	span
	name string
}

// maxReach bounds, in words, how far two things can stand apart and still be spoken
// of together; maxGap the same in bytes. They keep hostile texts linear.
const maxReach, maxGap = 64, 600

// words counts what separates two things: ASCII words, and every second ideograph.
func (d *document) words(s span) int {
	n, hans := 0, 0
	for i := s.start; i < s.end && n < maxReach; {
		if wordByte(d.low[i]) {
			n++
			for i < s.end && (wordByte(d.low[i]) || d.low[i] == '\'' || d.low[i] == '-') {
				i++
			}
			continue
		}
		r, size := utf8.DecodeRune(d.low[i:])
		switch {
		case han(r):
			hans++
		case r > utf8.RuneSelf && unicode.IsLetter(r):
			for i < s.end && !gapByte(d.low[i]) {
				i++
			}
			n++
			continue
		}
		i += max(size, 1)
	}
	return n + (hans+1)/2
}

// only reports whether every letter of s belongs to a cue of one of the tags, and
// every other byte is a space or one of allowed.
func (d *document) only(s span, allowed string, tags ...string) bool {
	if s.length() > maxGap {
		return false
	}
	for i := s.start; i < s.end; {
		if end := d.cueEnd(i, s.end, tags); end > i {
			i = end
			continue
		}
		c := d.low[i]
		if c == ' ' || c == '\t' || c == '\n' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(d.low[i:])
		if !strings.ContainsRune(allowed, r) {
			return false
		}
		i += size
	}
	return true
}

// cueEnd is the end of the longest cue of the tags that starts at i and ends by limit.
func (d *document) cueEnd(i, limit int, tags []string) int {
	best := 0
	at, _ := slices.BinarySearchFunc(d.all, i, func(c cue, p int) int { return c.start - p })
	for ; at < len(d.all) && d.all[at].start == i; at++ {
		c := d.all[at]
		if c.end > limit || c.end <= best {
			continue
		}
		full := lexiconOnce().names[c.tag]
		for _, t := range tags {
			if rest, ok := strings.CutPrefix(full, t); ok && (rest == "" || rest[0] == '.') {
				best = c.end
			}
		}
	}
	return best
}

// clause narrows s to the part around p between commas, semicolons and brackets.
func (d *document) clause(s span, p int) span {
	out := s
	out.start, out.end = max(s.start, p-maxGap), min(s.end, p+maxGap)
	for i := p - 1; i >= out.start; i-- {
		if d.clauseBreak(i) {
			out.start = i + 1
			break
		}
	}
	for i := p; i < out.end; i++ {
		if d.clauseBreak(i) {
			out.end = i
			break
		}
	}
	return out
}

func (d *document) clauseBreak(i int) bool {
	switch d.low[i] {
	case ',', ';', '(', ')', '\n':
		return true
	case '-':
		return i > 0 && d.low[i-1] == ' ' && i+1 < len(d.low) && d.low[i+1] == ' '
	}
	return false
}

// sentenceAt is the sentence that holds p, or nil.
func (d *document) sentenceAt(p int) *sentence {
	i, _ := slices.BinarySearchFunc(d.sentences, p, func(s sentence, p int) int {
		if s.end <= p {
			return -1
		}
		return 1
	})
	if i < len(d.sentences) && d.sentences[i].has(p) {
		return &d.sentences[i]
	}
	return nil
}

// maxSentences and maxSentence bound what is weighed for the intent.
const maxSentences, maxSentence = 120, 1200

// authored are the sentences that are the writer's own prose or lists; code blocks
// are data and count where asked for.
func (d *document) authored(code bool) []sentence {
	var out []sentence
	for _, s := range d.sentences {
		if !s.quoted && (code || !s.code) {
			s.end = min(s.end, s.start+maxSentence)
			out = append(out, s)
		}
	}
	if len(out) > maxSentences {
		out = append(out[:maxSentences*3/4:maxSentences*3/4], out[len(out)-maxSentences/4:]...)
	}
	return out
}
