package issuance

import (
	"context"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// Finder is an Issuer that knows what it has signed.
type Finder interface {
	// Find gives the certificate that was signed under key, if there is one, and signs
	// nothing. Its errors are as those of Issue.
	Find(ctx context.Context, key string, spec certs.Spec, csr []byte) (cert workflows.Certificate, found bool, err error)
}

// issueKey is what an issuer is asked under: the same for as long as what is to be
// signed is the same.
func issueKey(r workflows.Request) string { return string(r.ID) + "-" + r.Hash()[:16] }

// GiveUp ends a request that waits for its certificate. Its requester or an approver
// may. What its issuer signed all the same, known or not, is revoked afterwards.
func (s *Service) GiveUp(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "give_up", id, func(rd workflows.Reader, r workflows.Request, now time.Time) (next workflows.Request, c workflows.Change, err error) {
		_, members := s.PolicyOf(r)
		to, legal := r.State.Next(workflows.VerbFail)
		switch {
		case by != r.Requester && !slices.Contains(members, by):
			return r, c, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case !legal || !r.CanGiveUp():
			return r, c, tooLate(r)
		}
		next = r
		if r.Mismatch != nil {
			if next, c, err = s.discard(ctx, rd, r, r.Mismatch.Leaf, by, workflows.NotNeeded, r.Mismatch.By == workflows.Robot, now); err != nil {
				return r, c, err
			}
		}
		why := certs.T("workflows.trouble.given_up")
		if by != r.Requester {
			why = certs.T("workflows.trouble.given_up_approver")
		}
		next.State, next.EndedBy, next.Mismatch, next.Trouble = to, by, nil, workflows.Trouble{Text: why, Since: now}
		c.Effects = append(append(c.Effects, workflows.Notification(next, "failed")), s.unfinished(next)...)
		c.Audit = append([]workflows.Audit{{}}, c.Audit...)
		return next, c, nil
	})
}

// unfinished is what follows when a request ends that was being signed: what may have
// been signed is looked for, and its key goes. They wait for work on r that is under way.
func (s *Service) unfinished(r workflows.Request) []workflows.Effect {
	effects := []workflows.Effect{workflows.Task(r, workflows.DestroyKey{Request: r.ID})}
	if _, ok := s.Issuers[r.Issuer].(Finder); ok && len(r.CSR) > 0 {
		effects = append([]workflows.Effect{workflows.Task(r, workflows.FindLost{Request: r.ID})}, effects...)
	}
	return effects
}

// lost looks for a certificate that was signed for a request which ended without one:
// the answer was lost, and what was asked again was refused. It is revoked.
func (s jobs) lost(ctx context.Context, e workflows.Effect, _ workflows.FindLost, r workflows.Request) error {
	var got workflows.Certificate
	var found bool
	var err error
	if issuer, ok := s.Issuers[r.Issuer].(Finder); ok && r.State == workflows.Failed {
		if got, found, err = issuer.Find(ctx, issueKey(r), r.Spec, r.CSR); err != nil {
			return err
		}
	}
	return s.FinishWith(ctx, e, r.ID, func(rd workflows.Reader, r workflows.Request, now time.Time) (workflows.Change, error) {
		if !found || unusedAt(r, workflows.Unused{Leaf: got.Leaf}.SHA256()) >= 0 {
			return workflows.Change{}, nil
		}
		next, c, err := s.discard(ctx, rd, r, got.Leaf, workflows.Robot, workflows.NotNeeded, true, now)
		if err != nil {
			return workflows.Change{}, err
		}
		return workflows.Complete(next, c, workflows.Robot, "stray", now), nil
	})
}
