package language

import (
	"slices"
	"strings"
)

// gatherItems lists the mentions that may be names of the deployment. Quoted ones
// count only when the writer names nothing and points at the quotation.
func gatherItems(d *document) []*item {
	all := collect(d, false)
	named := slices.ContainsFunc(all, func(i *item) bool { return i.n != nil })
	if !named && len(d.quotes) > 0 {
		return collect(d, true)
	}
	return all
}

func collect(d *document, quoted bool) []*item {
	var items []*item
	add := func(s span, values []string, n *name) {
		for k := range d.sentences {
			if d.sentences[k].has(s.start) {
				if d.sentences[k].quoted && !quoted {
					return
				}
				items = append(items, &item{span: s, values: values, n: n, sent: k})
				return
			}
		}
	}
	for k := range d.names {
		n := &d.names[k]
		if domain, ok := addressDomain(d, n); ok {
			add(domain.span, domain.values, domain)
			continue
		}
		if n.kind != kindEmail && n.kind != kindFile {
			add(n.span, n.values, n)
		}
	}
	for k := range d.shorts {
		if s := &d.shorts[k]; !covered(d, s.span) {
			add(s.span, s.values, nil)
			if n := len(items); n > 0 && items[n-1].span == s.span {
				items[n-1].plain = s.plain
			}
		}
	}
	slices.SortFunc(items, func(a, b *item) int { return a.start - b.start })
	for _, it := range items {
		if inside(d.struck, it.start) {
			it.dropped = true
		}
		if it.n != nil && entryBefore(d, it.start) {
			it.entry = true
		}
	}
	return items
}

// addressDomain: "users sign in as user@a.example" names the domain.
func addressDomain(d *document, n *name) (*name, bool) {
	i := strings.IndexByte(n.values[0], '@')
	if n.kind != kindEmail || i < 0 || n.start+i+1 >= n.end {
		return nil, false
	}
	list := d.in("label.domain", span{max(0, n.start-40), n.start})
	if len(list) == 0 || !d.only(span{list[len(list)-1].end, n.start}, " :=\"'", "glue") {
		return nil, false
	}
	return &name{span: span{n.start + i + 1, n.end}, values: []string{n.values[0][i+1:]}, at: true}, true
}

// covered: a word with a hyphen or digit that the lexicon knows is no host name.
func covered(d *document, s span) bool {
	i, _ := slices.BinarySearchFunc(d.all, s.start, func(c cue, p int) int { return c.start - p })
	for k := max(0, i-8); k < len(d.all) && d.all[k].start <= s.start; k++ {
		if d.all[k].holds(s) {
			return true
		}
	}
	text := string(d.low[s.start:s.end])
	return notHosts(text) || ticketLike(string(d.text[s.start:s.end]))
}

func entryBefore(d *document, p int) bool {
	q := p
	for q > 0 && d.low[q-1] == ' ' {
		q--
	}
	return slices.ContainsFunc(d.in("entry", span{max(0, q-14), q}), func(e span) bool { return e.end == q })
}
