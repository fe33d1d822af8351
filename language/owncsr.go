package language

// findOwnCSR: the device makes, or has made, its own CSR.
func findOwnCSR(rd *reading) {
	if rd.u.Intent != Request && rd.u.Intent != Renew {
		return
	}
	for _, k := range rd.pem {
		if k == PEMRequest {
			rd.u.ByoCSR = true
			return
		}
	}
	for _, c := range rd.cuesOf("own") {
		if rd.inScope(c.start) && !rd.negated(c) {
			rd.u.ByoCSR = true
			rd.note("byo_csr", "true", c)
			return
		}
	}
	for _, s := range rd.sentences {
		if at, ok := csrThere(rd.document, s); ok {
			rd.u.ByoCSR = true
			rd.note("byo_csr", "true", at)
			return
		}
	}
	for _, n := range rd.names {
		if n.kind == kindFile && (n.ext == "csr" || n.ext == "req") && rd.inScope(n.start) {
			rd.u.ByoCSR = true
			rd.note("byo_csr", "true", n.span)
			return
		}
	}
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
