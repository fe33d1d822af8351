package language

import "slices"

// quotedIntent: the writer names nothing and asks for what is quoted ("I would like
// that one too"): the quotation says whether it is a new certificate.
func quotedIntent(d *document, own []sentence, i Intent) Intent {
	if replies.Match(d.low[own[0].start:own[0].end]) && !d.anyIn("ask.please", own) {
		return Other
	}
	if i != Other && i != Help {
		return i
	}
	points := false
	for _, s := range own {
		g := signsOf(d, s)
		if g.nowish || g.chat || g.past && !g.ask {
			return i
		}
		points = points || d.any("mine", s.span) || (g.polite || g.ask) && d.any("requestword", s.span)
	}
	if !points {
		return i
	}
	var w weights
	for _, s := range d.sentences {
		if s.quoted {
			weigh(d, s, &w)
		}
	}
	switch {
	case w.renew >= 3:
		return Renew
	case w.request >= 2.4:
		return Request
	}
	return i
}

// bareIntent: nothing but quotations, or nothing but pasted blocks.
func bareIntent(d *document) Intent {
	if len(d.quotes) > 0 || len(d.pem) == 0 {
		return Other
	}
	if d.pem[0] == PEMRequest {
		return Request
	}
	return Inspect
}

// namesNothing: the writer's own words hold no name and no product.
func namesNothing(d *document, own []sentence) bool {
	return !slices.ContainsFunc(own, func(s sentence) bool { return d.hasName(s.span) || len(d.group("product.cucm", s.span)) > 0 })
}
