package issuance

import (
	"context"
	"crypto/x509"
	"strings"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// makeCSR has the request's custody make key and CSR, and puts the request before
// its approvers.
func (s jobs) makeCSR(ctx context.Context, e workflows.Effect, _ workflows.MakeCSR, r workflows.Request) error {
	if r.State.Ended() || len(r.CSR) > 0 {
		return s.Done(ctx, e)
	}
	custody, ok := s.Custodies[r.Custody]
	if !ok {
		return workflows.Refuse(workflows.NotFound, "workflows.trouble.no_custody", "Custody", r.Custody)
	}
	name := keyName(r)
	der, err := custody.CreateCSR(ctx, name, r.Spec)
	if err != nil {
		return err
	}
	return s.Finish(ctx, e, r.ID, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		if r.State.Ended() { // meanwhile; the key goes with the effect that its end has queued
			return workflows.Change{}, nil
		}
		next, no := withCSR(r, der)
		if no != nil {
			return workflows.Change{}, no
		}
		next.KeyName = name
		c := workflows.Change{
			Audit: []workflows.Audit{{Detail: workflows.Detail("custody", r.Custody, "key", name, "spki", next.SPKI)}}}
		return workflows.Complete(next, c, workflows.Robot, "csr", now), nil
	})
}

// keyName names a request's key in its custody: readable, and never used twice.
func keyName(r workflows.Request) string {
	return strings.ToLower(string(r.ID)) + "-" + strings.TrimPrefix(strings.ToLower(r.Batch), "b-")
}

// withCSR puts a CSR on a request that has none, if it asks for what was planned.
func withCSR(r workflows.Request, der []byte) (workflows.Request, *workflows.Error) {
	to, legal := r.State.Next(workflows.VerbCSR)
	if !legal || len(r.CSR) > 0 {
		return r, tooLate(r)
	}
	// What the box may leave out (CUCM's parent domain) is approved as it stands in the CSR.
	adopted, err := certs.Adopt(r.Spec, der)
	if err != nil {
		return r, &workflows.Error{Code: workflows.Invalid, Field: "csr", Text: certs.T("workflows.problem.csr_unreadable"), Err: err}
	}
	r.Spec = adopted
	for _, f := range certs.CheckCSR(r.Spec, der) {
		if f.Severity == certs.Error {
			return r, &workflows.Error{Code: workflows.Invalid, Field: "csr", Text: f.Text}
		}
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return r, &workflows.Error{Code: workflows.Invalid, Field: "csr", Text: certs.T("workflows.problem.csr_unreadable")}
	}
	r.State, r.CSR, r.SPKI, r.Trouble = to, der, workflows.Fingerprint(csr.RawSubjectPublicKeyInfo), workflows.Trouble{}
	return r, nil
}

// mayGiveCSR is the rule of who gives a request the CSR of its box: its requester, while it is
// waited for.
func mayGiveCSR(r workflows.Request, by workflows.Person) *workflows.Error {
	switch {
	case r.Requester != by:
		return workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(r.ID))
	case r.Awaits() != workflows.AwaitCSR:
		return tooLate(r)
	}
	return nil
}

// MayGiveCSR asks that before a form is opened; the step asks anew.
func (s *Service) MayGiveCSR(ctx context.Context, by workflows.Person, id workflows.RequestID) error {
	return s.Update(ctx, "", by, "csr", string(id), s.Refusal(by), func(rd workflows.Reader, _ time.Time) (workflows.Change, error) {
		r, err := rd.Request(ctx, id)
		if err == nil {
			if no := mayGiveCSR(r, by); no != nil {
				err = no
			}
		}
		return workflows.Change{}, err
	})
}

// GiveCSR takes a CSR that a box made itself, for a request that waits for one.
// With no request named, the one is taken whose plan the CSR fits.
func (s *Service) GiveCSR(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, der []byte) (workflows.Request, error) {
	var after workflows.Request
	err := s.Update(ctx, receipt, by, "csr", string(id), s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		var named workflows.Request
		if id != "" {
			var err error
			if named, err = rd.Request(ctx, id); err != nil {
				return workflows.Change{}, err
			}
			if no := mayGiveCSR(named, by); no != nil {
				return workflows.Change{}, no
			}
		}
		if err := s.MayKeepCSR(ctx, rd, der); err != nil { // before what does not fit is quoted
			return workflows.Change{}, err
		}
		var change workflows.Change
		first := workflows.Refuse(workflows.NotFound, "workflows.refuse.no_request_for_csr")
		mine := workflows.RequestQuery{Team: s.Team, Requester: by, States: []workflows.State{workflows.Submitted}, Awaits: []workflows.Await{workflows.AwaitCSR}}
		take := func(r workflows.Request) (bool, error) {
			next, no := withCSR(r, der)
			if no != nil {
				first = no
				return true, nil
			}
			next.Updated, after, first = now, next, nil
			group, err := workflows.GroupOf(ctx, rd, r)
			if err != nil {
				return false, err
			}
			change = workflows.Change{Requests: []workflows.Request{next}, Effects: append([]workflows.Effect{workflows.Redraw(next)}, reminder(next, group)...),
				Audit: []workflows.Audit{{At: now, Actor: by, Verb: "csr", Subject: string(next.ID), Detail: workflows.Detail("custody", next.Custody, "spki", next.SPKI)}}}
			return false, nil
		}
		var err error
		if id != "" {
			_, err = take(named)
		} else {
			err = workflows.Every(ctx, rd, mine, take)
		}
		if err == nil && first != nil {
			return workflows.Change{}, first
		}
		return change, err
	})
	return after, err
}

// reminder tells approvers of next, where they have decided on all that its card showed.
func reminder(next workflows.Request, group []workflows.Request) []workflows.Effect {
	first := true
	for _, r := range group {
		if r.Awaits() == workflows.AwaitDecision {
			return nil // the card is before them
		}
		first = first && len(r.CSR) == 0
	}
	if first {
		return nil
	}
	return []workflows.Effect{workflows.NewEffect(workflows.Notify, workflows.Audience(next, workflows.KindAnswer), string(next.ID)+"/"+workflows.KindRemind, workflows.RemindApprovers{Request: next.ID})}
}

// ended queues what follows when a certificate has ended: hand-overs of its key that
// are still open are taken back, and the key goes when the policy says so.
func (s *Service) ended(r workflows.Request, now time.Time) []workflows.Effect {
	effects := workflows.TakeAllBack(r, now)
	if policy, _ := s.PolicyOf(r); policy.DestroyAfter > 0 && r.KeyName != "" {
		effects = append(effects, workflows.DetachedTask(r, workflows.DestroyKey{Request: r.ID}, now.Add(policy.DestroyAfter)))
	}
	return effects
}

// destroy removes a key that is of no more use, also one that was made and never
// recorded.
func (s jobs) destroy(ctx context.Context, e workflows.Effect, _ workflows.DestroyKey, r workflows.Request) error {
	custody, ok := s.Custodies[r.Custody]
	if !ok || !s.mayDestroy(r) {
		return s.Done(ctx, e)
	}
	name := r.KeyName
	if name == "" {
		name = keyName(r)
	}
	if err := custody.Destroy(ctx, name); err != nil {
		return err
	}
	return s.Finish(ctx, e, r.ID, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		return workflows.Change{Audit: []workflows.Audit{{At: now, Actor: workflows.Robot, Verb: "key.destroy", Subject: string(r.ID), Detail: workflows.Detail("key", name)}}}, nil
	})
}
