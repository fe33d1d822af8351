package issuance

import (
	"context"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// issue has an approved request signed. Killed anywhere, it is run again and ends in
// the same certificate: the issuer is asked under a key that does not change.
func (s jobs) issue(ctx context.Context, e workflows.Effect, _ workflows.Issue, r workflows.Request) error {
	if r.State != workflows.Approved && r.State != workflows.Issuing {
		return s.Done(ctx, e)
	}
	counts, err := s.approversNow(ctx, r)
	if err != nil {
		return err
	}
	if no := s.mayIssue(r, counts); no != nil {
		if r.State == workflows.Approved {
			return s.sendBack(ctx, e, r, no)
		}
		return no
	}
	if r.State == workflows.Approved {
		err = s.Store.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
			r, err := rd.Request(ctx, r.ID)
			if err != nil || r.State != workflows.Approved {
				return workflows.Change{}, err
			}
			r.State = workflows.Issuing
			c := workflows.Change{Audit: []workflows.Audit{{Detail: workflows.Detail("issuer", r.Issuer, "hash", r.Hash())}}}
			return workflows.Complete(r, c, workflows.Robot, "issue", s.Now()), nil
		})
		if err == nil {
			r, err = s.ReadRequest(ctx, r.ID)
		}
		if err != nil {
			return err
		}
	}
	if r.State != workflows.Issuing {
		return s.Done(ctx, e)
	}
	if no := s.mayIssue(r, counts); no != nil { // asked of what is signed, not of what was read before
		return no
	}
	issuer, ok := s.Issuers[r.Issuer]
	if !ok {
		return workflows.Refuse(workflows.NotFound, "workflows.trouble.no_issuer", "Issuer", r.Issuer)
	}
	got, pending, err := issuer.Issue(ctx, issueKey(r), r.Spec, r.CSR)
	if err != nil {
		return err
	}
	return s.FinishWith(ctx, e, r.ID, func(rd workflows.Reader, r workflows.Request, now time.Time) (workflows.Change, error) {
		if pending {
			// Stored anew, so that the next effects on it have keys of their own.
			r.Pending, r.Trouble, r.Updated = true, workflows.Trouble{}, now
			return workflows.Change{Requests: []workflows.Request{r}, Effects: []workflows.Effect{workflows.Notification(r, "pending"), workflows.Redraw(r)}}, nil
		}
		old, err := replaced(ctx, rd, r)
		if err != nil {
			return workflows.Change{}, err
		}
		next, no := withReturned(r, got, old, workflows.Robot, now)
		if no != nil {
			return s.refused(ctx, rd, r, got.Leaf, no, now)
		}
		return s.returned(next, workflows.Robot, now), nil
	})
}

// approversNow asks the workspace who the approvers of r are at this moment: somebody who
// was taken out of the group a second ago has approved nothing. While that cannot be read,
// nothing is signed.
func (s jobs) approversNow(ctx context.Context, r workflows.Request) (func(workflows.Person) bool, error) {
	policy, known := s.PolicyNamed(r.Policy)
	if !known {
		return among(nil), nil
	}
	var deciders []workflows.Person
	for _, d := range r.Decisions {
		deciders = append(deciders, d.By)
	}
	members, err := s.Directory.Fresh(ctx, policy.Approvers, deciders)
	if err != nil {
		unread := workflows.Refuse(workflows.Unable, "workflows.trouble.membership")
		unread.Err = err
		return nil, unread
	}
	return among(members), nil
}

// sendBack puts a request before its approvers again that was approved by somebody who no
// longer counts; with no policy that could ever decide on it, it fails with why.
func (s jobs) sendBack(ctx context.Context, e workflows.Effect, r workflows.Request, why *workflows.Error) error {
	policy, known := s.PolicyNamed(r.Policy)
	if !known {
		return why
	}
	return s.Finish(ctx, e, r.ID, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		to, legal := r.State.Next(workflows.VerbReopen)
		if !legal {
			return workflows.Change{}, nil
		}
		r.State, r.Expires, r.Trouble = to, now.Add(policy.Within()), workflows.Trouble{}
		return workflows.Complete(r, workflows.Change{Effects: []workflows.Effect{workflows.Notification(r, "reopened")}, Audit: []workflows.Audit{{Detail: workflows.Detail("why", why.Text.Key)}}}, workflows.Robot, "reopen", now), nil
	})
}

// storeBeside gives a custody the certificate of one of its keys. Nothing waits for it:
// the certificate is delivered whether or not its custody can be reached.
func (s jobs) storeBeside(ctx context.Context, e workflows.Effect, _ workflows.StoreCertificate, r workflows.Request) error {
	keeper, ok := s.Custodies[r.Custody].(workflows.Keeper)
	if ok && r.KeyName != "" && len(r.Cert) > 0 {
		if err := keeper.Keep(ctx, r.KeyName, workflows.Certificate{Leaf: r.Cert, Chain: r.Chain}); err != nil {
			return err
		}
	}
	return s.Finish(ctx, e, r.ID, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		return workflows.Change{Audit: []workflows.Audit{{At: now, Actor: workflows.Robot, Verb: "keep", Subject: string(r.ID), Detail: workflows.Detail("key", r.KeyName)}}}, nil
	})
}

// fail ends a request that will not get its certificate.
func (s jobs) fail(ctx context.Context, e workflows.Effect, text certs.Text) error {
	return s.Finish(ctx, e, e.About().Request, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		to, legal := r.State.Next(workflows.VerbFail)
		if !legal {
			return workflows.Change{}, nil
		}
		r.State, r.Trouble = to, workflows.Trouble{Text: text, Since: now, Tries: e.Attempts}
		c := workflows.Change{Effects: append([]workflows.Effect{workflows.Notification(r, "failed")}, s.unfinished(r)...),
			Audit: []workflows.Audit{{Detail: workflows.Detail("why", text.Key)}}}
		return workflows.Complete(r, c, workflows.Robot, "fail", now), nil
	})
}
