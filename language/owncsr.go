package language

import "slices"

// findOwnCSR: the device makes, or has made, its own CSR.
func findOwnCSR(rd *reading) {
	if rd.u.Intent != Request && rd.u.Intent != Renew {
		return
	}
	if slices.Contains(rd.pem, PEMRequest) {
		rd.u.ByoCSR = true
		return
	}
	if at, ok := ownCSR(rd.document); ok {
		rd.u.ByoCSR = true
		rd.note("byo_csr", "true", at)
	}
}

// ownCSR is where the text says so, or names the file.
func ownCSR(d *document) (span, bool) {
	if at := d.positive("own"); at.end > 0 {
		return at, true
	}
	for _, s := range d.sentences {
		if at, ok := csrThere(d, s); ok {
			return at, true
		}
	}
	for _, n := range d.names {
		if n.kind == kindFile && (n.ext == "csr" || n.ext == "req") && d.inScope(n.start) {
			return n.span, true
		}
	}
	return span{}, false
}

// csrMade: somebody else than the bot made it.
var csrMade = lazy(`\b(?:we|i|he|she|they|box|boxes|server|servers|node|nodes|device|admin|colleague)\b.{0,20}\b(?:generated|created|made|produced|exported|downloaded|prepared)\b.{0,30}\bcsrs?\b|\bcsrs?\b.{0,60}(?:下载|导出|生成|产生|准备|做)(?:好|完|出来)?了|\bcsrs?\b.{0,40}\b(?:generated|created|exported|downloaded|prepared)\b`)

// csrToMake: it is still to be made.
var csrToMake = lazy(`\b(?:to be|be|please|pls|need|needs|want|can you|could you)\b.{0,24}\b(?:generated|created|made|prepared)\b`)

// csrThere: the sentence says of a CSR that it is attached, or who makes it.
func csrThere(d *document, s sentence) (span, bool) {
	if !d.inScope(s.start) || d.any("sendus", s.span) || d.any("notown", s.span) {
		return span{}, false
	}
	if m := csrMade.FindIndex(d.low[s.start:s.end]); m != nil && !csrToMake.Match(d.low[s.start:s.end]) {
		return span{s.start + m[0], s.start + m[1]}, true
	}
	csrs := d.in("csrword", s.span)
	if len(csrs) == 0 || d.negated(csrs[0]) {
		return span{}, false
	}
	for _, c := range append(d.in("attached", s.span), d.in("myself", s.span)...) {
		if !d.negated(c) {
			return c, true
		}
	}
	return span{}, false
}
