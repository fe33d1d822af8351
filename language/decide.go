package language

import (
	"slices"
	"strings"
)

// entity is one distinct name with what all its mentions say.
type entity struct {
	value   string
	at      span // first mention that counts
	kind    nameKind
	votes   [roles]float64
	entry   bool // stands only in a DNS: list
	plus    bool // "plus X", "also X"
	at2     bool // "@acme.example"
	role    role
	pattern bool
	pure    bool // a mention calls it a node and nothing else
	bare    bool // a mention says nothing about it
}

// decide adds up the votes and fills the name fields of the answer.
func decide(rd *reading, items []*item) {
	list := entities(rd.document, items)
	choose(rd, list)
	settleBare(list, rd.u.Intent == Diagnose)
	settlePeers(rd, list)
	settleCN(rd, list)
	settleCluster(list)
	settleShared(rd, list)
	if rd.product() == "generic" || rd.product() == "" {
		settleGeneric(list, rd.product())
	}
	for _, e := range list {
		switch e.role {
		case roleNode:
			if e.kind == kindHost {
				rd.u.FQDNs = append(rd.u.FQDNs, e.value)
				rd.note("fqdns", e.value, e.at)
			}
		case roleCluster:
			v := e.value
			rd.u.ClusterFQDN = &v
			rd.note("cluster_fqdn", v, e.at)
		case roleDomain:
			rd.u.Domains = append(rd.u.Domains, e.value)
			rd.note("domains", e.value, e.at)
		case roleSAN:
			rd.u.SANs = append(rd.u.SANs, e.value)
			rd.note("sans", e.value, e.at)
		}
	}
}

// maxAnswer bounds the distinct names of one answer.
const maxAnswer = 300

func entities(d *document, items []*item) []*entity {
	byValue := map[string]*entity{}
	lastDrop := map[string]int{}
	for _, it := range items {
		if it.dropped {
			for _, v := range it.values {
				lastDrop[v] = it.start
			}
		}
	}
	var list []*entity
	for i, it := range items {
		if it.dropped || it.third || it.suffix {
			continue
		}
		if it.n.kind == kindSRV && it.votes[roleSAN] == 0 && !it.entry {
			continue
		}
		for _, v := range it.values {
			if at, gone := lastDrop[v]; gone && (at > it.start || slices.Max(it.votes[:]) < voteStrong) {
				continue
			}
			e := byValue[v]
			if e == nil {
				if len(list) >= maxAnswer {
					continue
				}
				e = &entity{value: v, at: it.span, kind: it.n.kind, entry: true, pattern: it.n.pattern}
				byValue[v] = e
				list = append(list, e)
			}
			e.entry = e.entry && it.entry
			e.at2 = e.at2 || it.n.at
			e.plus = e.plus || plusBefore(d, items, i)
			e.bare = e.bare || !it.entry && it.votes == [roles]float64{}
			e.pure = e.pure || it.votes[roleNode] >= voteNear && it.votes[roleSAN] < voteNear
			for r := range it.votes {
				e.votes[r] = max(e.votes[r], it.votes[r])
			}
		}
	}
	return list
}

func plusBefore(d *document, items []*item, i int) bool {
	near := func(c span) bool { return d.words(span{c.end, items[i].start}) <= 4 }
	if slices.ContainsFunc(d.in("plus", gapBefore(d, items, i)), near) {
		return true
	}
	if i > 0 && tooBehind.Match(d.low[items[i].end:min(len(d.low), items[i].end+12)]) {
		return true
	}
	return i > 0 && linked(d, items[i-1], items[i]) && plusBefore(d, items, i-1)
}

// tooBehind: "with www.a.example too".
var tooBehind = lazy(`^ ?(?:too|as well|also|auch|aussi|也要|也加)\b`)

// choose gives every entity its best role; without votes a name is a node.
func choose(rd *reading, list []*entity) {
	explicitNode := slices.ContainsFunc(list, func(e *entity) bool { return e.votes[roleNode] >= voteNear || e.votes[roleCN] >= voteNear })
	others := slices.ContainsFunc(list, func(e *entity) bool { return !e.entry })
	for _, e := range list {
		v := &e.votes
		switch {
		case e.kind == kindWildcard || e.kind == kindSRV:
			v[roleSAN] += voteDefault
			v[roleNode] = 0
		case e.kind == kindIP:
		case strings.HasPrefix(e.value, "collab-edge."):
			v[roleSAN] += voteDefault // the CollabEdgeDNS form of a registration domain: no box
		case e.entry && (explicitNode || others):
			v[roleSAN] += voteDefault
		case e.at2:
			v[roleDomain] += voteCarried
		case apex(e.value) && rd.product() != "generic":
			v[roleNode]++
			if domainContext(rd.document, e, list) {
				v[roleDomain] += 1.2
			}
		case e.plus && (rd.product() == "generic" || rd.product() == "cms"):
			v[roleSAN] += 1.6 * voteDefault
			v[roleNode]++
		case rd.product() == "cms" && joinHost.MatchString(e.value) && len(list) > 1 && e.votes[roleNode] < voteNear:
			v[roleSAN] += voteDefault
		case rd.product() == "generic" && prefixed(list, e, "www."):
			v[roleSAN] += voteDefault
		case slices.Max(v[roleCluster:]) < voteNear:
			v[roleNode] += voteDefault
		}
		if e.pure {
			v[roleSAN] = 0 // it is in the list of SANs because nodes are
		}
		if publisherLike(e.value) {
			v[roleNode] += voteDefault
			v[roleCluster] /= 2
		}
		best := 0.0
		for _, r := range []role{roleCN, roleCluster, roleDomain, roleSAN, roleNode} {
			if v[r] > best {
				e.role, best = r, v[r]
			}
		}
	}
}

// settleBare: where no box is named but one that is also listed among its own SANs,
// that is the box; of a complaint the only name is.
func settleBare(list []*entity, complaint bool) {
	for _, e := range list {
		if e.kind == kindHost && (e.role == roleNode || e.role == roleCN || e.role == roleCluster) {
			return
		}
	}
	for _, e := range list {
		if e.kind == kindHost && e.role == roleSAN && (e.bare || complaint && len(list) == 1) {
			e.role = roleNode
			return
		}
	}
}

// joinHost: what guests of a meeting server type is called so everywhere.
var joinHost = lazy(`^(?:join|meet|meeting|meetings|conf|conference|guest|guests|video)\.`)

// prefixed: e is another name of the list with p before it.
func prefixed(list []*entity, e *entity, p string) bool {
	rest, ok := strings.CutPrefix(e.value, p)
	return ok && slices.ContainsFunc(list, func(o *entity) bool { return o.value == rest })
}

// domainContext: a registrable domain that other names live in, or that a feature
// with domains is spoken of with, is a domain rather than a box.
func domainContext(d *document, e *entity, list []*entity) bool {
	home := slices.ContainsFunc(list, func(o *entity) bool { return strings.HasSuffix(o.value, "."+e.value) })
	return home || len(list) > 1 && (len(d.cuesOf("feat.mra")) > 0 || len(d.cuesOf("feat.xmpp-federation")) > 0)
}

func publisherLike(v string) bool {
	first, _, _ := strings.Cut(v, ".")
	for p := range strings.SplitSeq(first, "-") {
		switch strings.TrimRight(p, "0123456789") {
		case "pub", "sub", "publisher", "subscriber", "cucmpub", "cucmsub":
			return true
		}
	}
	return false
}

// settlePeers: on a certificate for a cluster whose CN is X, the SANs X1 and X2 are
// its peers.
func settlePeers(rd *reading, list []*entity) {
	if rd.product() == "generic" || len(rd.cuesOf("shared")) == 0 && len(rd.cuesOf("clustered")) == 0 {
		return
	}
	for _, cn := range list {
		if cn.role != roleCN && cn.role != roleCluster {
			continue
		}
		head, domain, _ := strings.Cut(cn.value, ".")
		var peers []*entity
		for _, e := range list {
			first, rest, _ := strings.Cut(e.value, ".")
			tail, ok := strings.CutPrefix(first, head)
			alike := ok && rest == domain && len(tail) > 0 && len(tail) <= 3
			if !alike && rd.product() == "cms" && cn.role == roleCN && !numbered(cn.value, e.value) {
				// pki csr cb CN:cms.a.example subjectAltName:cb1.a.example,cb2.a.example
				alike = slices.ContainsFunc(list, func(o *entity) bool { return o.role == roleSAN && o != e && numbered(o.value, e.value) })
			}
			if e.role == roleSAN && e.kind == kindHost && alike {
				peers = append(peers, e)
			}
		}
		if len(peers) < 2 {
			continue
		}
		for _, p := range peers {
			p.role = roleNode
		}
	}
}

// settleCN: the CN is the cluster's name when the nodes are named beside it, else
// the node itself.
func settleCN(rd *reading, list []*entity) {
	nodes, cluster := rd.unresolved, false
	for _, e := range list {
		if e.role == roleNode && e.kind == kindHost {
			nodes++
		}
		cluster = cluster || e.role == roleCluster
	}
	for _, e := range list {
		if e.role != roleCN {
			continue
		}
		switch {
		case e.kind == kindWildcard:
			e.role = roleSAN
		case e.votes[roleNode] >= voteCarried || cluster || rd.product() == "generic":
			e.role = roleNode
		case nodes >= 2 || nodes >= 1 && (len(rd.cuesOf("clustered")) > 0 || len(rd.cuesOf("shared")) > 0):
			e.role = roleCluster
			cluster = true
		default:
			e.role = roleNode
		}
	}
}

// settleCluster keeps one cluster name; a "cluster" alone with no nodes beside it
// in a product that has no cluster names is a node.
func settleCluster(list []*entity) {
	var best *entity
	for _, e := range list {
		if e.role == roleCluster && (best == nil || e.votes[roleCluster] > best.votes[roleCluster]) {
			best = e
		}
	}
	for _, e := range list {
		if e.role == roleCluster && e != best {
			e.role = roleNode
		}
	}
}

// settleShared: on a certificate that is for all nodes, the SANs that are called like
// the node are the other nodes.
func settleShared(rd *reading, list []*entity) {
	if _, shared := sharing(rd, 2); !shared || rd.product() == "generic" {
		return
	}
	for _, e := range list {
		if e.role != roleSAN || e.kind != kindHost {
			continue
		}
		for _, o := range list {
			if o.role == roleNode && o.kind == kindHost && numbered(o.value, e.value) {
				e.role = roleNode
				break
			}
		}
	}
}

// numbered: two names that differ in the last one or two characters of the first
// label: cms1 and cms2, core-a and core-b.
func numbered(a, b string) bool {
	a, ad, _ := strings.Cut(a, ".")
	b, bd, _ := strings.Cut(b, ".")
	if ad != bd || len(a) != len(b) || len(a) < 3 {
		return false
	}
	p := commonLen(a, b)
	return p >= 2 && len(a)-p <= 2
}

// settleGeneric: outside telephony there are no registration domains: "the domain
// www.a.example" is what the certificate is for, and further ones are SANs.
func settleGeneric(list []*entity, product string) {
	node := slices.ContainsFunc(list, func(e *entity) bool { return e.role == roleNode && e.kind == kindHost })
	if product == "" && node {
		return
	}
	for _, e := range list {
		if e.role != roleDomain {
			continue
		}
		if !node {
			e.role, node = roleNode, true
		} else if product == "generic" {
			e.role = roleSAN
		}
	}
}
