package language

import (
	"bytes"
	"slices"
)

// inScope: p is the writer's own, or in a quotation that the writer points at.
func (d *document) inScope(p int) bool { return d.useQuotes || !inside(d.quotes, p) }

// maxCues bounds the mentions of products, services, CAs that are weighed.
const maxCues = 200

func (d *document) scoped(prefix string) []tagged {
	list := d.group(prefix, span{0, len(d.low)})
	list = list[:min(len(list), maxCues)]
	return slices.DeleteFunc(list, func(t tagged) bool { return !d.inScope(t.start) || inside(d.struck, t.start) })
}

// positive is the first cue of the tag in scope that no negation stands before.
func (d *document) positive(tag string) span {
	for _, c := range d.cuesOf(tag) {
		if d.inScope(c.start) && !d.negated(c) {
			return c
		}
	}
	return span{}
}

// negated: a negation within two words before c in its clause, or right behind it.
func (d *document) negated(c span) bool {
	s := d.sentenceAt(c.start)
	if s == nil {
		return false
	}
	cl := d.clause(s.span, c.start)
	for _, n := range d.in("off", span{cl.start, c.start}) {
		if d.words(span{n.end, c.start}) <= 2 && !slices.ContainsFunc(d.names, func(o name) bool { return span{n.end, c.start}.holds(o.span) }) {
			return true
		}
	}
	behind := d.in("offafter", span{c.end, min(s.end, c.end+60)})
	return slices.ContainsFunc(behind, func(n span) bool { return d.words(span{c.end, n.start}) <= 1 })
}

func (d *document) negatedBefore(from, p int) bool {
	return slices.ContainsFunc(d.in("off", span{max(from, p-24), p}), func(c span) bool {
		return d.words(span{c.end, p}) <= 1 && !bytes.ContainsAny(d.low[c.end:p], ",;")
	})
}

func (d *document) negatedProduct(from int, c span) bool {
	before := span{max(from, c.start-40), c.start}
	return slices.ContainsFunc(append(d.in("drop.one", before), d.in("drop.list", before)...), func(n span) bool {
		return d.words(span{n.end, c.start}) <= 2 && d.only(span{n.end, c.start}, " ", "glue", "prep", "label")
	})
}

// spokenOf: what the product of the certificate talks to, stands behind, or where
// its CA has to be loaded.
func (d *document) spokenOf(c span) bool {
	s := d.sentenceAt(c.start)
	if s == nil {
		return false
	}
	before := span{max(s.start, c.start-60), c.start}
	thirds := d.in("third", span{max(before.start, d.clause(s.span, c.start).start), c.start})
	return slices.ContainsFunc(thirds, func(t span) bool { return d.words(span{t.end, c.start}) <= 3 }) ||
		beforeOther.Match(d.low[before.start:before.end])
}

var beforeOther = lazy(`(?:\b(?:import(?:ed)?|upload(?:ed)?|load(?:ed)?|add(?:ed)?|trusted|trust)\s+(?:\w+\s+){0,2}(?:ca|cas|root|roots|chain|intermediates?|issuer|it)\s+(?:\w+\s+){0,2}(?:on|to|into|in|by)\s+(?:the\s+|our\s+)?|\b(?:mtls|tls|sip|secure connection|secure trunk|trunk)\s+(?:to|towards?|with)\s+(?:the\s+|our\s+)?|\bregister(?:s|ed)?\s+(?:\w+\s+)?(?:to|with|on)\s+(?:the\s+|our\s+)?)$`)

// hasName: a name of a box or domain, in full or short, is in s.
func (d *document) hasName(s span) bool {
	return slices.ContainsFunc(d.names, func(n name) bool { return s.holds(n.span) && n.kind != kindEmail && n.kind != kindFile }) ||
		slices.ContainsFunc(d.shorts, func(n short) bool { return s.holds(n.span) && hostStem.MatchString(n.values[0]) })
}

// artefactFile: a file of certificates, keys or requests is named.
func (d *document) artefactFile(s span) bool {
	return slices.ContainsFunc(d.names, func(n name) bool { return n.kind == kindFile && s.holds(n.span) && artefactExtensions[n.ext] })
}

var artefactExtensions = wordSet(`pem cer crt csr key p7b p7c p12 pfx der req`)

func anyLabelButNode(d *document, s span) bool {
	return slices.ContainsFunc(d.group("label.node", s), func(l tagged) bool { return l.name != "node" })
}

func (d *document) anyIn(tag string, list []sentence) bool {
	return slices.ContainsFunc(list, func(s sentence) bool { return d.any(tag, s.span) })
}

// cert: a certificate is spoken of, by that word or by its service.
func (d *document) cert(s span) bool {
	return d.any("cert", s) || len(d.group("service.tomcat", s)) > 0
}

func (d *document) sentenceSpan(p int) span {
	if s := d.sentenceAt(p); s != nil {
		return s.span
	}
	return span{}
}
