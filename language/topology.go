package language

import (
	"slices"

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

// publisherWords and subscriberWords are the labels of the two kinds of server.
const publisherWords, subscriberWords wordList = "publisherWords", "subscriberWords"

// publisherAndSubscriber: two or more servers of which one is called publisher and
// another subscriber make a cluster.
func publisherAndSubscriber(d *document) bool {
	pub, sub := false, false
	for _, c := range d.cuesOf("label.node") {
		if !d.inScope(c.start) {
			continue
		}
		word := string(d.low[c.start:c.end])
		pub, sub = pub || publisherWords.has(word), sub || subscriberWords.has(word)
	}
	return pub && sub
}
