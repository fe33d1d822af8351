package language

import (
	"cmp"
	"slices"
)

// dashed: expe1-3.a.example, which is a range where the text speaks of several boxes.
var dashed = lazy(`^([a-z][a-z-]*?)(\d{1,2})-(\d{1,2})(\..+)?$`)

// severalCerts: certificates in the plural are for several boxes.
var severalCerts = lazy(`\b(?:certs|certificates|csrs|zertifikate|certificats|certificados|certificati)\b`)

// expandDashes turns such names into the names of the range.
func expandDashes(d *document, items []*item) {
	if !slices.ContainsFunc(items, func(it *item) bool { return len(it.values) == 1 && !it.plain && dashed.MatchString(it.values[0]) }) {
		return
	}
	if len(d.cuesOf("separate"))+len(d.cuesOf("shared"))+len(d.cuesOf("clustered"))+len(d.cuesOf("several")) == 0 && !severalCerts.Match(d.low) {
		return
	}
	for _, it := range items {
		if len(it.values) != 1 || it.plain {
			continue
		}
		m := dashed.FindStringSubmatch(it.values[0])
		if m == nil || m[2] == m[3] || it.n == nil && !hostStem.MatchString(m[1]+m[2]) {
			continue
		}
		if values := counted(m[1], m[2], m[3], m[4]); values != nil {
			it.values = values
		}
	}
}

// rangeWord stands between the first and the last box of a range.
var rangeWord = lazy(`^\s*(?:to|through|thru|thro|till|until|up to|bis|bis zu|à|a|hasta|t/m|tot|~|-|--|->|\.\.|\.\.\.|…|到|至|直到|から)\s*$`)

// joinRanges makes one item of the first and the last box of a range: "expe1 to
// expe4.a.example", "expe1 到 3.a.example".
func joinRanges(rd *reading, items []*item) []*item {
	out := items[:0:0]
	for _, b := range items {
		if n := len(out); n > 0 {
			if values := rangeOf(rd, out[n-1], b); values != nil {
				a := out[n-1]
				joined := *b
				joined.start, joined.values = a.start, values
				if b.n == nil && a.n != nil {
					joined.n = a.n
				}
				out[n-1] = &joined
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

func rangeOf(rd *reading, a, b *item) []string {
	if a.sent != b.sent || a.plain || b.plain || len(a.values) != 1 || len(b.values) != 1 || b.start <= a.end || b.start-a.end > 16 {
		return nil
	}
	if inside(rd.struck, a.start) || inside(rd.struck, b.start) {
		return nil
	}
	gap := string(rd.low[a.end:b.start])
	s := rd.sentences[a.sent]
	if !rangeWord.MatchString(gap) || rd.u.Intent == Diagnose || rd.any("move", s.span) || rd.any("swap.to", s.span) {
		return nil
	}
	x, z := boxNumber.FindStringSubmatch(a.values[0]), boxNumber.FindStringSubmatch(b.values[0])
	if x == nil || z == nil || x[1] == "" || z[1] != "" && z[1] != x[1] || x[3] != "" && z[3] != "" && x[3] != z[3] {
		return nil
	}
	return counted(x[1], x[2], z[2], cmp.Or(z[3], x[3]))
}
