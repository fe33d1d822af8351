package language

import (
	"cmp"
	"slices"
	"strings"

	"countersign/certs"
)

// findTopology: one certificate for all nodes when sharing is said; a cluster when a
// cluster is said, or separate certificates for several peers; single for one node.
func findTopology(rd *reading) {
	nodes := len(rd.u.FQDNs) + rd.unresolved
	separate := rd.positive("separate")
	shared, sharedSaid := sharing(rd, nodes)
	clustered, clusterSaid := clusterSaid(rd)
	set := func(t certs.Topology, s span) {
		rd.u.Topology = &t
		if s.end > 0 {
			rd.note("topology", string(t), s)
		}
	}
	several := nodes >= 2 || nodes == 0
	if nodes <= 1 && !clusterSaid && sharedSaid && servicesListed(rd.document) {
		sharedSaid = false // services share it, not nodes
	}
	if rd.u.Intent == Help && sharedSaid && nodes == 0 && (separate.end > 0 || rd.positive("single").end > 0 || clusterSaid && weighed.Match(rd.low)) {
		return // a question about the choice
	}
	switch {
	case sharedSaid && (several || clusterSaid || multiServer(rd.document, shared)) && !(separate.end > 0 && separate.start > shared.start):
		set(certs.ClusterShared, shared)
	case rd.u.ClusterFQDN != nil:
		set(certs.Cluster, clustered)
	case nodes == 1 && (!clusterSaid || oneOfCluster(rd, clustered)):
		set(certs.Single, span{})
	case clusterSaid:
		set(certs.Cluster, clustered)
	case nodes >= 2 && publisherAndSubscriber(rd.document):
		set(certs.Cluster, span{})
	case nodes == 0:
		if at := rd.positive("single"); at.end > 0 && !rd.any("several", span{0, len(rd.low)}) {
			set(certs.Single, at)
		}
	}
}

// weighed: the one is held against the other.
var weighed = lazy(`\b(?:difference|differ|compared? (?:to|with)|versus|vs|rather than|better|between)\b|区别|差别|差异|不同|不一样|还是`)

// listFollows: another name is listed right behind n.
func listFollows(d *document, n name) bool {
	if len(n.values) > 1 {
		return true
	}
	i, _ := slices.BinarySearchFunc(d.names, n.end, func(o name, p int) int { return o.start - p })
	return i < len(d.names) && d.listLink(span{n.end, d.names[i].start})
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
		if d.words(span{n.end, c.start}) <= 2 && len(inNamesBetween(d, n.end, c.start)) == 0 {
			return true
		}
	}
	for _, n := range d.in("offafter", span{c.end, min(s.end, c.end+60)}) {
		if d.words(span{c.end, n.start}) <= 1 {
			return true
		}
	}
	return false
}

func inNamesBetween(d *document, from, to int) []name {
	var out []name
	for _, n := range d.names {
		if n.start >= from && n.end <= to {
			out = append(out, n)
		}
	}
	return out
}

func clusterSaid(rd *reading) (span, bool) {
	if at := rd.positive("notcluster"); at.end > 0 {
		return span{}, false
	}
	for _, c := range rd.cuesOf("clustered") {
		if rd.u.Intent == Help && rd.names == nil && slices.ContainsFunc(rd.cuesOf("label.cluster"), func(l span) bool { return l.holds(c) && l != c }) {
			continue // a question about cluster names
		}
		if rd.inScope(c.start) && !rd.negated(c) && !rd.spokenOf(c) {
			return c, true
		}
	}
	return span{}, false
}

// oneOfCluster: the one node named is all that is wanted of its cluster.
func oneOfCluster(rd *reading, c span) bool {
	if rd.u.Service != nil && *rd.u.Service == "capf" {
		return true
	}
	if rd.positive("onlythis").end > 0 {
		return true
	}
	return rd.u.Intent == Diagnose && !rd.any("several", rd.sentenceSpan(c.start))
}

// publisherAndSubscriber: two or more servers of which one is called publisher and
// another subscriber make a cluster.
func publisherAndSubscriber(d *document) bool {
	pub, sub := false, false
	for _, c := range d.cuesOf("label.node") {
		if !d.inScope(c.start) {
			continue
		}
		switch string(d.low[c.start:c.end]) {
		case "publisher", "pub", "发布服务器", "发布者", "发布方", "发布节点", "发行者", "pub node", "パブリッシャ", "パブリッシャー":
			pub = true
		case "subscriber", "subscribers", "sub", "subs", "订阅服务器", "订阅者", "订阅方", "订阅节点", "订户", "sub node", "サブスクライバ", "サブスクライバー":
			sub = true
		}
	}
	return pub && sub
}

var environmentLabel = lazy(`(?:env|environment|umgebung|environnement|entorno|ambiente|omgeving|环境|環境)[ \t*_]*(?:[:=|]|is|为|是|\s-)[ \t*_]*$`)

// findEnvironment takes a labelled environment, else the first one said.
func findEnvironment(rd *reading) {
	var best tagged
	for _, c := range rd.scoped("env.lab") {
		if c.name == "none" {
			continue
		}
		if strings.HasPrefix(c.name, "maybe-") {
			if environmentLabel.Match(rd.low[max(0, c.start-24):c.start]) {
				c.name = strings.TrimPrefix(c.name, "maybe-")
				best = c
				break
			}
			continue
		}
		if rd.negated(c.span) || rd.spokenOf(c.span) {
			continue
		}
		if environmentLabel.Match(rd.low[max(0, c.start-24):c.start]) {
			best = c
			break
		}
		if best.end == 0 {
			best = c
		}
	}
	if best.end == 0 {
		return
	}
	rd.u.Environment = &best.name
	rd.note("environment", best.name, best.span)
}

var featureOrder = []certs.Feature{certs.MRA, certs.XMPPFederation, certs.PhoneSecurityProfiles, certs.MixedMode}

func findFeatures(rd *reading) {
	for _, f := range featureOrder {
		at := rd.positive("feat." + string(f))
		if list := rd.cuesOf("feat." + string(f)); at.end == 0 && rd.u.Intent == Diagnose && len(list) > 0 && rd.inScope(list[0].start) {
			at = list[0] // "no MRA login works": it is in use
		}
		if at.end == 0 && f == certs.XMPPFederation {
			at = federation(rd.document)
		}
		if at.end > 0 {
			rd.u.Features = append(rd.u.Features, f)
			rd.note("features", string(f), at)
		}
	}
}

var federate = lazy(`\bfederat\w*|联合|联邦|联盟|同盟`)

// federation: XMPP and federation in one sentence, or the federation service with
// federation spoken of.
func federation(d *document) span {
	for _, s := range d.sentences {
		if !d.inScope(s.start) {
			continue
		}
		m := federate.FindIndex(d.low[s.start:s.end])
		if m == nil {
			continue
		}
		at := span{s.start + m[0], s.start + m[1]}
		if strings.Contains(string(d.low[s.start:s.end]), "xmpp") && !d.negated(at) && !inNames(d.names, at.start) {
			return at
		}
	}
	return span{}
}

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

// csrMade: somebody else than the bot made it; csrToMake: it is still to be made.
var (
	csrMade   = lazy(`\b(?:we|i|he|she|they|box|boxes|server|servers|node|nodes|device|admin|colleague)\b.{0,20}\b(?:generated|created|made|produced|exported|downloaded|prepared)\b.{0,30}\bcsrs?\b|\bcsrs?\b.{0,60}(?:下载|导出|生成|产生|准备|做)(?:好|完|出来)?了|\bcsrs?\b.{0,40}\b(?:generated|created|exported|downloaded|prepared)\b`)
	csrToMake = lazy(`\b(?:to be|be|please|pls|need|needs|want|can you|could you)\b.{0,24}\b(?:generated|created|made|prepared)\b`)
)

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

var fieldOrder = []string{"product", "service", "topology", "fqdns", "cluster_fqdn", "domains", "sans", "key", "ca", "subject.O", "subject.OU", "subject.L", "subject.ST", "subject.C", "environment", "features", "byo_csr", "version"}

func sortEvidence(rd *reading) {
	slices.SortStableFunc(rd.u.Evidence, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(slices.Index(fieldOrder, a.Field), slices.Index(fieldOrder, b.Field)), cmp.Compare(a.Start, b.Start))
	})
}
