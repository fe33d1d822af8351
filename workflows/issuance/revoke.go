package issuance

import (
	"context"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// Revoker is an Issuer that can be asked to revoke.
type Revoker interface {
	// Revoke has a certificate (DER) of this issuer revoked, with a reason code of RFC 5280
	// 5.3.1. One that is revoked already is no error. Its errors are as those of Issue.
	Revoke(ctx context.Context, leaf []byte, reason int) error
}

// RevocationReasons are those of RFC 5280 5.3.1 that a person can give for a
// certificate of a server. The others are for CAs, for holds, and for lists.
func RevocationReasons() []string {
	return []string{"keyCompromise", "superseded", "cessationOfOperation", "affiliationChanged", "privilegeWithdrawn", "unspecified"}
}

var reasonCodes = map[string]int{"unspecified": 0, "keyCompromise": 1, "affiliationChanged": 3, "superseded": 4, "cessationOfOperation": 5, "privilegeWithdrawn": 9}

// MayRevoke asks whether who could have r revoked now. The step asks anew.
func (s *Service) MayRevoke(who workflows.Person, r workflows.Request) *workflows.Error {
	if no := s.Refusal(who); no != nil {
		return no
	}
	_, members := s.PolicyOf(r)
	return mayRevoke(r, who, members)
}

// RevokeOrder is an approver's order to revoke.
type RevokeOrder struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Request workflows.RequestID
	Reason  string // one of RevocationReasons
	Note    string // may be empty
}

// Revoke has the certificate of a request revoked, after the commit. Hand-overs of its
// key that are still open are taken back.
func (s *Service) Revoke(ctx context.Context, in RevokeOrder) (workflows.Request, error) {
	return s.Step(ctx, in.Receipt, in.By, "revoke", in.Request, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		_, members := s.PolicyOf(r)
		if no := mayRevoke(r, in.By, members); no != nil {
			return r, workflows.Change{}, no
		}
		if _, known := reasonCodes[in.Reason]; !known {
			return r, workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "revocation", Text: certs.T("workflows.problem.revocation_reason")}
		}
		note, no := workflows.CheckedReason(in.Note, "")
		if no != nil {
			return r, workflows.Change{}, no
		}
		r.Revoking = &workflows.Revocation{By: in.By, Reason: in.Reason, Note: note, At: now}
		r = r.CloseAsk(workflows.AskOver, now).CloseRevocationAsk(in.By, true, now)
		c := workflows.Change{Effects: workflows.TakeAllBack(r, now), Audit: []workflows.Audit{{Detail: workflows.Detail("reason", in.Reason, "serial", r.Serial())}}}
		if _, ok := s.Issuers[r.Issuer].(Revoker); ok {
			c.Effects = append(c.Effects, workflows.DetachedTask(r, workflows.Revoke{Request: r.ID}, time.Time{}), workflows.Notification(r, "revoking")) // a hand-over that waits for Slack does not hold it up
		} else {
			r.Revoking.Manual = true
			c.Effects = append(c.Effects, workflows.Notification(r, "revoke_manual"))
		}
		return r, c, nil
	})
}

// RevokedAtCA records that a person has revoked a certificate where its issuer cannot
// be asked to. Whoever may order it may confirm it.
func (s *Service) RevokedAtCA(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "revoke.confirm", id, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		_, members := s.PolicyOf(r)
		switch {
		case !slices.Contains(members, by):
			return r, workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_revoker", "Request", string(id))
		case r.Revoking == nil || !r.Revoking.Due():
			return r, workflows.Change{}, tooLate(r)
		}
		next, c := s.revoked(r, by, now)
		return next, c, nil
	})
}

// revoked is r after its certificate was revoked.
func (s *Service) revoked(r workflows.Request, by workflows.Person, now time.Time) (workflows.Request, workflows.Change) {
	done := *r.Revoking
	done.DoneBy, done.Done = by, now
	r.Revoking, r.Trouble = &done, workflows.Trouble{}
	if to, legal := r.State.Next(workflows.VerbRevoke); legal {
		r.State, r.EndedBy, r.EndReason = to, done.By, done.Note
	}
	return r, workflows.Change{Effects: append(s.ended(r, now), workflows.Notification(r, "revoked")),
		Audit: []workflows.Audit{{Verb: "revoked", Detail: workflows.Detail("reason", done.Reason, "serial", r.Serial())}}}
}

// revoke has the issuer do it.
func (s jobs) revoke(ctx context.Context, e workflows.Effect, _ workflows.Revoke, r workflows.Request) error {
	if r.Revoking == nil || r.Revoking.Manual || !r.Revoking.Done.IsZero() {
		return s.Done(ctx, e)
	}
	issuer, ok := s.Issuers[r.Issuer].(Revoker)
	if !ok {
		return workflows.Refuse(workflows.NotFound, "workflows.trouble.no_issuer", "Issuer", r.Issuer)
	}
	if err := issuer.Revoke(ctx, r.Cert, reasonCodes[r.Revoking.Reason]); err != nil {
		return err
	}
	return s.Finish(ctx, e, r.ID, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		next, c := s.revoked(r, workflows.Robot, now)
		return workflows.Complete(next, c, workflows.Robot, "revoked", now), nil
	})
}

// revokeByHand ends the attempt to have the issuer do it: a person must.
func (s jobs) revokeByHand(ctx context.Context, e workflows.Effect, why certs.Text) error {
	return s.Finish(ctx, e, e.About().Request, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		if r.Revoking == nil || r.Revoking.Manual {
			return workflows.Change{}, nil
		}
		byHand := *r.Revoking
		byHand.Manual, byHand.Why = true, why
		r.Revoking, r.Trouble = &byHand, workflows.Trouble{}
		return workflows.Complete(r, workflows.Change{Effects: []workflows.Effect{workflows.Notification(r, "revoke_manual")}, Audit: []workflows.Audit{{Detail: workflows.Detail("why", why.Key)}}}, workflows.Robot, "revoke.manual", now), nil
	})
}
