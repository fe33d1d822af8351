package issuance

import (
	"bytes"
	"context"
	"crypto/x509"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// unreadable is a certificate that was kept and cannot be read: never expected.
func unreadable(err error) *workflows.Error {
	return &workflows.Error{Code: workflows.Invalid, Field: "certificate", Text: certs.T("workflows.problem.certificate_unreadable"), Err: err}
}

// differs are the rules of certs.CheckIssued that do not make a certificate useless,
// but make it another one than was approved. What it finds as an Error is never taken.
// A harmless key usage more is no difference: CAs add keyEncipherment to everything.
var differs = map[string]bool{
	"certificate/shorter": true, "certificate/longer": true, "certificate/eku-added": true,
	"chain/leaf-only": true, "chain/key-identifier": true, "predecessor/other-ca": true,
}

// Differs reports whether f is what a held certificate is held for.
func Differs(f certs.Finding) bool { return f.Severity == certs.Warning && differs[f.Rule] }

// withReturned puts what an issuer returned on a request: as its certificate when it
// answers what was approved, as Held when it differs. The Error says what makes it
// useless; then the request is as before.
func withReturned(r workflows.Request, got workflows.Certificate, old []byte, by workflows.Person, now time.Time) (workflows.Request, *workflows.Error) {
	if _, legal := r.State.Next(workflows.VerbReturn); !legal {
		return r, tooLate(r)
	}
	var options []certs.IssuedOption
	if len(old) > 0 {
		options = append(options, certs.After(old))
	}
	held := workflows.Mismatch{Leaf: got.Leaf, Chain: got.Chain, By: by, At: now}
	hold := false
	for _, f := range certs.CheckIssued(r.Spec, r.CSR, got.Leaf, got.Chain, now, options...) {
		if f.Severity == certs.Error {
			return r, &workflows.Error{Code: workflows.Invalid, Field: "certificate", Text: f.Text}
		}
		held.Findings = append(held.Findings, f)
		hold = hold || Differs(f)
	}
	r.Trouble, r.Updated = workflows.Trouble{}, now
	if hold {
		r.Mismatch = &held
		return r, nil
	}
	return withCertificate(r, held)
}

// withCertificate makes a certificate that was checked that of the request.
func withCertificate(r workflows.Request, h workflows.Mismatch) (workflows.Request, *workflows.Error) {
	to, legal := r.State.Next(workflows.VerbReturn)
	if !legal {
		return r, tooLate(r)
	}
	leaf, err := x509.ParseCertificate(h.Leaf)
	if err != nil {
		return r, unreadable(err)
	}
	r.State, r.Cert, r.Chain, r.Findings, r.NotAfter, r.Mismatch = to, h.Leaf, h.Chain, h.Findings, leaf.NotAfter.UTC(), nil
	return r, nil
}

// returned is what follows when something was returned.
func (s *Service) returned(r workflows.Request, by workflows.Person, now time.Time) workflows.Change {
	if r.Mismatch == nil {
		return workflows.Complete(r, s.issued(r), by, "", now)
	}
	var rules string
	for _, f := range r.Mismatch.Findings {
		if Differs(f) {
			rules += f.Rule + " "
		}
	}
	return workflows.Complete(r, workflows.Change{Effects: []workflows.Effect{workflows.Notification(r, "held")},
		Audit: []workflows.Audit{{Detail: workflows.Detail("sha256", r.Mismatch.SHA256(), "differs", rules)}}}, by, "held", now)
}

// issued is what follows when a request has its certificate, its redrawing apart.
func (s *Service) issued(r workflows.Request) workflows.Change {
	effects := []workflows.Effect{workflows.Notification(r, "issued")}
	if _, ok := s.Custodies[r.Custody].(workflows.Keeper); ok && r.KeyName != "" {
		effects = append(effects, workflows.DetachedTask(r, workflows.StoreCertificate{Request: r.ID}, time.Time{}))
	}
	return workflows.Change{Effects: effects, Audit: []workflows.Audit{{Verb: "issued", Detail: workflows.Detail("sha256", workflows.Fingerprint(r.Cert), "not_after", r.NotAfter.Format(time.RFC3339))}}}
}

// GiveCertificate takes a certificate that a CA elsewhere signed. It finds its
// request by its public key, wherever it was pasted.
func (s *Service) GiveCertificate(ctx context.Context, receipt workflows.Receipt, by workflows.Person, got workflows.Certificate) (workflows.Request, error) {
	leaf, err := x509.ParseCertificate(got.Leaf)
	if err != nil {
		return workflows.Request{}, unreadable(err)
	}
	var after workflows.Request
	err = s.Update(ctx, receipt, by, "certificate", "", s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		r, err := rd.RequestBySPKI(ctx, workflows.Fingerprint(leaf.RawSubjectPublicKeyInfo))
		if err != nil {
			if workflows.CodeOf(err) == workflows.NotFound {
				return workflows.Change{}, workflows.Refuse(workflows.NotFound, "workflows.refuse.no_request_for_certificate")
			}
			return workflows.Change{}, err
		}
		after = r
		_, members := s.PolicyOf(r)
		if by != r.Requester && workflows.MayDecide(r, by, members) != nil {
			return workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(r.ID))
		}
		if no := s.mayIssue(r, anybody); no != nil && r.State == workflows.Issuing {
			return workflows.Change{}, no
		}
		old, err := replaced(ctx, rd, r)
		if err != nil {
			return workflows.Change{}, err
		}
		next, no := withReturned(r, got, old, by, now)
		if no != nil {
			late := r.State.Ended() && len(r.Cert) == 0
			if (late || no.Field == "certificate") && now.Before(leaf.NotAfter) {
				no.Also = certs.T("workflows.refuse.stray", "Serial", workflows.SerialOf(got.Leaf))
			}
			return workflows.Change{}, no
		}
		var off workflows.Change
		if r.Mismatch != nil && !bytes.Equal(r.Mismatch.Leaf, got.Leaf) {
			if next, off, err = s.discard(ctx, rd, next, r.Mismatch.Leaf, by, workflows.BetterCame, r.Mismatch.By == workflows.Robot, now); err != nil {
				return workflows.Change{}, err
			}
		}
		after = next
		c := s.returned(next, by, now)
		c.Effects, c.Audit = append(c.Effects, off.Effects...), append(off.Audit, c.Audit...)
		return c, nil
	})
	return after, err
}
