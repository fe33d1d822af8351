package language

import (
	"slices"
	"strings"
)

// sharing finds a statement that one certificate is for all nodes. "One certificate
// for webadmin and callbridge" shares services, not nodes.
func sharing(rd *reading, nodes int) (span, bool) {
	for _, c := range rd.cuesOf("shared") {
		if !rd.inScope(c.start) || rd.negated(c) || slices.ContainsFunc(rd.cuesOf("separate"), c.meets) {
			continue
		}
		word := string(rd.low[c.start:c.end])
		if oneCert.has(word) && nodes < 2 && !rd.any("several", rd.sentenceSpan(c.start)) && len(rd.cuesOf("clustered")) == 0 {
			continue
		}
		if oneCert.has(word) && eachNear(rd.document, c) {
			continue
		}
		if plainOne.has(word) && !strongOne(rd, c, nodes) {
			continue
		}
		return c, true
	}
	if m := pkiCSR.FindIndex(rd.low); m != nil && nodes >= 2 && rd.product() == "cms" && rd.inScope(m[0]) {
		return span{m[0], m[1]}, true // one CSR that names several nodes
	}
	for _, n := range rd.names {
		if nodes >= 2 && rd.inScope(n.start) && listFollows(rd.document, n) && oneForListed.Match(rd.low[max(0, n.start-40):n.start]) {
			return n.span, true
		}
	}
	if m := sharedAlone.FindIndex(rd.low); m != nil && nodes >= 2 && rd.inScope(m[0]) {
		return span{m[0], m[1]}, true
	}
	for _, s := range rd.sentences {
		if m := sharedCert.FindIndex(rd.low[s.start:s.end]); m != nil && rd.inScope(s.start) && !rd.negated(span{s.start + m[0], s.start + m[1]}) {
			return span{s.start + m[0], s.start + m[1]}, true
		}
		if m := oneForAll.FindIndex(rd.low[s.start:s.end]); m != nil && rd.inScope(s.start) && nodes >= 2 && !rd.any("separate", s.span) {
			return span{s.start + m[0], s.start + m[1]}, true
		}
	}
	return span{}, false
}

var (
	// sharedAlone: "tomcat, shared, 2048".
	sharedAlone = lazy(`[,;|(] *(?:shared|sharing|common|共用|共享) *(?:[,;|)\n.]|$)`)
	// sharedCert: "a shared Expressway-E cluster certificate".
	sharedCert = lazy(`\b(?:shared|common|gemeinsam\w*|partagée?|compartido|condiviso)\W+(?:[\w-]+\W+){0,3}?(?:cert|certificate|zertifikat|certificat|certificado|certificato)\b`)
	pkiCSR     = lazy(`\bpki csr \S+ cn:`)
	// oneForListed: "callbridge certificate: one for a, b and c", "one dbserver cert for a and b".
	oneForListed = lazy(`\b(?:one|a single|1) (?:[a-z0-9+-]+ ){0,3}(?:cert|certificate|csr) (?:for|with|covering|on) $|\b(?:cert|certificate|csr)\w*\W{1,3}(?:just |only )?one for $`)
	// oneForAll: "a certificate ... on both nodes".
	oneForAll = lazy(`\b(?:a|an|one|single|1|ein|un|une|um)\b[^;\n]{0,40}?\b(?:cert|certificate|csr|zertifikat|certificat|certificado|certificato)\b[^;\n]{0,60}?\b(?:for|on|across|covering|für|pour|para|per)\b[^;\n]{0,24}?\b(?:both|all|beide|alle|les deux|tous|toutes|ambos|todos|tutti|entrambi)\b|(?:所有|全部|整个集群|两台|三台|四台|两个|三个|四个)[^。;\n各每单]{0,10}?(?:做|签|办|申请|出|开|用|要|放)同?一张`)
)

// oneCert: speaks of one certificate, not yet of sharing.
const oneCert wordList = "oneCert"

// plainOne: Chinese "一张证书" counts nothing but certificates; shared only when
// several nodes are listed beside it or "all" is said.
const plainOne wordList = "plainOne"

// inOneCert: "a, b and c in one cert".
var inOneCert = lazy(`\b(?:in|on|into|onto|within|inside|under|all|both) (?:just |only )?$`)

func strongOne(rd *reading, c span, nodes int) bool {
	s := rd.sentenceSpan(c.start)
	text := string(rd.low[s.start:s.end])
	if rd.low[c.start] < 0x80 {
		if nodes >= 2 && inOneCert.Match(rd.low[max(s.start, c.start-12):c.start]) {
			return true
		}
		if nodes >= 2 {
			s = span{0, len(rd.low)}
		}
		return (nodes >= 2 || len(rd.u.SANs) > 0 || len(rd.cuesOf("clustered")) > 0) && rd.any("several", s)
	}
	return nodes != 1 && holdsAny(text, "共用", "共享", "所有", "全部", "都用", "两台", "三台", "四台", "合", "统一", "同")
}

func eachNear(d *document, c span) bool {
	return slices.ContainsFunc(d.cuesOf("separate"), func(n span) bool {
		return n.meets(c) || n.end <= c.start && c.start-n.end <= 12 || n.start >= c.end && n.start-c.end <= 12
	})
}

// multiServer: the vendor's word for a certificate of all servers of a cluster, or
// "all" said outright.
func multiServer(d *document, c span) bool {
	text := strings.NewReplacer(" ", "", "-", "").Replace(string(d.low[c.start:c.end]))
	return holdsAny(text, "multis", "多服务器", "多伺服器", "shared", "共用", "all", "both", "two", "three", "four", "alle", "beide", "tous", "todos")
}
