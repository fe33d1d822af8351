package triage

import "strings"

// hit is one occurrence of a literal, in bytes of the redacted source.
type hit struct{ from, to int32 }

func (h hit) overlaps(k hit) bool { return h.from < k.to && k.from < h.to }

// longestClause is how far a clause is looked for, in bytes.
const longestClause = 400

// clauseEnds divide what is said from what is said besides.
var clauseEnds = []string{"。", "，", "；", "：", "！", "？", "、"}

// stops of a clause for what is said of two things at once.
var clauseStops = append([]string{"\n", ". ", ", ", "; ", "! ", "? ", " but ", " and ", " while ", " aber ", " und ", " mais ", " et ", " pero ", " y ", "但", "而"}, clauseEnds...)

// sentenceStops end a sentence. A colon does not: what stands before it names what follows.
var sentenceStops = []string{"\n", ". ", "! ", "? ", "; ", "。", "！", "？", "；"}

// clauseAround gives the part of text around at that no stop divides.
func clauseAround(text string, at hit, stops []string) hit {
	from, to := max(0, int(at.from)-longestClause), min(len(text), int(at.to)+longestClause)
	for _, stop := range stops {
		if i := strings.LastIndex(text[from:at.from], stop); i >= 0 {
			from += i + len(stop)
		}
		if i := strings.Index(text[at.to:to], stop); i >= 0 {
			to = int(at.to) + i
		}
	}
	return hit{int32(from), int32(to)}
}
