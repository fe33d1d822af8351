package language

import (
	"bytes"
	"slices"
	"strings"
)

// markAffinity notes the product word right before a name ("CUCM cucm1.a.example").
func markAffinity(rd *reading, items []*item) {
	for _, it := range items {
		s := rd.sentences[it.sent]
		if domainMark.Match(rd.low[it.end:min(s.end, it.end+16)]) && it.n != nil && apex(it.values[0]) {
			it.votes[roleDomain] += voteStrong
		}
		if m := sideMark.FindSubmatch(rd.low[it.end:min(s.end, it.end+12)]); m != nil && strings.HasPrefix(rd.family, "expressway") {
			it.product = "expressway-" + string(m[1])
			continue
		}
		list := rd.group("product.cucm", span{s.start, it.start})
		if len(list) == 0 {
			continue
		}
		last := list[len(list)-1]
		if rd.only(span{last.end, it.start}, " (:=\"'`", "glue", "label.node", "at") && !strings.Contains(string(rd.low[last.end:it.start]), ",") {
			it.product = last.name
		}
	}
	if rd.u.Product == nil {
		return
	}
	for i, it := range items {
		if it.product != "" && it.product != "generic" && sameFamily(it.product, *rd.u.Product) {
			it.votes[roleNode] += voteNear
		}
		if it.product == "" && i > 0 && linked(rd.document, items[i-1], it) {
			it.product = items[i-1].product
		}
		if it.product != "" && !sameFamily(it.product, *rd.u.Product) {
			it.third = true
		}
	}
}

// domainMark: "acme.example (MRA)".
var domainMark = lazy(`^ ?\((?:mra|jabber|registration|sip|federation|presence)\b`)

// sideMark: "xe1.a.example (E)".
var sideMark = lazy(`^ ?\((?:exp(?:ressway)?-?)?([ce])\)`)

func sameFamily(a, b string) bool {
	if a == b || a == "generic" || b == "generic" && a != "cucm" {
		return true
	}
	if a == "expressway" || a == "expressway-both" {
		return strings.HasPrefix(b, "expressway")
	}
	return false
}

// markThird marks names that are only spoken of.
func markThird(rd *reading, items []*item) {
	for i, it := range items {
		if it.n != nil && it.votes == [roles]float64{} && (it.n.url && it.n.path && rd.u.Intent != Diagnose || reference(it.values[0])) {
			it.third = true
		}
		if likeIt.Match(rd.low[it.end:min(len(rd.low), it.end+24)]) {
			it.third = true
			continue
		}
		if i > 0 && items[i-1].third && linked(rd.document, items[i-1], it) && it.votes == [roles]float64{} {
			it.third = true
			continue
		}
		c := rd.clause(span{gapBefore(rd.document, items, i).start, it.end}, it.start)
		list := rd.in("third", span{c.start, it.start})
		if rd.u.Intent == Diagnose {
			// What cannot be connected to is the patient; a partner is not.
			list = slices.DeleteFunc(slices.Clone(list), func(t span) bool { return !strings.Contains(string(rd.low[t.start:t.end]), "federat") })
		}
		if len(list) == 0 {
			continue
		}
		gap := span{list[len(list)-1].end, it.start}
		if strings.Contains(string(rd.low[gap.start:gap.end]), ":") {
			continue // "in front of the intranet: X" names X itself
		}
		if rd.words(gap) <= 6 && it.votes[roleDomain] < voteNear && it.votes[roleSAN] < voteNear && it.votes[roleCluster] < voteNear {
			it.third = true
		}
	}
}

// likeIt: "跟 X 一样", "the same as X has".
var likeIt = lazy(`^\W{0,2}(?:一样|相同|那样|同样|一致的|类似|と同じ)`)

var readSites = []string{"cisco.com", "github.com", "slack.com", "google.com", "atlassian.net", "service-now.com", "microsoft.com", "wikipedia.org", "openssl.org", "letsencrypt.org", "ietf.org", "youtube.com", "stackoverflow.com"}

// reference: sites that are read, not certified.
func reference(v string) bool {
	return slices.ContainsFunc(readSites, func(r string) bool { return v == r || strings.HasSuffix(v, "."+r) })
}

// markDropped marks names that a negation takes out: before them ("without X"), or
// behind them ("X is dead", "leave those alone").
func markDropped(rd *reading, items []*item) {
	if rd.u.Intent == Cancel {
		return // what is not needed any more is the request
	}
	for i, it := range items {
		gap := gapBefore(rd.document, items, i)
		if i > 0 && items[i-1].dropped && linked(rd.document, items[i-1], it) && (rd.any("also", gap) || dropsLists(rd.document, items, i-1)) {
			it.dropped = true
			continue
		}
		if dropBefore(rd, rd.clause(gap, it.start), it.start) {
			it.dropped = true
		}
	}
	droppedBehind(rd.document, items)
	onlyOne(rd.document, items)
}

// onlyOne: "only expc-2 needs a new one": the other boxes do not.
func onlyOne(d *document, items []*item) {
	for _, c := range d.cuesOf("onlyword") {
		for i, it := range items {
			if it.dropped || it.start < c.end || !d.only(span{c.end, it.start}, " ", "glue", "label.node") || d.words(span{c.end, it.start}) > 2 {
				continue
			}
			keep := map[string]bool{}
			for _, k := range listFrom(d, items, i) {
				first, _, _ := strings.Cut(k.values[0], ".")
				keep[first] = true
			}
			if i == 0 || items[i].sent == 0 && items[0] == it {
				break
			}
			for j, o := range items {
				first, _, _ := strings.Cut(o.values[0], ".")
				if j < i && !keep[first] && o.votes[roleCluster] < voteNear && o.votes[roleDomain] == it.votes[roleDomain] && o.votes[roleSAN] < voteNear && sameStem(o.values[0], it.values[0]) {
					o.dropped = true
				}
			}
			break
		}
	}
}

// dropBefore: a negation in c reaches the name at p.
func dropBefore(rd *reading, c span, p int) bool {
	for _, t := range []string{"drop.list", "drop.one"} {
		if t == "drop.one" && rd.u.Intent == Diagnose {
			continue // "not valid for X" is about X
		}
		for _, n := range rd.in(t, c) {
			gap := span{n.end, p}
			words := 7
			if t == "drop.one" {
				words = 3
			}
			if besides.Match(rd.low[n.start:min(len(rd.low), p+120)]) {
				continue
			}
			if rd.words(gap) > words || positiveAfter(rd.document, gap) || rd.any("err.hard", gap) || rd.u.Intent == Cancel && rd.any("requestword", gap) {
				continue
			}
			if t == "drop.one" && rd.any("cert", gap) && bytes.IndexByte(rd.low[gap.start:gap.end], ':') >= 0 {
				continue // "a CSR, not a cert: X"
			}
			if t == "drop.one" && !rd.only(gap, "\"'`(:", "glue", "label", "product", "prep", "cert") {
				continue
			}
			return true
		}
	}
	return false
}

// besides: "除了 A 还要加 B" adds B to A.
var besides = lazy(`^除了?[^。;\n]{0,100}?(?:还要|还有|还需|也要|另外)`)

// positiveAfter: a word that ends a negation: "not X but Y", "除了 X 还要 Y".
func positiveAfter(d *document, gap span) bool {
	for w := range strings.FieldsSeq(string(d.low[gap.start:gap.end])) {
		switch w {
		case "but", "only", "sondern", "nur", "mais", "sino", "pero", "ma", "mas", "to", "with", "from":
			return w != "from" && w != "with"
		}
	}
	return holdsAny(string(d.low[gap.start:gap.end]), "而是", "还要", "只", "改用", "但")
}

// dropsLists: the negation before the list that items[i] ends is of the kind that
// takes whole lists.
func dropsLists(d *document, items []*item, i int) bool {
	for i > 0 && items[i-1].sent == items[i].sent && items[i-1].dropped {
		i--
	}
	return d.any("drop.list", d.clause(gapBefore(d, items, i), items[i].start))
}

func droppedBehind(d *document, items []*item) {
	for _, c := range d.group("drop.after", span{0, len(d.low)}) {
		if c.name != "after" {
			continue
		}
		s := d.sentenceAt(c.start)
		if s == nil || s.quoted || slices.ContainsFunc(d.cuesOf("unchanged"), c.meets) || ownRequest.Match(d.low[c.end:min(s.end, c.end+24)]) {
			continue
		}
		last := -1
		for i, it := range items {
			if it.end <= c.start {
				last = i
			}
		}
		if last < 0 {
			continue
		}
		if last+1 < len(items) && d.any("drop.list", c.span) && strings.Contains(string(d.low[items[last].end:c.start]), ",") && d.words(span{c.end, items[last+1].start}) <= 2 {
			continue // it speaks of the name that follows
		}
		between := span{items[last].end, c.start}
		at := d.sentences[items[last].sent]
		switch {
		case at.has(c.start):
			if !reaches(d, between) {
				continue
			}
		case at.line == s.line || at.line == s.line-1:
			// "Those are fine." speaks of the sentence before.
			if !pronoun(d, span{s.start, c.end}) || d.words(span{s.start, c.start}) > 3 {
				continue
			}
		default:
			continue
		}
		items[last].dropped = true
		for i := last - 1; i >= 0 && items[i].sent == items[last].sent; i-- {
			gap := span{items[i].end, items[i+1].start}
			if !d.listLink(gap) || strings.ContainsAny(string(d.low[gap.start:gap.end]), ",;") && singular(d, span{items[last].end, c.end}) {
				break
			}
			items[i].dropped = true
		}
	}
}

// ownRequest: "it has its own CSR" speaks of the box that is asked for.
var ownRequest = lazy(`^ (?:\w+ )?(?:csrs?|keys?|private keys?|signing requests?)\b`)

// newSubjects begin to say something of something else.
const newSubjects wordList = "newSubjects"

// reaches: few words, and no new subject, stand between the name and what is said
// about it.
func reaches(d *document, gap span) bool {
	if d.words(gap) > 7 || anyLabelButNode(d, gap) || d.any("cert", gap) && d.words(gap) > 2 {
		return false
	}
	if slices.ContainsFunc(strings.Fields(string(d.low[gap.start:gap.end])), func(w string) bool { return newSubjects.has(strings.Trim(w, ",")) }) {
		return false
	}
	return !d.any("feat.mra", gap) && !d.any("caword", gap) && len(d.group("ca.public", gap)) == 0 && len(d.group("product.cucm", gap)) == 0
}

// singular: what is said in c is said of one name.
func singular(d *document, c span) bool {
	text := " " + string(d.low[c.start:c.end]) + " "
	if !asciiOnly(text) && !holdsAny(text, "都", "这些", "那些") {
		return true
	}
	return holdsAny(text, " is ", " was ", " it ", " that ", " has ")
}

// pointers are pronouns, in languages that write them apart.
const pointers wordList = "pointers"

// pronoun: what was named before is pointed at.
func pronoun(d *document, s span) bool {
	text := string(d.low[s.start:s.end])
	points := func(w string) bool { return pointers.has(strings.Trim(w, ",.")) }
	return slices.ContainsFunc(strings.Fields(text), points) || holdsAny(text, "这", "那", "它")
}
