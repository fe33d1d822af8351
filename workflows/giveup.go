package workflows

import (
	"context"
	"slices"
	"time"

	"countersign/certs"
)

// Finder is an Issuer that knows what it has signed.
type Finder interface {
	// Find gives the certificate that was signed under key, if there is one, and signs
	// nothing. Its errors are as those of Issue.
	Find(ctx context.Context, key string, spec certs.Spec, csr []byte) (cert Certificate, found bool, err error)
}

// issueKey is what an issuer is asked under: the same for as long as what is to be
// signed is the same.
func issueKey(r Request) string { return string(r.ID) + "-" + r.Hash()[:16] }

// CanGiveUp reports that r waits for a certificate that may never come: something keeps
// its issuer from answering, a person elsewhere has it, or what came is not as approved.
// While an issuer is at it there is nothing to give up.
func (r Request) CanGiveUp() bool {
	return r.State == Issuing && (!r.Trouble.IsZero() || r.Pending || r.Held != nil)
}

// GiveUp ends a request that waits for its certificate. Its requester or an approver
// may. What its issuer signed all the same, known or not, is revoked afterwards.
func (s *Service) GiveUp(ctx context.Context, receipt Receipt, by Person, id RequestID) (Request, error) {
	var after Request
	err := s.update(ctx, receipt, by, "give_up", string(id), s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		after = r
		_, members := s.policyOf(r)
		to, legal := r.State.Next(VerbFail)
		switch {
		case by != r.Requester && !slices.Contains(members, by):
			return Change{}, Refuse(Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case !legal || !r.CanGiveUp():
			return Change{}, tooLate(r)
		}
		next, c := r, Change{}
		if r.Held != nil {
			if next, c, err = s.castOff(ctx, rd, r, r.Held.Leaf, by, strayUnneeded, r.Held.By == Robot, now); err != nil {
				return Change{}, err
			}
		}
		why := certs.T("workflows.trouble.given_up")
		if by != r.Requester {
			why = certs.T("workflows.trouble.given_up_approver")
		}
		next.State, next.EndedBy, next.Held, next.Trouble = to, by, nil, Trouble{Text: why, Since: now}
		c.Effects = append(append(c.Effects, tell(next, "failed")), s.unfinished(next)...)
		c.Audit = append([]Audit{{}}, c.Audit...)
		c = complete(next, c, by, "give_up", now)
		after = c.Requests[0]
		return c, nil
	})
	return after, err
}

// unfinished is what follows when a request ends that was being signed: what may have
// been signed is looked for, and its key goes. They wait for work on r that is under way.
func (s *Service) unfinished(r Request) []Effect {
	effects := []Effect{work(r, KindDestroy)}
	if _, ok := s.Issuers[r.Issuer].(Finder); ok && len(r.CSR) > 0 {
		effects = append([]Effect{work(r, KindLost)}, effects...)
	}
	return effects
}

// lost looks for a certificate that was signed for a request which ended without one:
// the answer was lost, and what was asked again was refused. It is revoked.
func (s *Service) lost(ctx context.Context, e Effect, id RequestID) error {
	r, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	var got Certificate
	var found bool
	if issuer, ok := s.Issuers[r.Issuer].(Finder); ok && r.State == Failed {
		if got, found, err = issuer.Find(ctx, issueKey(r), r.Spec, r.CSR); err != nil {
			return err
		}
	}
	return s.finishIn(ctx, e, id, func(rd Reader, r Request, now time.Time) (Change, error) {
		if !found || r.strayAt(Stray{Leaf: got.Leaf}.SHA256()) >= 0 {
			return Change{}, nil
		}
		next, c, err := s.castOff(ctx, rd, r, got.Leaf, Robot, strayUnneeded, true, now)
		if err != nil {
			return Change{}, err
		}
		return complete(next, c, Robot, "stray", now), nil
	})
}
