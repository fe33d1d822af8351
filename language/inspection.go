package language

import "slices"

// lookAt: "please have a look at my CSR", "check the chain of expe1".
var lookAt = lazy(`(?:看|查|检查|核对|确认|解析|分析|读)(?:一下|下|看)?[^,。]{0,6}(?:csr|证书|凭证|p7b|pem|证书链) ?(?:里|的|上|中|有没有|对不对|是否)|\b(?:look (?:at|over|into|through)|go over|glance (?:at|over)|eyes on|sanity[ -]?check|double[ -]?check|cross[ -]?check|proofread|check|review|inspect|validate|verify|read|examine|analy[sz]e)\W+(?:my|our|the|this|that|these|those|a|an|his|her|their)\W+(?:\w+\W+){0,2}?(?:csrs?|cert\w*|chain|p7b|pem|bundle)\b`)

// tellWhether: "pasted below, tell me whether it has the cluster".
var tellWhether = lazy(`\b(?:tell (?:me|us)|check|see|say|let me know|verify) (?:whether|if|which|what|how)\b|看(?:看|下|一下)?(?:有没有|是不是|对不对)`)

// inspects: the sentence wants something at hand looked into: a pasted block, a
// file, "this certificate".
func inspects(d *document, s sentence, g signs) bool {
	if g.errHard && !g.inspect || g.errMid && !g.inspect {
		return false
	}
	file := d.artefactFile(s.span)
	thing := g.artefact || file || len(d.pem) > 0 && (g.cert || g.words <= 12)
	makes := d.any("ask.verb", s.span) && !(hasHan(d.low[s.start:s.end]) && outrightHan.Match(d.low[s.start:s.end])) || g.renew && !pastRenewal(d, s) || d.any("ask.wish", s.span) && d.any("caword", s.span)
	if g.inspect {
		return thing || g.cert && !makes && !(g.howto && g.names && g.expiry)
	}
	if d.any("attached", s.span) && !makes && tellWhether.Match(d.low[s.start:s.end]) {
		return true
	}
	if g.look && !makes && !g.expiry && (!g.question || g.polite) && lookAt.Match(d.low[s.start:s.end]) {
		return true
	}
	return thing && !makes && (g.question || g.look || openQuestion.Match(d.low[s.start:s.end]))
}

// handedOver: a certificate, key or request is attached as a file.
func handedOver(d *document, own []sentence) bool {
	return slices.ContainsFunc(own, func(s sentence) bool { return d.artefactFile(s.span) && d.any("attached", s.span) })
}

// pointsAtFile: "is this the right one?", and a file is named.
func pointsAtFile(d *document, own []sentence) bool {
	file, points := false, false
	for _, s := range own {
		file = file || d.artefactFile(s.span)
		points = points || pronounPattern.Match(d.low[s.start:s.end]) || bothOf.Match(d.low[s.start:s.end])
	}
	return file && points
}

// attachedAsked: "I'm attaching the new cert, does it have the cluster name?"
func attachedAsked(d *document, own []sentence) bool {
	return slices.ContainsFunc(own, func(s sentence) bool {
		return d.any("attached", s.span) && d.any("cert", s.span) && signsOf(d, s).question && pronounPattern.Match(d.low[s.start:s.end])
	})
}
