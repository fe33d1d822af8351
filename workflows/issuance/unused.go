package issuance

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// maxUnused bounds what a request remembers of them. All are in the audit record.
const maxUnused = 20

// longBackdate is more than CAs that answer by themselves make certificates valid before
// they are made: minutes, an hour with Let's Encrypt.
const longBackdate = 2 * time.Hour

// unusedAt finds one by its SHA-256, or gives -1.
func unusedAt(r workflows.Request, sum string) int {
	return slices.IndexFunc(r.Unused, func(s workflows.Unused) bool { return s.SHA256() == sum })
}

// withUnused gives r with one of its unused certificates changed, the others shared.
func withUnused(r workflows.Request, i int, change func(*workflows.Unused)) workflows.Request {
	r.Unused = append([]workflows.Unused(nil), r.Unused...)
	change(&r.Unused[i])
	return r
}

// discard puts a certificate among those of r that nobody uses. by turned it away; Robot:
// the rules did. What r's issuer returned by itself for r it is asked to revoke, after the
// commit; for the rest the words on the card ask people to.
func (s *Service) discard(ctx context.Context, rd workflows.Reader, r workflows.Request, leaf []byte, by workflows.Person, reason string, returned bool, now time.Time) (workflows.Request, workflows.Change, error) {
	if workflows.SerialOf(leaf) == "" || unusedAt(r, workflows.Unused{Leaf: leaf}.SHA256()) >= 0 {
		return r, workflows.Change{}, nil // nothing that could be revoked, or known
	}
	unused := workflows.Unused{Leaf: leaf, Revocation: workflows.Revocation{By: by, Reason: reason, At: now}}
	_, able := s.Issuers[r.Issuer].(Revoker)
	if able && returned {
		ours, err := madeFor(ctx, rd, r, leaf)
		if err != nil {
			return r, workflows.Change{}, err
		}
		if unused.Manual = !ours; !ours {
			unused.Why = certs.T("workflows.trouble.stray_not_ours")
		}
	} else {
		unused.Manual = true
	}
	r.Unused = append(append([]workflows.Unused(nil), r.Unused...), unused)
	r.Unused = r.Unused[max(0, len(r.Unused)-maxUnused):]
	c := workflows.Change{Audit: []workflows.Audit{{At: now, Actor: by, Verb: "stray", Subject: string(r.ID),
		Detail: workflows.Detail("serial", unused.Serial(), "sha256", unused.SHA256(), "reason", reason)}}}
	if !unused.Manual {
		sum := unused.SHA256()
		// A queue of its own: neither the end of the key nor this waits for the other.
		c.Effects = []workflows.Effect{workflows.NewEffect(workflows.Work, string(r.ID)+"/stray/"+sum, fmt.Sprintf("%s/stray/%s", r.ID, sum), workflows.RevokeUnused{Request: r.ID, SHA256: sum})}
	}
	return r, c, nil
}

// madeFor asks whether leaf was surely made for r, so that revoking it takes nothing from
// anybody: a CA that answers with somebody else's certificate, or with the one that is
// in use, must not cost them theirs.
func madeFor(ctx context.Context, rd workflows.Reader, r workflows.Request, leaf []byte) (bool, error) {
	cert, err := x509.ParseCertificate(leaf)
	if err != nil || cert.NotBefore.Before(r.Created.Add(-longBackdate)) || bytes.Equal(leaf, r.Cert) {
		return false, nil //nolint:nilerr // what cannot be read is not ours
	}
	old, err := replaced(ctx, rd, r)
	if err != nil || bytes.Equal(leaf, old) {
		return false, err
	}
	spki := workflows.Fingerprint(cert.RawSubjectPublicKeyInfo)
	if spki == r.SPKI {
		return true, nil
	}
	_, err = rd.RequestBySPKI(ctx, spki)
	if workflows.CodeOf(err) == workflows.NotFound {
		return true, nil
	}
	return false, err
}

// refused is what follows when an issuer answered by itself with what nobody may accept.
func (s jobs) refused(ctx context.Context, rd workflows.Reader, r workflows.Request, leaf []byte, why *workflows.Error, now time.Time) (workflows.Change, error) {
	if bytes.Equal(leaf, r.Cert) {
		return workflows.Change{}, nil
	}
	next, c, err := s.discard(ctx, rd, r, leaf, workflows.Robot, workflows.NotNeeded, true, now)
	if err != nil {
		return workflows.Change{}, err
	}
	next.Updated = now
	if to, legal := r.State.Next(workflows.VerbFail); legal {
		next.State, next.Trouble = to, workflows.Trouble{Text: why.Text, Since: now}
		c.Effects = append(c.Effects, workflows.Notification(next, "failed"), workflows.Task(next, workflows.DestroyKey{Request: next.ID}))
		c.Audit = append(c.Audit, workflows.Audit{At: now, Actor: workflows.Robot, Verb: "fail", Subject: string(r.ID), Detail: workflows.Detail("why", why.Text.Key)})
	}
	c.Requests, c.Effects = []workflows.Request{next}, append(c.Effects, workflows.Redraw(next))
	return c, nil
}

// revokeUnused has the issuer revoke what nobody gets.
func (s jobs) revokeUnused(ctx context.Context, e workflows.Effect, p workflows.RevokeUnused, r workflows.Request) error {
	i := unusedAt(r, p.SHA256)
	if i < 0 || r.Unused[i].Manual || !r.Unused[i].Open() {
		return s.Done(ctx, e)
	}
	issuer, ok := s.Issuers[r.Issuer].(Revoker)
	if !ok {
		return workflows.Refuse(workflows.NotFound, "workflows.trouble.no_issuer", "Issuer", r.Issuer)
	}
	if err := issuer.Revoke(ctx, r.Unused[i].Leaf, reasonCodes[r.Unused[i].Reason]); err != nil {
		return err
	}
	return s.onUnused(ctx, e, func(r workflows.Request, i int, now time.Time) (workflows.Request, workflows.Change) {
		return unusedRevoked(r, i, workflows.Robot, now)
	}, true)
}

// unusedRevoked is r after one of its unused certificates was revoked.
func unusedRevoked(r workflows.Request, i int, by workflows.Person, now time.Time) (workflows.Request, workflows.Change) {
	if i < 0 || !r.Unused[i].Open() {
		return r, workflows.Change{}
	}
	r = withUnused(r, i, func(s *workflows.Unused) { s.DoneBy, s.Done, s.Waits = by, now, certs.Text{} })
	return r, workflows.Change{Audit: []workflows.Audit{{Verb: "stray.revoked", Detail: workflows.Detail("serial", r.Unused[i].Serial(), "reason", r.Unused[i].Reason)}}}
}

// unusedWaits shows why a CA cannot be asked yet. The same reason is shown once.
func (s jobs) unusedWaits(ctx context.Context, e workflows.Effect, why certs.Text) error {
	return s.onUnused(ctx, e, func(r workflows.Request, i int, _ time.Time) (workflows.Request, workflows.Change) {
		if i < 0 || r.Unused[i].Waits.Key == why.Key {
			return r, workflows.Change{}
		}
		return withUnused(r, i, func(s *workflows.Unused) { s.Waits = why }), workflows.Change{Audit: []workflows.Audit{{Verb: "stray.waits", Detail: workflows.Detail("why", why.Key)}}}
	}, false)
}

// unusedByHand ends the attempt to have the issuer do it: a person must, and the
// operators are told.
func (s jobs) unusedByHand(ctx context.Context, e workflows.Effect, why certs.Text) error {
	return s.onUnused(ctx, e, func(r workflows.Request, i int, _ time.Time) (workflows.Request, workflows.Change) {
		if i < 0 || r.Unused[i].Manual || !r.Unused[i].Open() {
			return r, workflows.Change{}
		}
		next := withUnused(r, i, func(s *workflows.Unused) { s.Manual, s.Why, s.Waits = true, why, certs.Text{} })
		return next, workflows.Change{Effects: s.Dead(e, why.Key, &why).Effects, Audit: []workflows.Audit{{Verb: "stray.manual", Detail: workflows.Detail("why", why.Key)}}}
	}, true)
}

// onUnused commits what became of the certificate that e is about, whose place among those
// of its request step is given, or -1; with last the effect has ended.
func (s jobs) onUnused(ctx context.Context, e workflows.Effect, step func(r workflows.Request, i int, now time.Time) (workflows.Request, workflows.Change), last bool) error {
	p, err := workflows.ReadPayload[workflows.RevokeUnused](e)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		r, err := rd.Request(ctx, p.Request)
		if err != nil {
			return workflows.Change{}, err
		}
		next, c := step(r, unusedAt(r, p.SHA256), s.Now())
		if len(c.Audit) > 0 {
			c = workflows.Complete(next, c, workflows.Robot, "", s.Now())
		}
		if last {
			c.Done = []int64{e.ID}
		}
		return c, nil
	})
}

// UnusedRevoked records that a person has seen an unused certificate revoked at its CA.
// Whoever may have certificates of the policy revoked may confirm it.
func (s *Service) UnusedRevoked(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, sum string) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "stray.confirm", id, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		_, members := s.PolicyOf(r)
		i := unusedAt(r, sum)
		switch {
		case !slices.Contains(members, by):
			return r, workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_revoker", "Request", string(id))
		case i < 0 || !r.Unused[i].Due():
			return r, workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.refuse.stray_settled", "Request", string(id))
		}
		next, c := unusedRevoked(r, i, by, now)
		return next, c, nil
	})
}
