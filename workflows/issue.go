package workflows

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"time"

	"countersign/certs"
)

// issue has an approved request signed. Killed anywhere, it is run again and ends in
// the same certificate: the issuer is asked under a key that does not change.
func (s *Service) issue(ctx context.Context, e Effect, id RequestID) error {
	r, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	if r.State != Approved && r.State != Issuing {
		return s.finish(ctx, e, id, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	counts, err := s.approversNow(ctx, r)
	if err != nil {
		return err
	}
	if no := s.mayIssue(r, counts); no != nil {
		if r.State == Approved {
			return s.sendBack(ctx, e, r, no)
		}
		return no
	}
	if r.State == Approved {
		err = s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
			r, err = rd.Request(ctx, id)
			if err != nil || r.State != Approved {
				return Change{}, err
			}
			r.State, r.Updated = Issuing, s.Now()
			return Change{Requests: []Request{r}, Effects: []Effect{redraw(r)},
				Audit: []Audit{{At: r.Updated, Actor: Robot, Verb: "issue", Subject: string(id), Detail: detail("issuer", r.Issuer, "hash", r.Hash())}}}, nil
		})
		if err != nil {
			return err
		}
		r, err = s.read(ctx, id)
		if err != nil {
			return err
		}
	}
	if r.State != Issuing {
		return s.finish(ctx, e, id, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	if no := s.mayIssue(r, counts); no != nil { // asked of what is signed, not of what was read before
		return no
	}
	issuer, ok := s.Issuers[r.Issuer]
	if !ok {
		return Refuse(NotFound, "workflows.trouble.no_issuer", "Issuer", r.Issuer)
	}
	got, pending, err := issuer.Issue(ctx, issueKey(r), r.Spec, r.CSR)
	if err != nil {
		return err
	}
	return s.finishIn(ctx, e, id, func(rd Reader, r Request, now time.Time) (Change, error) {
		if pending {
			// Stored anew, so that the next effects on it have keys of their own.
			r.Pending, r.Trouble, r.Updated = true, Trouble{}, now
			return Change{Requests: []Request{r}, Effects: []Effect{tell(r, "pending"), redraw(r)}}, nil
		}
		old, err := replaced(ctx, rd, r)
		if err != nil {
			return Change{}, err
		}
		next, no := withReturned(r, got, old, Robot, now)
		if no != nil {
			return s.refused(ctx, rd, r, got.Leaf, no, now)
		}
		return s.came(next, Robot, now), nil
	})
}

// mayIssue asks once more, at the last moment, whether the policy's decisions stand
// on what is about to be signed (design, invariant 1).
func (s *Service) mayIssue(r Request, counts func(Person) bool) *Error {
	if p, known := s.policyNamed(r.Policy); known && approvals(r, r.Hash(), counts) >= p.need() {
		return nil
	}
	return Refuse(Forbidden, "workflows.trouble.approvals_gone")
}

// approversNow asks the workspace who the approvers of r are at this moment: somebody who
// was taken out of the group a second ago has approved nothing. While that cannot be read,
// nothing is signed.
func (s *Service) approversNow(ctx context.Context, r Request) (func(Person) bool, error) {
	policy, known := s.policyNamed(r.Policy)
	if !known {
		return among(nil), nil
	}
	members, err := s.Directory.Fresh(ctx, policy.Approvers)
	if err != nil {
		unread := Refuse(Unable, "workflows.trouble.membership")
		unread.Err = err
		return nil, unread
	}
	return func(p Person) bool {
		profile, known := s.Directory.Profile(p)
		return slices.Contains(members, p) && !(known && (profile.Deleted || profile.Guest || profile.Bot))
	}, nil
}

// sendBack puts a request before its approvers again that was approved by somebody who no
// longer counts; with no policy that could ever decide on it, it fails with why.
func (s *Service) sendBack(ctx context.Context, e Effect, r Request, why *Error) error {
	policy, known := s.policyNamed(r.Policy)
	if !known {
		return why
	}
	return s.finish(ctx, e, r.ID, func(r Request, now time.Time) (Change, error) {
		to, legal := r.State.Next(VerbReopen)
		if !legal {
			return Change{}, nil
		}
		r.State, r.Expires, r.Trouble = to, now.Add(policy.within()), Trouble{}
		return complete(r, Change{Effects: []Effect{tell(r, "reopened")}, Audit: []Audit{{Detail: detail("why", why.Text.Key)}}}, Robot, "reopen", now), nil
	})
}

// issued is what follows when a request has its certificate.
func (s *Service) issued(r Request, by Person, now time.Time) Change {
	sum := sha256.Sum256(r.Cert)
	effects := []Effect{redraw(r), tell(r, "issued")}
	if _, ok := s.Custodies[r.Custody].(Keeper); ok && r.KeyName != "" {
		effects = append(effects, aside(r, KindKeep, time.Time{}))
	}
	return Change{Requests: []Request{r}, Effects: effects,
		Audit: []Audit{{At: now, Actor: by, Verb: "issued", Subject: string(r.ID), Detail: detail("sha256", hex.EncodeToString(sum[:]), "not_after", r.NotAfter.Format(time.RFC3339))}}}
}

// GiveCertificate takes a certificate that a CA elsewhere signed. It finds its
// request by its public key, wherever it was pasted.
func (s *Service) GiveCertificate(ctx context.Context, receipt Receipt, by Person, got Certificate) (Request, error) {
	leaf, err := x509.ParseCertificate(got.Leaf)
	if err != nil {
		return Request{}, unreadable(err)
	}
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	var after Request
	err = s.update(ctx, receipt, by, "certificate", "", s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.RequestBySPKI(ctx, hex.EncodeToString(sum[:]))
		if err != nil {
			if CodeOf(err) == NotFound {
				return Change{}, Refuse(NotFound, "workflows.refuse.no_request_for_certificate")
			}
			return Change{}, err
		}
		after = r
		_, members := s.policyOf(r)
		if by != r.Requester && mayDecide(r, by, members) != nil {
			return Change{}, Refuse(Forbidden, "workflows.refuse.not_yours", "Request", string(r.ID))
		}
		if no := s.mayIssue(r, anybody); no != nil && r.State == Issuing {
			return Change{}, no
		}
		old, err := replaced(ctx, rd, r)
		if err != nil {
			return Change{}, err
		}
		next, no := withReturned(r, got, old, by, now)
		if no != nil {
			late := r.State.Ended() && len(r.Cert) == 0
			if (late || no.Field == "certificate") && now.Before(leaf.NotAfter) {
				no.Also = certs.T("workflows.refuse.stray", "Serial", serialOf(got.Leaf))
			}
			return Change{}, no
		}
		var off Change
		if r.Held != nil && !bytes.Equal(r.Held.Leaf, got.Leaf) {
			if next, off, err = s.castOff(ctx, rd, next, r.Held.Leaf, by, strayReplaced, r.Held.By == Robot, now); err != nil {
				return Change{}, err
			}
		}
		after = next
		c := s.came(next, by, now)
		c.Effects, c.Audit = append(c.Effects, off.Effects...), append(off.Audit, c.Audit...)
		return c, nil
	})
	return after, err
}

// Install records that the certificate is in place, and ends what it replaces.
func (s *Service) Install(ctx context.Context, receipt Receipt, by Person, id RequestID) (Request, error) {
	var after Request
	err := s.update(ctx, receipt, by, "install", string(id), s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		to, legal := r.State.Next(VerbInstall)
		switch {
		case r.Requester != by:
			return Change{}, Refuse(Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case !legal:
			return Change{}, tooLate(r)
		case r.Revoking != nil:
			return Change{}, Refuse(Conflict, "workflows.refuse.revoking", "Request", string(id))
		case r.Stolen():
			return Change{}, Refuse(Illegal, "workflows.refuse.key_stolen", "Request", string(id))
		}
		r.State, r.Updated = to, now
		after = r
		c := Change{Requests: []Request{r}, Effects: []Effect{redraw(r)}, Audit: []Audit{{At: now, Actor: by, Verb: "install", Subject: string(id)}}}
		if r.predecessor() == "" {
			return c, nil
		}
		old, err := rd.Request(ctx, r.predecessor())
		if err != nil {
			return c, err
		}
		if old, more, ended := s.superseded(r, old, by, now); ended {
			c.Requests, c.Effects, c.Audit = append(c.Requests, old), append(c.Effects, more.Effects...), append(c.Audit, more.Audit...)
		}
		return c, nil
	})
	return after, err
}
