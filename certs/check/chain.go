package check

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// NodeState is what is wrong with one certificate of a chain; Trusted and Fine mean
// nothing is.
type NodeState string

// The node states. Missing stands for a certificate that was not given at all;
// Shadowed for one that the product never looks at because another of the same
// subject comes first.
const (
	Fine      NodeState = "fine"
	Unproven  NodeState = "unproven" // nothing wrong with it, but the chain above is broken
	Trusted   NodeState = "trusted"  // a root, and in the trust list
	Untrusted NodeState = "untrusted"
	Missing   NodeState = "missing"
	Shadowed  NodeState = "shadowed"
	Outdated  NodeState = "expired"
	TooEarly  NodeState = "not-yet-valid"
	Faulty    NodeState = "faulty" // a rule of path validation refuses it
	Withdrawn NodeState = "revoked"
)

// Origin is the list that a certificate came from.
type Origin string

// The origins.
const (
	FromPeer  Origin = "peer"  // the certificate in question, or sent along with it
	FromTrust Origin = "trust" // in the trust list
	FromNone  Origin = ""      // nobody gave it
)

// Node is one certificate of a chain, present or missing.
type Node struct {
	ID       int       `json:"id"`
	Title    string    `json:"title"`
	Subject  string    `json:"subject"`
	Role     Role      `json:"role"`
	State    NodeState `json:"state"`
	Origin   Origin    `json:"origin,omitempty"`
	Place    Place     `json:"place,omitzero"`
	NotAfter time.Time `json:"not_after,omitzero"`
	SKI      string    `json:"ski,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`
	OnPath   bool      `json:"on_path"` // part of the chain itself; false for look-alikes beside it
}

// EdgeState says what joins a certificate to its issuer.
type EdgeState string

// The edge states.
const (
	Signed   EdgeState = "signed"   // the signature fits
	Mismatch EdgeState = "mismatch" // the name fits, the key does not
	Absent   EdgeState = "missing"  // the issuer was not given
)

// Edge goes from a certificate to its issuer.
type Edge struct {
	From  int       `json:"from"`
	To    int       `json:"to"`
	State EdgeState `json:"state"`
}

// Chain is who signed whom, leaf first, with what is missing and what is not
// trusted, for others to draw or print.
type Chain struct {
	Trusted bool   `json:"trusted"` // ends in a root of the trust list and nothing on the way is wrong
	Nodes   []Node `json:"nodes"`
	Edges   []Edge `json:"edges"`
}

// store holds the certificates that a chain may be made of, by subject, in the order
// given: the order of a trust list decides on some products.
type store struct {
	trust     []*Item
	untrusted []*Item
	bySubject map[string][]*Item // trust first
	origin    map[*Item]Origin
	same      map[string]*Item // by fingerprint
	signed    map[[2]*Item]bool
	checks    int
	names     map[*Item]string
}

// maxChecks bounds signature checks of one verification; the library's own limit is
// of the same size. Hostile sets of CAs with one name and many keys stop here.
const maxChecks = 400

func newStore(leaf *Item, untrusted, trust []*Item) *store {
	s := &store{bySubject: map[string][]*Item{}, origin: map[*Item]Origin{}, same: map[string]*Item{}, signed: map[[2]*Item]bool{}, names: map[*Item]string{}}
	add := func(it *Item, o Origin) {
		if it.Kind != Certificate || it.raw == nil {
			return
		}
		fp := string(it.DER)
		if s.same[fp] != nil {
			return
		}
		s.same[fp] = it
		s.origin[it] = o
		key := dnKey(it.raw.subject)
		s.bySubject[key] = append(s.bySubject[key], it)
		if o == FromTrust {
			s.trust = append(s.trust, it)
		} else {
			s.untrusted = append(s.untrusted, it)
		}
	}
	for _, it := range trust {
		add(it, FromTrust)
	}
	add(leaf, FromPeer)
	for _, it := range untrusted {
		add(it, FromPeer)
	}
	return s
}

// canonical is the store's own Item for it, which may have come in twice.
func (s *store) canonical(it *Item) *Item {
	if c := s.same[string(it.DER)]; c != nil {
		return c
	}
	return it
}

// issuers gives everything with the right name, trust list first; whether it signed
// is another question.
func (s *store) issuers(it *Item) []*Item {
	key, ok := s.names[it]
	if !ok {
		key = dnKey(it.raw.issuer)
		s.names[it] = key
	}
	return s.bySubject[key]
}

// signs reports whether issuer's key made child's signature.
func (s *store) signs(issuer, child *Item) bool {
	k := [2]*Item{issuer, child}
	if ok, known := s.signed[k]; known {
		return ok
	}
	if issuer.Cert == nil || child.Cert == nil || s.checks >= maxChecks {
		return false
	}
	if a, b := child.raw.aki(), issuer.raw.ski(); issuer != child && len(a) > 0 && len(b) > 0 && !bytes.Equal(a, b) && len(s.issuers(child)) > 8 {
		return false // many look-alikes: the key identifier saves the work
	}
	s.checks++
	ok := issuer.Cert.CheckSignature(child.Cert.SignatureAlgorithm, child.Cert.RawTBSCertificate, child.Cert.Signature) == nil ||
		issuer == child && unverifiable(child.Cert)
	s.signed[k] = ok
	return ok
}

// anchor: self-signed and in the trust list. Products of this family and OpenSSL do
// not stop at an intermediate, even a trusted one.
func (s *store) anchor(it *Item) bool {
	return s.origin[it] == FromTrust && it.selfIssued() && s.signs(it, it)
}

// Bounds of the search; real hierarchies are under 6 deep.
const (
	maxPath  = 12
	maxPaths = 32
)

// paths finds chains from leaf upwards over signatures that fit: those that end in
// an anchor, and those that end because nothing goes on.
func (s *store) paths(leaf *Item) (complete, broken [][]*Item) {
	var walk func(path []*Item)
	walk = func(path []*Item) {
		if len(complete)+len(broken) >= maxPaths {
			return
		}
		top := path[len(path)-1]
		if s.anchor(top) {
			complete = append(complete, append([]*Item(nil), path...))
			return
		}
		further := false
		if len(path) < maxPath {
			for _, c := range s.issuers(top) {
				if onPath(path, c) || !s.signs(c, top) {
					continue
				}
				further = true
				walk(append(path, c))
			}
		}
		if !further {
			broken = append(broken, append([]*Item(nil), path...))
		}
	}
	walk([]*Item{leaf})
	return complete, broken
}

// onPath: the same name and key may stand on a path only once (RFC 4158 section 2.4.1).
func onPath(path []*Item, c *Item) bool {
	return slices.ContainsFunc(path, func(p *Item) bool {
		return p == c || bytes.Equal(p.raw.subject, c.raw.subject) && bytes.Equal(p.raw.spki, c.raw.spki)
	})
}

// picture makes the model of one path, with look-alikes beside it and the missing
// issuer above it. states holds what is wrong with members of the path.
func (s *store) picture(path []*Item, states map[*Item]NodeState, complete bool) Chain {
	c := Chain{Trusted: complete}
	ids := map[*Item]int{}
	add := func(it *Item, on bool) int {
		if id, ok := ids[it]; ok {
			return id
		}
		n := Node{ID: len(c.Nodes), Title: it.Title(), Subject: dnString(it.raw.subject), Role: roleOf(it), Origin: s.origin[it],
			Place: it.Place, NotAfter: it.raw.notAfter, SKI: hexColon(it.raw.ski()), SHA256: it.Fingerprint(), OnPath: on, State: Fine}
		switch st := states[it]; {
		case st != "":
			n.State = st
			c.Trusted = c.Trusted && (st == Fine || st == Trusted || !on)
		case on && s.anchor(it):
			n.State = Trusted
		case on && !complete && it == path[len(path)-1] && it.selfIssued():
			n.State = Untrusted
		}
		ids[it] = n.ID
		c.Nodes = append(c.Nodes, n)
		return n.ID
	}
	for i, it := range path {
		id := add(it, true)
		if i > 0 {
			c.Edges = append(c.Edges, Edge{ids[path[i-1]], id, Signed})
		}
	}
	for _, it := range path {
		s.lookAlikes(it, ids, add, &c, states)
	}
	if top := path[len(path)-1]; !complete && !top.selfIssued() {
		n := Node{ID: len(c.Nodes), Title: titleOf(top.raw.issuer, nil), Subject: dnString(top.raw.issuer), Role: missingRole(path), State: Missing, OnPath: true, SKI: hexColon(top.raw.aki())}
		c.Nodes = append(c.Nodes, n)
		c.Edges = append(c.Edges, Edge{ids[top], n.ID, Absent})
	}
	return c
}

// missingRole guesses what the absent issuer is, as verification.looksIntermediate does.
func missingRole(path []*Item) Role {
	if len(path) == 1 && looksIntermediate(path[0]) {
		return Intermediate
	}
	return Root
}

// looksIntermediate guesses whether the absent issuer of a leaf is an intermediate:
// it does not call itself a root. Only its own certificate could tell for sure, and
// the fix is the same: get every CA above the leaf.
func looksIntermediate(it *Item) bool {
	return !strings.Contains(strings.ToLower(dnString(it.raw.issuer)), "root")
}

// unproven marks what stands below a fault: it cannot be trusted either.
func (c *Chain) unproven() {
	if c.Trusted {
		return
	}
	for i := range c.Nodes {
		if c.Nodes[i].OnPath && c.Nodes[i].State == Fine {
			c.Nodes[i].State = Unproven
		}
	}
}

// lookAlikes adds certificates of the issuer's name whose key did not sign, at most
// three, since they are what people mistake for the right one.
func (s *store) lookAlikes(it *Item, ids map[*Item]int, add func(*Item, bool) int, c *Chain, states map[*Item]NodeState) {
	count := 0
	for _, x := range s.issuers(it) {
		if _, there := ids[x]; there || count == 3 || x == it {
			continue
		}
		count++
		state := Mismatch
		if s.signs(x, it) {
			state = Signed // a second certificate of the same CA: cross-signed or renewed
		} else if states[x] == "" {
			states[x] = Faulty
		}
		id := add(x, false)
		c.Edges = append(c.Edges, Edge{ids[it], id, state})
	}
}
