package issuance

import (
	"context"
	"slices"
	"strings"

	"countersign/certs"
	"countersign/triage/keys"
	"countersign/workflows"
)

// MayKeepCSR says whether a CSR that a person gave may be stored: nothing in it is a private
// key, and its public key is that of no other request (neither in the store nor in beside),
// for by that key its certificate is found.
func (s *Service) MayKeepCSR(ctx context.Context, rd workflows.Reader, der []byte, beside ...workflows.Request) error {
	csr, err := certs.ReadPKCS10(der)
	if err != nil {
		return &workflows.Error{Code: workflows.Invalid, Field: "csr", Text: certs.T("workflows.problem.csr_unreadable"), Err: err}
	}
	var words []string
	for _, a := range csr.Subject {
		words = append(words, a.Value)
	}
	for _, n := range csr.Names {
		words = append(words, n.Value)
	}
	if keys.In(der) || workflows.HoldsKey(append(words, strings.Join(words, "\n"))...) {
		return &workflows.Error{Code: workflows.Invalid, Field: "csr", Text: certs.T("workflows.problem.private_key_in_csr")}
	}
	spki := workflows.Fingerprint(csr.SPKI)
	other, err := rd.RequestBySPKI(ctx, spki)
	if i := slices.IndexFunc(beside, func(r workflows.Request) bool { return r.SPKI == spki }); i >= 0 {
		other, err = beside[i], nil
	}
	switch {
	case workflows.CodeOf(err) == workflows.NotFound:
		return nil
	case err != nil:
		return err
	case other.State.Ended() && len(other.Cert) == 0: // so have all others of that key
		return nil
	}
	return &workflows.Error{Code: workflows.Conflict, Field: "csr", Text: certs.T("workflows.refuse.key_of_another", "Request", string(other.ID))}
}

// mayDestroy says whether the key of r is of no more use: it ended without a
// certificate, or its certificate did and the policy, as it is now, lets its key go.
func (s jobs) mayDestroy(r workflows.Request) bool {
	if len(r.Cert) == 0 {
		return r.State.Ended()
	}
	policy, _ := s.PolicyOf(r)
	return (r.State == workflows.Superseded || r.State == workflows.Revoked) && policy.DestroyAfter > 0 && r.KeyName != ""
}

// tooLate says politely what has become of the request in the meantime.
func tooLate(r workflows.Request) *workflows.Error {
	return workflows.Refuse(workflows.Conflict, "workflows.refuse.already."+string(r.State), "Request", string(r.ID))
}

// mayIssue asks once more, at the last moment, whether the policy's decisions stand
// on what is about to be signed (design, invariant 1).
func (s *Service) mayIssue(r workflows.Request, counts func(workflows.Person) bool) *workflows.Error {
	if p, known := s.PolicyNamed(r.Policy); known && approvals(r, r.Hash(), counts) >= p.Approvals() {
		return nil
	}
	return workflows.Refuse(workflows.Forbidden, "workflows.trouble.approvals_gone")
}

// approvals counts the distinct people whose approval stands on hash and counts: the
// requester's never does, another's as counts says. It is asked at the decision and again
// before anything is signed.
func approvals(r workflows.Request, hash string, counts func(workflows.Person) bool) int {
	yes := map[workflows.Person]bool{}
	for _, d := range r.Decisions {
		if d.Verdict == workflows.Approve && d.Hash == hash && d.By != r.Requester && counts(d.By) {
			yes[d.By] = true
		}
	}
	return len(yes)
}

// Approvals says how many approvals stand on r as it is, and how many its policy wants.
func (s Lists) Approvals(r workflows.Request) (have, need int) {
	policy, members := s.PolicyOf(r)
	return approvals(r, r.Hash(), among(members)), policy.Approvals()
}

// among are the people of a list.
func among(members []workflows.Person) func(workflows.Person) bool {
	return func(p workflows.Person) bool { return slices.Contains(members, p) }
}

// anybody is for what was signed elsewhere: who approved it was a member, freshly asked,
// when the request went out, and may have left while the CA took its weeks.
func anybody(workflows.Person) bool { return true }

// Owns reports that who may renew, replace or end r: its requester and, where the policy
// names owners, whoever is in that group.
func (s *Service) Owns(r workflows.Request, who workflows.Person) bool {
	if who == r.Requester {
		return true
	}
	policy, _ := s.PolicyOf(r)
	if policy.Owners == "" {
		return false
	}
	owners, known := s.Directory.Members(policy.Owners)
	return known && slices.Contains(owners, who)
}

// mayReplace is the rule of superseding old's certificate, asked when a renewal is
// started, when it is sent and when it is installed.
func (s *Service) mayReplace(old workflows.Request, who workflows.Person) *workflows.Error {
	if !s.Owns(old, who) {
		return workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_owner", "Request", string(old.ID))
	}
	if _, legal := old.State.Next(workflows.VerbSupersede); !legal {
		return tooLate(old)
	}
	return nil
}

// mayRevoke is the rule of who may have a certificate revoked: its approvers, also of a
// certificate of their own, since it takes something away and gives nothing.
func mayRevoke(r workflows.Request, who workflows.Person, members []workflows.Person) *workflows.Error {
	if !slices.Contains(members, who) {
		return workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_revoker", "Request", string(r.ID))
	}
	if _, legal := r.State.Next(workflows.VerbRevoke); !legal {
		if r.State.Ended() {
			return tooLate(r)
		}
		return workflows.Refuse(workflows.Illegal, "workflows.refuse.nothing_to_revoke", "Request", string(r.ID))
	}
	if r.Revoking != nil {
		return workflows.Refuse(workflows.Conflict, "workflows.refuse.revoking", "Request", string(r.ID))
	}
	return nil
}
