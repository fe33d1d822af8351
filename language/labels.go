package language

import (
	"slices"
	"strings"
)

// labelSentence lets the label words of one sentence vote for the names beside them.
func labelSentence(rd *reading, k int, items []*item) {
	s := rd.sentences[k]
	here := itemsOf(items, k)
	if len(here) == 0 {
		return
	}
	labels := rd.group("label.node", s.span)
	if nots := rd.in("notcluster", s.span); len(nots) > 0 {
		// "edge.a.example, no cluster" labels nothing.
		labels = slices.DeleteFunc(labels, func(l tagged) bool { return l.name == "cluster" && slices.ContainsFunc(nots, l.meets) })
	}
	for li, l := range labels {
		prev, next := neighbours(here, l.span)
		if li > 0 && prev >= 0 && labels[li-1].start >= here[prev].end {
			prev = -1 // another label is nearer to that name
		}
		chained := li+1 < len(labels) && next >= 0 && labels[li+1].end <= here[next].start
		bind(rd, here, l, prev, next, chained, labels, li)
	}
}

// neighbours are the indexes of the names before and after l, -1 for none.
func neighbours(here []*item, l span) (prev, next int) {
	prev, next = -1, -1
	for i, it := range here {
		if it.end <= l.start {
			prev = i
		}
		if next < 0 && it.start >= l.end {
			next = i
		}
	}
	return prev, next
}

// labelRole is what label li means here: some depend on the product or on the label
// before them.
func labelRole(rd *reading, labels []tagged, li int, here []*item) role {
	switch l := labels[li]; l.name {
	case "join":
		if rd.product() == "generic" {
			return roleNode
		}
		return roleSAN
	case "url":
		if rd.product() == "cms" {
			return roleSAN
		}
		return roleNode
	case "name":
		if li == 0 || slices.ContainsFunc(here, func(it *item) bool { return it.start >= labels[li-1].end && it.end <= l.start }) {
			return roleNode
		}
		return labelRole(rd, labels, li-1, here)
	default:
		return labelRoles[l.name]
	}
}

const linkMarks = ":=\"'`([*_>|-,"

func bind(rd *reading, here []*item, l tagged, prev, next int, chained bool, labels []tagged, li int) {
	r := labelRole(rd, labels, li, here)
	if r == roleNone && l.name != "suffix" && l.name != "third" {
		return
	}
	word := string(rd.low[l.start:l.end])
	bare := r == roleCluster && bareCluster.has(word)
	if prev >= 0 && r != roleNone && postLabel(rd.document, here, l, prev, next) {
		if !(bare && rd.low[l.start-1] != '(' && !rd.any("glue", span{here[prev].end, l.start})) {
			voteBack(rd.document, here, prev, r, plural(word, r))
			return
		}
	}
	if next < 0 {
		return
	}
	gap := span{l.end, here[next].start}
	if chained {
		// "cluster FQDN", "SAN host": the special word wins over the plain one.
		other := labels[li+1]
		if r == roleNode || r == roleNone || !rd.only(span{l.end, other.start}, "( ", "glue") || labelRoles[other.name] != roleNode {
			return
		}
		gap.start = other.end
		if bare && !nameWords.has(string(rd.low[other.start:other.end])) {
			return // "cluster (pub: X, subs: Y)"
		}
	}
	w := linkStrength(rd.document, gap)
	if chained {
		w++
	}
	if l.name == "suffix" || l.name == "third" {
		if w >= voteNear {
			special(here[next], l.name)
		}
		return
	}
	if bare && !namesCluster.Match(rd.low[gap.start:gap.end]) {
		return
	}
	list := listFrom(rd.document, here, next)
	if bare && len(list) > 1 && strings.Contains(string(rd.low[list[0].end:list[1].start]), "(") {
		list = list[:1] // "cluster X (X1, X2)"
	}
	if r == roleCluster && (len(list) > 1 && bare || len(here[next].values) > 1) {
		r = roleNode
	}
	if prepositionAtEnd(rd.document, gap) && r != roleNode {
		w = 0.5
	}
	if r == roleDomain {
		for n := next + len(list); n < len(here) && n > 0 && rd.only(span{here[n-1].end, here[n].start}, ", ", "plus", "also"); n++ {
			list = here[next : n+1]
		}
	}
	for i, it := range list {
		if i > 0 && (r == roleCluster || r == roleCN) {
			break
		}
		if i > 0 {
			it.votes[r] += w - 0.5 // what is said of it alone weighs more
			continue
		}
		it.votes[r] += w
	}
	// The rest of the sentence, for lists with words between their members.
	if plural(word, r) && w >= voteNear {
		for _, it := range here[next+len(list):] {
			if anyLabel(rd.document, span{list[len(list)-1].end, it.start}) {
				break
			}
			it.votes[r] += voteFar
		}
	}
}

// namesCluster: what may stand between the word cluster and its name.
var namesCluster = lazy("^[\\s:=\"'`(*_|-]*(?:(?:is|are|is known as|known as|aka|runs as|called|named|name|fqdn|will be|should be|ist|heißt|est|es|è|是|为|叫|叫做|名为)[\\s:=\"'`(]*)*$")

// nameWords after "cluster" make it the cluster's name.
const nameWords wordList = "nameWords"

// bareCluster are the labels that say cluster and not that a name follows.
const bareCluster wordList = "bareCluster"

func special(it *item, what string) {
	if what == "suffix" {
		it.suffix = true
	} else {
		it.third = true
	}
}

func anyLabel(d *document, s span) bool { return len(d.group("label.node", s)) > 0 }

// plural: the label speaks of several names.
func plural(word string, r role) bool {
	if r == roleCluster || r == roleCN {
		return false
	}
	return r == roleSAN || strings.HasSuffix(word, "s") || !asciiOnly(word) || word == "knoten"
}

// postLabel: the label stands behind its name: "X is the cluster name", "X (pub)".
func postLabel(d *document, here []*item, l tagged, prev, next int) bool {
	back := span{here[prev].end, l.start}
	if !d.only(back, "(,-=*_\"'`|:[", "glue", "also", "entry") {
		return false
	}
	text := string(d.low[back.start:back.end])
	if strings.Contains(text, ":") || strings.Contains(text, "|") {
		return next < 0
	}
	if next < 0 {
		return !strings.Contains(text, ",") || d.any("glue", back)
	}
	forward := span{l.end, here[next].start}
	ahead := string(d.low[forward.start:forward.end])
	if strings.Contains(text, "(") {
		return strings.Contains(ahead, ")")
	}
	if strings.Contains(text, ",") {
		return false
	}
	if strings.ContainsAny(ahead, ":=") {
		return false
	}
	if strings.TrimSpace(ahead) == "" || !d.any("glue", back) {
		return false
	}
	return copulaLike(d, back) || labelRoles[l.name] == roleSAN && !d.only(forward, linkMarks, "glue", "entry", "prep")
}

// looseGlue joins without saying that the one is the other.
const looseGlue wordList = "looseGlue"

// copulaLike: "is", "as", "为" rather than "with", "and".
func copulaLike(d *document, s span) bool {
	return slices.ContainsFunc(d.in("glue", s), func(g span) bool { return !looseGlue.has(string(d.low[g.start:g.end])) })
}

// voteBack gives r to the name before a label, and to the list that it ends when
// the label is for several.
func voteBack(d *document, here []*item, last int, r role, several bool) {
	here[last].votes[r] += voteStrong
	if !several {
		return
	}
	for i := last - 1; i >= 0; i-- {
		if gap := (span{here[i].end, here[i+1].start}); !d.listLink(gap) || d.any("plus", gap) {
			return
		}
		if d.any("prep", span{max(0, here[i].start-8), here[i].start}) && r != roleNode {
			return // "cert for X, Y as SAN": X is what it is for
		}
		here[i].votes[r] += voteNear
	}
}

// linkStrength weighs the words between a label and the name after it.
func linkStrength(d *document, gap span) float64 {
	text := strings.TrimSpace(string(d.low[gap.start:gap.end]))
	switch {
	case strings.Trim(text, ":=\"'`([{*_>|- ") == "" || d.only(gap, ":=\"'`(", "entry"):
		return voteStrong
	case d.only(gap, linkMarks, "glue", "entry", "prep"):
		if strings.Contains(text, ",") && !strings.ContainsAny(text, ":=") {
			return voteFar
		}
		return voteStrong
	case strings.HasSuffix(text, ":") || strings.HasSuffix(text, "="):
		return voteCarried
	}
	breaks := strings.Count(text, ",") + strings.Count(text, ")") + strings.Count(text, "(")
	switch n := d.words(gap) + 3*breaks; {
	case n <= 3:
		return voteNear
	case n <= 7:
		return 2.5
	}
	return voteFar
}

// prepositionAtEnd: "SANs for X", "domain on X": the label is not X's.
func prepositionAtEnd(d *document, gap span) bool {
	list := d.in("prep", gap)
	if len(list) == 0 {
		return false
	}
	last := list[len(list)-1]
	return d.only(span{last.end, gap.end}, "\"'`( ", "product", "label")
}
