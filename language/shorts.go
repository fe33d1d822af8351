package language

import (
	"slices"
	"strings"
)

// resolveShorts turns short names into full ones where the text says how: the same
// first label occurs in full elsewhere (D012), a domain is stated for them, or the
// next name of the list carries it ("expe1 and expe2.example.com"). What stays
// unresolved is no FQDN, but counts for the topology.
func resolveShorts(rd *reading, items []*item) []*item {
	full := map[string]string{}
	for _, it := range items {
		if it.n == nil || it.n.kind != kindHost {
			continue
		}
		for _, v := range it.values {
			first, _, _ := strings.Cut(v, ".")
			if other, seen := full[first]; seen && other != v {
				full[first] = ""
			} else {
				full[first] = v
			}
		}
	}
	suffix := ""
	for i, it := range items {
		if it.n == nil && !it.plain && full[it.values[0]] == "" && boxLike(rd.document, items, i) {
			suffix = statedSuffix(rd.document, items)
			break
		}
	}
	var out []*item
	for i, it := range items {
		if it.n != nil {
			out = append(out, it)
			continue
		}
		if it.plain && !it.dropped && slices.Max(it.votes[:]) < voteNear {
			continue // just a word
		}
		if v := full[it.values[0]]; v == "" && !it.plain {
			full[it.values[0]] = endingIn(full, it.values[0])
		}
		if v := full[it.values[0]]; v != "" {
			it.values = []string{v}
			it.n = &name{span: it.span, values: it.values, derived: true}
			out = append(out, it)
			continue
		}
		if it.plain || !boxLike(rd.document, items, i) {
			continue
		}
		domain := suffix
		if domain == "" {
			domain = lentDomain(rd.document, items, i)
		}
		if domain == "" {
			domain = stemDomain(items, it.values[0])
		}
		if domain == "" {
			if !it.dropped && !it.third && rd.u.Intent != Diagnose {
				rd.unresolved += len(it.values)
			}
			continue
		}
		for k := range it.values {
			it.values[k] += "." + domain
		}
		it.n = &name{span: it.span, values: it.values, derived: true}
		out = append(out, it)
	}
	return out
}

// endingIn: "sub2" beside ccm-sub2.a.example is that box.
func endingIn(full map[string]string, v string) string {
	found := ""
	for first, name := range full {
		if strings.HasSuffix(first, "-"+v) {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}

// boxLike: labelled as a node or cluster, shaped like one of our boxes, or listed
// with such.
func boxLike(d *document, items []*item, i int) bool {
	ok := func(it *item) bool {
		return it.votes[roleNode] >= voteNear || it.votes[roleCluster] >= voteNear || it.votes[roleCN] >= voteNear ||
			it.n == nil && hostStem.MatchString(it.values[0]) && strings.ContainsAny(it.values[0], "0123456789-")
	}
	if ok(items[i]) || certFor(d, items[i]) || items[i].n == nil && stemDomain(items, items[i].values[0]) != "" {
		return true
	}
	for j := i; j+1 < len(items) && linked(d, items[j], items[j+1]); j++ {
		if (ok(items[j+1]) || countsUp(items[i], items[j+1])) && sameStem(items[i].values[0], items[j+1].values[0]) {
			return true
		}
	}
	for j := i; j > 0 && linked(d, items[j-1], items[j]); j-- {
		if ok(items[j-1]) && sameStem(items[i].values[0], items[j-1].values[0]) {
			return true
		}
	}
	return false
}

// countsUp: "c1" before "c3.a.example" in a list is a box of that row.
func countsUp(short, full *item) bool {
	a, b := boxNumber.FindStringSubmatch(short.values[0]), boxNumber.FindStringSubmatch(full.values[0])
	return full.n != nil && full.n.kind == kindHost && a != nil && b != nil && a[1] != "" && a[1] == b[1] && a[2] != b[2] && a[3] == ""
}

// stemDomain: beside the cluster xe.a.example, "xe1" and "xe-2" are boxes of a.example.
func stemDomain(items []*item, v string) string {
	stem := strings.TrimRight(strings.TrimRight(v, "0123456789"), "-")
	if stem == v || len(stem) < 2 {
		return ""
	}
	for _, it := range items {
		if it.n == nil || it.n.kind != kindHost {
			continue
		}
		if first, rest, _ := strings.Cut(it.values[0], "."); first == stem {
			return rest
		}
	}
	return ""
}

// certFor: "a cert for 'voice-gw'", "csr for lab-box7".
func certFor(d *document, it *item) bool {
	s := d.sentences[it.sent]
	before := span{max(s.start, it.start-40), it.start}
	preps := d.in("prep", before)
	if len(preps) == 0 {
		return false
	}
	last := preps[len(preps)-1]
	if strings.Trim(string(d.low[last.end:it.start]), " \"'`(") != "" {
		return false
	}
	certs := d.in("cert", span{before.start, last.start})
	return len(certs) > 0 && d.words(span{certs[len(certs)-1].end, last.start}) == 0
}

func sameStem(a, b string) bool {
	a, _, _ = strings.Cut(a, ".")
	b, _, _ = strings.Cut(b, ".")
	a, b = strings.TrimRight(a, "0123456789"), strings.TrimRight(b, "0123456789")
	if a == b {
		return true
	}
	i := strings.LastIndexByte(a, '-')
	return i > 0 && strings.HasPrefix(b, a[:i+1])
}

// statedSuffix is the domain that the text gives for short names, if any.
func statedSuffix(d *document, items []*item) string {
	for _, it := range items {
		if it.n == nil || it.n.kind != kindHost || it.dropped {
			continue
		}
		if it.suffix || it.n.suffix {
			it.suffix = true
			return it.values[0]
		}
	}
	for _, it := range items {
		if it.n == nil || it.n.kind != kindHost || it.dropped || it.votes[roleSAN] >= voteNear || it.votes[roleCluster] >= voteNear || it.votes[roleNode] >= voteNear {
			continue
		}
		if w := wordBefore(d, it.start); inWords.has(w) && (w != "at" || apex(it.values[0])) {
			if it.votes[roleDomain] < voteStrong || bareDomain(d, it) {
				it.suffix = true
			}
			return it.values[0]
		}
	}
	if sameDomain.Match(d.low) {
		for _, it := range items {
			if it.n != nil && it.n.kind == kindHost && !it.dropped && !it.third && it.votes[roleDomain] < voteNear {
				_, rest, _ := strings.Cut(it.values[0], ".")
				return rest
			}
		}
	}
	for _, it := range items {
		if it.n != nil && it.votes[roleDomain] >= voteCarried && bareDomain(d, it) {
			return it.values[0]
		}
	}
	return ""
}

// sameDomain: the short names live where the full one does.
var sameDomain = lazy(`\b(?:same|identical) (?:dns )?(?:domain|suffix)\b|同一?个?域|域名?(?:一样|相同)|gleiche domäne|même domaine`)

// inWords say before a domain that boxes live in it.
const inWords wordList = "inWords"

// wordBefore is the word (or up to two ideographs) that ends right before p, labels
// between them skipped ("in the domain X").
func wordBefore(d *document, p int) string {
	q := p
	for {
		for q > 0 && strings.IndexByte(" \"'`(.*", d.low[q-1]) >= 0 {
			q--
		}
		s := span{max(0, q-24), q}
		moved := false
		for _, t := range []string{"label.domain", "label.suffix"} {
			for _, c := range d.in(t, s) {
				if c.end == q && !inWords.has(string(d.low[c.start:c.end])) {
					q, moved = c.start, true
				}
			}
		}
		for _, art := range []string{"the", "our", "der", "le", "el", "dns"} {
			if strings.HasSuffix(string(d.low[max(0, q-4):q]), " "+art) {
				q, moved = q-len(art), true
			}
		}
		if !moved {
			break
		}
	}
	for q > 0 && d.low[q-1] == ' ' {
		q--
	}
	e := q
	for q > 0 && wordByte(d.low[q-1]) {
		q--
	}
	if q < e {
		return string(d.low[q:e])
	}
	for _, w := range []string{"都在", "属于", "在"} {
		if strings.HasSuffix(string(d.low[:e]), w) {
			return w
		}
	}
	return ""
}

// domainWords say domain and not which kind.
const domainWords wordList = "domainWords"

// bareDomain: the label says "domain" and not which kind.
func bareDomain(d *document, it *item) bool {
	s := d.sentences[it.sent]
	list := d.in("label.domain", span{s.start, it.start})
	if len(list) == 0 {
		return false
	}
	last := list[len(list)-1]
	return domainWords.has(string(d.low[last.start:last.end]))
}

// lentDomain: "expe1 and expe2.example.com": the domain stands once, at the end.
func lentDomain(d *document, items []*item, i int) string {
	for j := i + 1; j < len(items) && linked(d, items[j-1], items[j]); j++ {
		if items[j].n == nil {
			continue
		}
		if !sameStem(items[i].values[0], items[j].values[0]) {
			return ""
		}
		_, rest, _ := strings.Cut(items[j].values[0], ".")
		return rest
	}
	return ""
}
