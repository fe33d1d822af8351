package check

import (
	"strings"
	"time"

	"countersign/certs"
)

// LabelsFor takes the words of a picture from the message catalogue, which say
// renders in the language wanted. on is the date that the chain was checked for.
func LabelsFor(c Chain, on time.Time, say func(certs.Text) string) Labels {
	l := Labels{
		Until:   say(certs.T("check.chain.until")),
		Roles:   wordings(say, "role", Leaf, Intermediate, Root, SelfSigned),
		States:  wordings(say, "state", Fine, Unproven, Trusted, Untrusted, Missing, Shadowed, Outdated, TooEarly, Faulty, Withdrawn),
		Edges:   wordings(say, "edge", Signed, Mismatch, Absent),
		Origins: wordings(say, "origin", FromPeer, FromTrust),
	}
	if len(c.Nodes) > 0 {
		l.Title = say(certs.T("check.chain.title", "Title", c.Nodes[0].Title, "Date", on.Format(time.DateOnly)))
	}
	return l
}

func wordings[K ~string](say func(certs.Text) string, kind string, ids ...K) map[K]string {
	out := make(map[K]string, len(ids))
	for _, id := range ids {
		out[id] = say(certs.T("check.chain." + kind + "." + string(id)))
	}
	return out
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
