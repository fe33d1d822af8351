package workflows

import (
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
// name is meant by whatever it would be valid for: *.example.com by vpn.example.com.
func means(pattern, name string) bool {
	plain := strings.NewReplacer("/", "\x00") // of URIs; to path.Match it would end what * stands for
	pattern, name = plain.Replace(strings.ToLower(pattern)), plain.Replace(strings.ToLower(name))
	if ok, err := path.Match(pattern, name); err == nil && ok {
		return true
	}
	if !strings.HasPrefix(name, "*.") {
		return false
	}
	ok, err := path.Match(name, pattern)
	return err == nil && ok
}

// namesOf are all names that a certificate of spec would speak for, and the nodes that
// carry it.
func namesOf(spec certs.Spec) []string {
	all := append([]string{spec.CommonName}, spec.For...)
	for _, n := range spec.Names {
		all = append(all, n.Value)
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
