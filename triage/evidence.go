package triage

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxEvidence bounds what is quoted for one cause.
const maxEvidence = 5

// piece is one thing that speaks for a cause (or, with negative weight, against it).
type piece struct {
	w     float64
	spans []hit
	side  string
	fact  *Fact
	// vetoes says that the text rules the cause out by its circumstances: how the story
	// sounds counts for nothing then.
	vetoes bool
}

// piece is what f is worth for a cause for which its signal weighs w: what the text
// denies speaks against it.
func (f fired) piece(w float64) piece {
	if f.denied {
		w = -max(w, -w)
	}
	return piece{w: w * f.factor, spans: f.spans, side: f.signal.side}
}

// witnesses are the pieces to quote: what experience went by only where nothing better
// was seen, and of that what says something by itself, where anything does.
func witnesses(pieces []piece, view piece, text string) []piece {
	if len(view.spans) == 0 || slices.ContainsFunc(pieces, func(p piece) bool { return p.w > 0 }) {
		return pieces
	}
	if telling := slices.DeleteFunc(slices.Clone(view.spans), func(h hit) bool { return !tells(text[h.from:h.to]) }); len(telling) > 0 {
		view.spans = telling
	}
	return append(slices.Clone(pieces), view)
}

// shortestTelling is the length of a word, or of a run of Chinese, that says something by itself.
const shortestTelling = 4

// tells reports whether s has a word that says something by itself: "C", "45", 析失 do not.
func tells(s string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }), func(word string) bool {
		return utf8.RuneCountInString(word) >= shortestTelling
	})
}

// quote makes the evidence of a finding from its pieces, the weightiest first: the clause
// or line in which each stands, once, none across a redaction.
func quote(pieces []piece, name, text string, lines []int) ([]Evidence, string) {
	var out []Evidence
	judge := ""
	for _, p := range pieces {
		if p.w <= 0 || len(out) >= maxEvidence {
			continue
		}
		if judge == "" {
			judge = p.side
		}
		if p.fact != nil {
			out = append(out, Evidence{Source: p.fact.Source, Line: p.fact.Line, Text: p.fact.Text, Weight: p.w})
			continue
		}
		for _, h := range joinSpans(p.spans, text) {
			from, to := wholeWords(text, int(h.from), int(h.to))
			from, to = trimSpan(text, from, to)
			if from >= to || slices.ContainsFunc(out, func(e Evidence) bool { return e.Start <= from && to <= e.End }) {
				continue
			}
			start, end := clause(text, from, to)
			if !tells(text[from:to]) {
				from, to = start, end // no part of it is decisive
			}
			out = append(out, Evidence{Source: name, Line: lineOf(lines, start), Text: text[start:end], Start: start, End: end, Mark: [2]int{from - start, to - start}, Weight: p.w})
			if len(out) >= maxEvidence {
				break
			}
		}
	}
	return out, judge
}

// longestQuote bounds one piece of evidence, in bytes.
const longestQuote = 240

// stops end a clause of a sentence; a line break always does.
var stops = []string{". ", "; ", "! ", "? ", "。", "；", "！", "？", redactedOpen, redactedClose, "\n"}

// clause widens a span to its line, or to the sentence in it where the line is too long to
// quote, or as far as a quotation goes.
func clause(text string, from, to int) (int, int) {
	start, end := max(0, to-longestQuote), min(len(text), from+longestQuote)
	if i := strings.LastIndexByte(text[:from], '\n') + 1; i >= start && !strings.Contains(text[i:from], redactedClose) {
		start = i
	} else {
		start = nextWord(text, start, from)
		for _, stop := range stops {
			if i := strings.LastIndex(text[start:from], stop); i >= 0 {
				start += i + len(stop)
			}
		}
	}
	whole := end == len(text) // the end is that of a line, a sentence or the text
	for _, stop := range []string{"\n", redactedOpen} {
		if i := strings.Index(text[to:end], stop); i >= 0 {
			end, whole = to+i, true
		}
	}
	if end-start > longestQuote || !whole {
		for _, stop := range stops {
			if i := strings.Index(text[to:end], stop); i >= 0 {
				end, whole = to+i, true
			}
		}
	}
	for end-start > longestQuote && start < from {
		start = nextWord(text, start, from)
	}
	if end-start > longestQuote {
		end, whole = max(to, start+longestQuote), false
	}
	if !whole {
		end = lastWord(text, to, end)
	}
	return trimBlanks(text, start, end, from, to)
}

// nextWord gives the beginning of the word after start, at most from.
func nextWord(text string, start, from int) int {
	for start < from && wordByte(text[start]) {
		start++
	}
	for start < from && !wordByte(text[start]) {
		start++
	}
	return start
}

// lastWord gives the end of the last whole word that ends before end, at least to.
func lastWord(text string, to, end int) int {
	for end > to && (text[end]&0xC0 == 0x80 || wordByte(text[end-1]) && wordByte(text[end])) {
		end--
	}
	return end
}

func wordByte(b byte) bool { return b > ' ' && b < utf8.RuneSelf && b != ',' && b != ';' }

// trimBlanks cuts blanks and quotes off text[start:end], but nothing of text[from:to].
func trimBlanks(text string, start, end, from, to int) (int, int) {
	for start < from && (text[start]&0xC0 == 0x80 || strings.IndexByte(" \t\r\n\"'`,;", text[start]) >= 0) {
		start++
	}
	for end > to && strings.IndexByte(" \t\r\n\"'`,;", text[end-1]) >= 0 {
		end--
	}
	return start, end
}

// joinSpans makes one quotation of spans that stand close together on a line.
func joinSpans(spans []hit, text string) []hit {
	if len(spans) < 2 {
		return spans
	}
	all := hit{spans[0].from, spans[0].to}
	for _, h := range spans[1:] {
		all.from, all.to = min(all.from, h.from), max(all.to, h.to)
	}
	if all.to-all.from <= longestQuote && !strings.Contains(text[all.from:all.to], "\n") &&
		!strings.Contains(text[all.from:all.to], redactedOpen) {
		return []hit{all}
	}
	return spans
}

// wholeWords widens a span that begins or ends inside a word. Chinese has no words to
// complete.
func wholeWords(text string, from, to int) (int, int) {
	for n := 0; from > 0 && from < len(text) && n < longestTypo; n++ {
		r, _ := utf8.DecodeRuneInString(text[from:])
		before, size := utf8.DecodeLastRuneInString(text[:from])
		if text[from]&0xC0 != 0x80 && !(wordRune(r) && wordRune(before)) {
			break
		}
		if text[from]&0xC0 == 0x80 {
			size = 1
		}
		from -= size
	}
	for n := 0; to > 0 && to < len(text) && n < longestTypo; n++ {
		r, size := utf8.DecodeRuneInString(text[to:])
		before, _ := utf8.DecodeLastRuneInString(text[:to])
		if text[to]&0xC0 != 0x80 && !(wordRune(r) && wordRune(before)) {
			break
		}
		if text[to]&0xC0 == 0x80 {
			size = 1
		}
		to += size
	}
	return from, to
}

func wordRune(r rune) bool { return unicode.IsLetter(r) && !isHan(r) && r != utf8.RuneError }

// trimSpan cuts blanks, length and redactions off a span.
func trimSpan(text string, from, to int) (int, int) {
	if i := strings.Index(text[from:to], redactedOpen); i >= 0 {
		if i > 2 {
			to = from + i
		} else if j := strings.Index(text[from:to], redactedClose); j >= 0 {
			from += j + len(redactedClose)
			return trimSpan(text, from, to)
		} else {
			return from, from
		}
	}
	if to-from > longestQuote {
		to = from + longestQuote
		for to > from && text[to]&0xC0 == 0x80 {
			to--
		}
	}
	for from < to && strings.IndexByte(" \t\r\n\"'`", text[from]) >= 0 {
		from++
	}
	for from < to && strings.IndexByte(" \t\r\n\"'`", text[to-1]) >= 0 {
		to--
	}
	return from, to
}

// lineStarts gives the offset of each line of text.
func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func lineOf(starts []int, offset int) int {
	return sort.Search(len(starts), func(i int) bool { return starts[i] > offset })
}
