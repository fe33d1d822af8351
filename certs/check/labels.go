package check

import (
	"strings"
	"time"

	"countersign/certs"
)

// LabelsFor takes the words of a picture from the message catalogue, which say
// renders in the language wanted. on is the date that the chain was checked for.
func LabelsFor(c Chain, on time.Time, say func(certs.Text) string) Labels {
	word := func(kind, id string) string { return say(certs.T("check.chain." + kind + "." + id)) }
	l := Labels{Until: say(certs.T("check.chain.until")), Roles: map[Role]string{}, States: map[NodeState]string{},
		Edges: map[EdgeState]string{}, Origins: map[Origin]string{}}
	for _, r := range []Role{Leaf, Intermediate, Root, SelfSigned} {
		l.Roles[r] = word("role", string(r))
	}
	for _, s := range []NodeState{Fine, Unproven, Trusted, Untrusted, Missing, Shadowed, Outdated, TooEarly, Faulty, Withdrawn} {
		l.States[s] = word("state", string(s))
	}
	for _, e := range []EdgeState{Signed, Mismatch, Absent} {
		l.Edges[e] = word("edge", string(e))
	}
	for _, o := range []Origin{FromPeer, FromTrust} {
		l.Origins[o] = word("origin", string(o))
	}
	if len(c.Nodes) > 0 {
		l.Title = say(certs.T("check.chain.title", "Title", c.Nodes[0].Title, "Date", on.Format(time.DateOnly)))
	}
	return l
}

// Text is the chain for a terminal, root on top, one line each:
//
//	Example Root CA (root CA, valid until 2035-11-21): trusted root
//	└─ Example Issuing CA (intermediate CA, ...): in order
//	   └─ expe1.example.com (...): in order
//
// Look-alikes are left to the findings.
func (c Chain) Text(l Labels) string {
	var path []Node
	for _, n := range c.Nodes {
		if n.OnPath {
			path = append(path, n)
		}
	}
	var out strings.Builder
	for i := len(path) - 1; i >= 0; i-- {
		n := path[i]
		if depth := len(path) - 1 - i; depth > 0 {
			out.WriteString(strings.Repeat("   ", depth-1) + "└─ ")
		}
		about := l.Roles[n.Role]
		if !n.NotAfter.IsZero() {
			about += ", " + l.Until + " " + n.NotAfter.Format(time.DateOnly)
		}
		out.WriteString(n.Title + " (" + about + "): " + l.States[n.State] + "\n")
	}
	return out.String()
}
