package workflows

import (
	"context"
	"slices"
	"time"

	"countersign/certs"
)

// Revoker is an Issuer that can be asked to revoke.
type Revoker interface {
	// Revoke has a certificate (DER) of this issuer revoked, with a reason code of RFC 5280
	// 5.3.1. One that is revoked already is no error. Its errors are as those of Issue.
	Revoke(ctx context.Context, leaf []byte, reason int) error
}

// Revocation is an approver's word that a certificate is to be revoked, and what became
// of it. Nothing says "revoked" before the issuer, or a person at the CA, has done it.
type Revocation struct {
	By     Person     `json:"by"`
	Reason string     `json:"reason"` // one of RevocationReasons
	Note   string     `json:"note,omitempty"`
	At     time.Time  `json:"at"`
	Manual bool       `json:"manual,omitempty"` // a person has to do it at the CA
	Why    certs.Text `json:"why,omitzero"`     // why the issuer cannot
	DoneBy Person     `json:"done_by,omitzero"` // Robot: the issuer did it
	Done   time.Time  `json:"done,omitzero"`
}

// owed: it waits for a person at the CA.
func (v Revocation) owed() bool { return v.Manual && v.Done.IsZero() }

// Owed reports that a certificate of r, the one it got or one that nobody gets, waits for
// a person to revoke it at its CA.
func (r Request) Owed() bool {
	return r.Revoking != nil && r.Revoking.owed() || slices.ContainsFunc(r.Strays, func(s Stray) bool { return s.owed() })
}

// MayConfirm asks whether who could confirm such a revocation now. The step asks anew.
func (s *Service) MayConfirm(who Person, r Request) bool {
	_, members := s.policyOf(r)
	return r.Owed() && s.admit(who) == nil && slices.Contains(members, who)
}

// RevocationReasons are those of RFC 5280 5.3.1 that a person can give for a
// certificate of a server. The others are for CAs, for holds, and for lists.
func RevocationReasons() []string {
	return []string{"keyCompromise", "superseded", "cessationOfOperation", "affiliationChanged", "privilegeWithdrawn", "unspecified"}
}

var reasonCodes = map[string]int{"unspecified": 0, "keyCompromise": 1, "affiliationChanged": 3, "superseded": 4, "cessationOfOperation": 5, "privilegeWithdrawn": 9}

// mayRevoke is the rule of who may have a certificate revoked: its approvers, also of a
// certificate of their own, since it takes something away and gives nothing.
func mayRevoke(r Request, who Person, members []Person) *Error {
	if !slices.Contains(members, who) {
		return Refuse(Forbidden, "workflows.refuse.not_revoker", "Request", string(r.ID))
	}
	if _, legal := r.State.Next(VerbRevoke); !legal {
		if r.State.Ended() {
			return tooLate(r)
		}
		return Refuse(Illegal, "workflows.refuse.nothing_to_revoke", "Request", string(r.ID))
	}
	if r.Revoking != nil {
		return Refuse(Conflict, "workflows.refuse.revoking", "Request", string(r.ID))
	}
	return nil
}

// MayRevoke asks whether who could have r revoked now. The step asks anew.
func (s *Service) MayRevoke(who Person, r Request) *Error {
	if no := s.admit(who); no != nil {
		return no
	}
	_, members := s.policyOf(r)
	return mayRevoke(r, who, members)
}

// RevokeOrder is an approver's order to revoke.
type RevokeOrder struct {
	Receipt Receipt
	By      Person
	Request RequestID
	Reason  string // one of RevocationReasons
	Note    string // may be empty
}

// Revoke has the certificate of a request revoked, after the commit. Hand-overs of its
// key that are still open are taken back.
func (s *Service) Revoke(ctx context.Context, in RevokeOrder) (Request, error) {
	return s.step(ctx, in.Receipt, in.By, "revoke", in.Request, func(r Request, now time.Time) (Request, Change, *Error) {
		_, members := s.policyOf(r)
		if no := mayRevoke(r, in.By, members); no != nil {
			return r, Change{}, no
		}
		if _, known := reasonCodes[in.Reason]; !known {
			return r, Change{}, &Error{Code: Invalid, Field: "revocation", Text: certs.T("workflows.problem.revocation_reason")}
		}
		note, no := checkedReason(in.Note, "")
		if no != nil {
			return r, Change{}, no
		}
		r.Revoking = &Revocation{By: in.By, Reason: in.Reason, Note: note, At: now}
		r = r.closeAsk(AskOver, now)
		c := Change{Effects: takeAllBack(r, now), Audit: []Audit{{Detail: detail("reason", in.Reason, "serial", r.Serial())}}}
		if _, ok := s.Issuers[r.Issuer].(Revoker); ok {
			c.Effects = append(c.Effects, aside(r, KindRevoke, time.Time{}), tell(r, "revoking")) // a hand-over that waits for Slack does not hold it up
		} else {
			r.Revoking.Manual = true
			c.Effects = append(c.Effects, tell(r, "revoke_manual"))
		}
		return r, c, nil
	})
}

// RevokedAtCA records that a person has revoked a certificate where its issuer cannot
// be asked to. Whoever may order it may confirm it.
func (s *Service) RevokedAtCA(ctx context.Context, receipt Receipt, by Person, id RequestID) (Request, error) {
	return s.step(ctx, receipt, by, "revoke.confirm", id, func(r Request, now time.Time) (Request, Change, *Error) {
		_, members := s.policyOf(r)
		switch {
		case !slices.Contains(members, by):
			return r, Change{}, Refuse(Forbidden, "workflows.refuse.not_revoker", "Request", string(id))
		case r.Revoking == nil || !r.Revoking.owed():
			return r, Change{}, tooLate(r)
		}
		next, c := s.revoked(r, by, now)
		return next, c, nil
	})
}

// revoked is r after its certificate was revoked.
func (s *Service) revoked(r Request, by Person, now time.Time) (Request, Change) {
	done := *r.Revoking
	done.DoneBy, done.Done = by, now
	r.Revoking, r.Trouble = &done, Trouble{}
	if to, legal := r.State.Next(VerbRevoke); legal {
		r.State, r.EndedBy, r.EndReason = to, done.By, done.Note
	}
	return r, Change{Effects: append(s.ended(r, now), tell(r, "revoked")),
		Audit: []Audit{{Verb: "revoked", Detail: detail("reason", done.Reason, "serial", r.Serial())}}}
}

// revoke has the issuer do it.
func (s *Service) revoke(ctx context.Context, e Effect, id RequestID) error {
	r, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	if r.Revoking == nil || r.Revoking.Manual || !r.Revoking.Done.IsZero() {
		return s.finish(ctx, e, id, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	issuer, ok := s.Issuers[r.Issuer].(Revoker)
	if !ok {
		return Refuse(NotFound, "workflows.trouble.no_issuer", "Issuer", r.Issuer)
	}
	if err := issuer.Revoke(ctx, r.Cert, reasonCodes[r.Revoking.Reason]); err != nil {
		return err
	}
	return s.finish(ctx, e, id, func(r Request, now time.Time) (Change, error) {
		next, c := s.revoked(r, Robot, now)
		return complete(next, c, Robot, "revoked", now), nil
	})
}

// revokeByHand ends the attempt to have the issuer do it: a person must.
func (s *Service) revokeByHand(ctx context.Context, e Effect, body Body, why certs.Text) error {
	return s.finish(ctx, e, body.Request, func(r Request, now time.Time) (Change, error) {
		if r.Revoking == nil || r.Revoking.Manual {
			return Change{}, nil
		}
		byHand := *r.Revoking
		byHand.Manual, byHand.Why = true, why
		r.Revoking, r.Trouble = &byHand, Trouble{}
		return complete(r, Change{Effects: []Effect{tell(r, "revoke_manual")}, Audit: []Audit{{Detail: detail("why", why.Key)}}}, Robot, "revoke.manual", now), nil
	})
}

// Serial is the serial number of r's certificate as CAs write it, hex; "" without one.
func (r Request) Serial() string { return serialOf(r.Cert) }
