package language

import (
	"golang.org/x/net/publicsuffix"
)

type role int

const (
	roleNone role = iota
	roleNode
	roleCluster
	roleDomain
	roleSAN
	roleCN
	roles
)

var labelRoles = map[string]role{
	"node": roleNode, "cluster": roleCluster, "domain": roleDomain, "san": roleSAN, "cn": roleCN,
}

// item is one mention taking part in the distribution of roles: a dotted name or a
// short one.
type item struct {
	span
	values  []string
	n       *name // nil for a short name
	sent    int   // index into document.sentences
	votes   [roles]float64
	dropped bool // taken out by the text: negated, renamed, corrected, crossed out
	third   bool // only spoken of: a neighbour, a wiki, the CA's own host
	suffix  bool // the domain that short names live in
	entry   bool // stands in a DNS: list
	product string
	plain   bool // an ordinary word, a name only if the text has that name in full
}

// vote strengths. A name that nothing is said about is a node by default.
const (
	voteStrong  = 5.0
	voteCarried = 4.0
	voteNear    = 3.0
	voteFar     = 1.5
	voteDefault = 2.0
)

// apex: registrable domains, which are seldom boxes.
func apex(v string) bool {
	e, err := publicsuffix.EffectiveTLDPlusOne(v)
	return err == nil && e == v
}
