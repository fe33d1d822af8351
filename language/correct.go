package language

import (
	"slices"
	"strings"
)

// markRenamed drops old names: the one before "is now", the one after "was".
func markRenamed(d *document, items []*item) {
	for i := 0; i+1 < len(items); i++ {
		a, b := items[i], items[i+1]
		if d.sentences[b.sent].line-d.sentences[a.sent].line > 0 || a.n == nil || b.n == nil {
			continue
		}
		gap := span{a.end, b.start}
		renamed := d.any("swap.to", gap) && d.words(gap) <= 8 && !oldNameAfter(d, gap) && !arrowElsewhere(d, gap)
		if !renamed && (d.any("move", span{d.sentences[a.sent].start, b.start}) || d.any("done", span{d.sentences[a.sent].start, a.start})) {
			text := strings.TrimSpace(string(d.low[gap.start:gap.end]))
			renamed = passives.has(text) && d.any("done", span{d.sentences[a.sent].start, a.start}) || text == "to" || text == "nach" || text == "zu" || text == "in" || text == "à" || text == "a" || text == "到" || text == "->"
		}
		if renamed {
			a.dropped = true
			for r := range a.votes {
				b.votes[r] = max(b.votes[r], a.votes[r])
			}
		}
	}
	for i, it := range items {
		if it.n == nil {
			continue
		}
		for _, c := range d.in("swap.from", gapBefore(d, items, i)) {
			gap := span{c.end, it.start}
			if d.only(gap, ":=\"'`(", "glue", "label") && d.words(gap) <= 3 && contrasted(items, it) {
				it.dropped = true
			}
		}
	}
}

// passives join the old name and the new one in "we replaced X by Y".
const passives wordList = "passives"

// arrowElsewhere: an arrow renames only what stands right behind it.
func arrowElsewhere(d *document, gap span) bool {
	text := string(d.low[gap.start:gap.end])
	return strings.ContainsAny(text, "→>") && d.words(gap) > 1
}

// oldNameAfter: the words right before a name say that it is the old one.
func oldNameAfter(d *document, gap span) bool {
	list := d.in("swap.from", gap)
	if len(list) == 0 {
		return false
	}
	return d.only(span{list[len(list)-1].end, gap.end}, ":=\"'`( ", "glue", "label.node")
}

// contrasted: there is another name that can be the present one.
func contrasted(items []*item, old *item) bool {
	return slices.ContainsFunc(items, func(it *item) bool {
		return it != old && it.n != nil && !it.dropped && it.values[0] != old.values[0]
	})
}

// markCorrected: after "sorry, I meant" a name replaces the earlier one that it
// resembles most.
func markCorrected(d *document, items []*item) {
	markInstead(d, items)
	for _, c := range d.cuesOf("fix") {
		s := d.sentenceAt(c.start)
		if s == nil || s.quoted {
			continue
		}
		var olds, news []*item
		for _, it := range items {
			at := d.sentences[it.sent]
			switch {
			case it.n == nil:
			case it.end <= c.start:
				olds = append(olds, it)
			case (at.has(c.start) || it.sent > 0 && d.sentences[it.sent-1].has(c.start)) && it.start >= c.end && !it.dropped && !it.third:
				news = append(news, it)
			}
		}
		for _, n := range news {
			best, score := -1, 0
			for i, o := range olds {
				if o.dropped || o.third || o.values[0] == n.values[0] {
					continue
				}
				if sim := similar(o.values[0], n.values[0]); sim > score {
					best, score = i, sim
				}
			}
			if best < 0 || contains(news, olds[best].values[0]) {
				continue
			}
			olds[best].dropped = true
			for r := range n.votes {
				n.votes[r] = max(n.votes[r], olds[best].votes[r])
			}
		}
	}
}

// markInstead: "renew X instead" drops what was to be done before.
func markInstead(d *document, items []*item) {
	for _, c := range d.cuesOf("insteadword") {
		if hasAt(d.low, c.end, " of") || hasAt(d.low, c.end, " de") {
			continue
		}
		for i := len(items) - 1; i > 0; i-- {
			n := items[i]
			if n.end > c.start || n.n == nil || !d.sentences[n.sent].has(c.start) || n.dropped {
				continue
			}
			for _, o := range items[:i] {
				if o.n != nil && o.sent < n.sent && similar(o.values[0], n.values[0]) > 0 && o.votes[roleDomain] == n.votes[roleDomain] && o.votes[roleCluster] == n.votes[roleCluster] {
					o.dropped = true
				}
			}
			break
		}
	}
}

func contains(items []*item, v string) bool {
	return slices.ContainsFunc(items, func(it *item) bool { return it.values[0] == v })
}

// similar is positive for names of the same kind: same number of labels and a
// common domain or a common beginning; higher is nearer.
func similar(a, b string) int {
	la, lb := strings.Split(a, "."), strings.Split(b, ".")
	if len(la) != len(lb) {
		return 0
	}
	score := 0
	for i := range la {
		if la[i] == lb[i] {
			score += 3
		}
	}
	p := commonLen(a, b)
	if p < 2 && score < 6 {
		return 0
	}
	return score + min(p, 6)
}
