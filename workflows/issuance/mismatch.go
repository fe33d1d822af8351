package issuance

import (
	"context"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// Settled is an approver's word on a held certificate.
type Settled struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Request workflows.RequestID
	Mark    string // of what the card showed as held
	Accept  bool   // false: turn it away
}

// Settle takes a held certificate as it is, or turns it away: then a CA outside is
// waited for again, and a request whose issuer answers by itself has failed.
func (s *Service) Settle(ctx context.Context, in Settled) (workflows.Request, error) {
	verb := map[bool]string{true: "accept_returned", false: "turn_away"}[in.Accept]
	return s.Step(ctx, in.Receipt, in.By, verb, in.Request, func(rd workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		_, members := s.PolicyOf(r)
		if no := workflows.MayDecide(r, in.By, members); no != nil {
			return r, workflows.Change{}, no
		}
		switch {
		case r.State != workflows.Issuing:
			return r, workflows.Change{}, tooLate(r)
		case r.Mismatch == nil || r.Mismatch.Mark() != in.Mark:
			return r, workflows.Change{}, workflows.Refuse(workflows.Stale, "workflows.refuse.held_changed", "Request", string(r.ID))
		}
		row := workflows.Audit{Detail: workflows.Detail("sha256", r.Mismatch.SHA256())}
		if !in.Accept {
			next, c, err := s.discard(ctx, rd, r, r.Mismatch.Leaf, in.By, workflows.NotNeeded, r.Mismatch.By == workflows.Robot, now)
			if err != nil {
				return r, workflows.Change{}, err
			}
			next = turnedAway(next, in.By, now)
			told := []workflows.Effect{workflows.Notification(next, "turned_away")}
			if next.State == workflows.Failed {
				told = []workflows.Effect{workflows.Notification(next, "failed"), workflows.Task(next, workflows.DestroyKey{Request: next.ID})}
			}
			c.Effects, c.Audit = append(c.Effects, told...), append([]workflows.Audit{row}, c.Audit...)
			return next, c, nil
		}
		if no := s.mayIssue(r, anybody); no != nil {
			return r, workflows.Change{}, no
		}
		if no := stillGood(*r.Mismatch, r, now); no != nil {
			return r, workflows.Change{}, no
		}
		next, no := withCertificate(r, *r.Mismatch)
		if no != nil {
			return r, workflows.Change{}, no
		}
		c := s.issued(next)
		c.Audit = append([]workflows.Audit{row}, c.Audit...)
		return next, c, nil
	})
}

// stillGood asks once more: it may have expired while it was held.
func stillGood(h workflows.Mismatch, r workflows.Request, now time.Time) *workflows.Error {
	for _, f := range certs.CheckIssued(r.Spec, r.CSR, h.Leaf, h.Chain, now) {
		if f.Severity == certs.Error {
			return &workflows.Error{Code: workflows.Invalid, Field: "certificate", Text: f.Text}
		}
	}
	return nil
}

// turnedAway is r without the certificate that was held. An issuer that answers by
// itself would answer the same again, so the request ends.
func turnedAway(r workflows.Request, by workflows.Person, now time.Time) workflows.Request {
	if r.Mismatch.By == workflows.Robot {
		r.State, r.EndedBy, r.Trouble = workflows.Failed, by, workflows.Trouble{Text: certs.T("workflows.trouble.turned_away"), Since: now}
	}
	r.Mismatch = nil
	return r
}
