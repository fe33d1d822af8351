package workflows

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"countersign/certs"
)

// Policy says for some requests who decides, how many must, and how the certificate
// is then made. Service.PolicyFor says which of the configuration holds for a request.
type Policy struct {
	Name         string
	Names        []string       // patterns as in path.Match over a name of the certificate: "*.example.com"; none: all
	Profiles     []string       // patterns as in path.Match: "expressway-*/*"; none: all
	Environments []string       // the requester's word, so never what a strict policy goes by alone; none: all
	CAs          []certs.CAKind // none: all
	Approvers    string         // group; an empty or unknown one means nobody
	Need         int            // distinct approvals; below 1 counts as 1
	Owners       string         // group that may renew and replace what was requested under it, beside the requester; "": nobody
	Channel      string         // where the approval card is posted
	Custody      string
	Issuer       string
	DecideWithin time.Duration // 0: seven days
	DestroyAfter time.Duration // how long after its certificate is superseded or revoked a key is destroyed; 0: never
	Days         int           // longest lifetime to ask for, where it is less than the profile's; 0: the profile's
}

// Covers reports whether the policy is for this certificate, its names apart.
func (p Policy) Covers(spec certs.Spec, environment string) bool {
	return some(p.Profiles, func(pattern string) bool { ok, err := path.Match(pattern, spec.Profile); return err == nil && ok }) &&
		some(p.Environments, func(e string) bool { return e == environment }) &&
		some(p.CAs, func(k certs.CAKind) bool { return k == spec.CA })
}

// means reports whether a pattern of a policy means a name of a certificate. A wildcard
// name is meant by whatever it would be valid for: *.example.com by vpn.example.com, and
// by vpn.* and *bank* as well, since it may be used for hosts of theirs.
func means(pattern, name string) bool {
	plain := strings.NewReplacer("/", "\x00") // of URIs; to path.Match it would end what * stands for
	pattern, name = plain.Replace(strings.ToLower(pattern)), plain.Replace(strings.ToLower(name))
	if ok, err := path.Match(pattern, name); err == nil && ok {
		return true
	}
	return strings.HasPrefix(name, "*.") && meet(patternRunes(pattern), []rune(name))
}

// anyRune stands for ? and for a class of characters, of which a policy is held to mean
// all: that can only make it stricter.
const anyRune = -1

// patternRunes are the parts of a pattern of path.Match.
func patternRunes(pattern string) []rune {
	var out []rune
	class, escaped := false, false
	for _, r := range pattern {
		switch {
		case class:
			class = r != ']' || escaped
			escaped = r == '\\' && !escaped
		case escaped:
			out, escaped = append(out, r), false
		case r == '\\':
			escaped = true
		case r == '[':
			out, class = append(out, anyRune), true
		case r == '?':
			out = append(out, anyRune)
		default:
			out = append(out, r)
		}
	}
	return out
}

// meet reports whether some host name is of pattern, whose * stands for anything, and of
// name, whose * stands for one label (RFC 6125, 6.4.3).
func meet(pattern, name []rune) bool {
	// ok[j]: pattern[i:] and name[j:] have a name in common, for the i of the round.
	ok := make([]bool, len(name)+1)
	for i := len(pattern); i >= 0; i-- {
		next := slices.Clone(ok)
		for j := len(name); j >= 0; j-- {
			switch {
			case i == len(pattern):
				ok[j] = j == len(name) || name[j] == '*' && ok[j+1]
			case pattern[i] == '*':
				ok[j] = next[j] || j < len(name) && ok[j+1]
			case j == len(name):
				ok[j] = false
			case name[j] == '*':
				ok[j] = ok[j+1] || pattern[i] != '.' && next[j]
			default:
				ok[j] = (pattern[i] == anyRune || pattern[i] == name[j]) && next[j+1]
			}
		}
	}
	return ok[0]
}

// namesOf are all names that a certificate of spec would speak for, the hosts within them,
// and the nodes that carry it.
func namesOf(spec certs.Spec) []string {
	all := append([]string{spec.CommonName}, spec.For...)
	for _, n := range spec.Names {
		all = append(all, n.Value)
		switch n.Type {
		case certs.URI:
			if u, err := url.Parse(n.Value); err == nil {
				all = append(all, u.Hostname())
			}
			_, host, _ := strings.Cut(n.Value, "@") // sip:user@host is opaque to URLs
			all = append(all, host)
		case certs.Email:
			_, host, _ := strings.Cut(n.Value, "@")
			all = append(all, host)
		case certs.SRV:
			_, host, _ := strings.Cut(n.Value, ".") // _service.name, RFC 4985
			all = append(all, host)
		case certs.DNS, certs.IP:
		}
	}
	return slices.DeleteFunc(all, func(n string) bool { return n == "" })
}

func some[T any](list []T, ok func(T) bool) bool {
	for _, v := range list {
		if ok(v) {
			return true
		}
	}
	return len(list) == 0
}

func (p Policy) need() int { return max(p.Need, 1) }

func (p Policy) within() time.Duration {
	if p.DecideWithin <= 0 {
		return 7 * 24 * time.Hour
	}
	return p.DecideWithin
}

// admit is the first question at every door: may this person use the bot at all?
// home is the workspace that the bot serves.
func admit(home string, who Person, profile Profile, known bool) *Error {
	switch {
	case who == Robot:
		return nil
	case who.Team != home:
		return Refuse(Forbidden, "workflows.refuse.other_team")
	case !known:
		return Refuse(Forbidden, "workflows.refuse.unknown_person")
	case profile.Bot:
		return Refuse(Forbidden, "workflows.refuse.bot")
	case profile.Deleted:
		return Refuse(Forbidden, "workflows.refuse.deactivated")
	case profile.Guest:
		return Refuse(Forbidden, "workflows.refuse.guest")
	}
	return nil
}

// mayDecide says whether who may decide on r at all: a member of the approvers, and
// never the requester (design, invariant 1).
func mayDecide(r Request, who Person, members []Person) *Error {
	if who == r.Requester {
		return Refuse(Forbidden, "workflows.refuse.own_request", "Request", string(r.ID))
	}
	for _, m := range members {
		if m == who {
			return nil
		}
	}
	return Refuse(Forbidden, "workflows.refuse.not_approver", "Request", string(r.ID))
}

// approvals counts the distinct people whose approval stands on hash and counts: the
// requester's never does, another's as counts says. It is asked at the decision and again
// before anything is signed.
func approvals(r Request, hash string, counts func(Person) bool) int {
	yes := map[Person]bool{}
	for _, d := range r.Decisions {
		if d.Verdict == Approve && d.Hash == hash && d.By != r.Requester && counts(d.By) {
			yes[d.By] = true
		}
	}
	return len(yes)
}

// among are the people of a list.
func among(members []Person) func(Person) bool {
	return func(p Person) bool { return slices.Contains(members, p) }
}

// anybody is for what was signed elsewhere: who approved it was a member, freshly asked,
// when the request went out, and may have left while the CA took its weeks.
func anybody(Person) bool { return true }
