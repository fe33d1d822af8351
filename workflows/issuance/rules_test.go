package issuance_test

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// signer counts what it is asked to sign.
type signer struct {
	workflows.Issuer
	asked int
}

func (s *signer) Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (workflows.Certificate, bool, error) {
	s.asked++
	return s.Issuer.Issue(ctx, key, spec, csr)
}

// approvedBench has a request approved as decisions say and nothing signed yet; what an
// approver's click would have refused can be planted as somebody with the key could.
func approvedBench(t *testing.T, decisions ...func(workflows.Request) workflows.Decision) (*workbench.Bench, *signer, workflows.Request) {
	t.Helper()
	b := workbench.New(t)
	s := &signer{Issuer: b.Issuers["embedded"]}
	b.Issuers["embedded"] = s
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	workbench.Must(t, b.DB.Update(context.Background(), "", func(rd workflows.Reader) (workflows.Change, error) {
		r, err := rd.Request(context.Background(), r.ID)
		r.State = workflows.Approved
		c := workflows.Change{Requests: []workflows.Request{r}, Effects: []workflows.Effect{{Lane: workflows.Work, Subject: string(r.ID), Kind: workflows.KindIssue,
			Key: string(r.ID) + "/planted", Body: []byte(`{"request":"` + string(r.ID) + `"}`)}}}
		for _, d := range decisions {
			c.Decisions = append(c.Decisions, d(r))
		}
		c.Requests[0].Decisions = c.Decisions
		return c, err
	}))
	return b, s, b.Show(t, r.ID)
}

func approved(by workflows.Person) func(workflows.Request) workflows.Decision {
	return func(r workflows.Request) workflows.Decision {
		return workflows.Decision{Request: r.ID, By: by, Verdict: workflows.Approve, Hash: r.Hash(), At: r.Updated}
	}
}

// TestWhatIsNotSigned: whatever a row says, nothing is signed without the approvals that
// count, of the request as it is, by people who are approvers now and not the requester
// (design, invariant 1).
func TestWhatIsNotSigned(t *testing.T) {
	otherHash := func(r workflows.Request) workflows.Decision {
		d := approved(workbench.Anselm)(r)
		r.Spec.CommonName = "other.example.org"
		d.Hash = r.Hash()
		return d
	}
	held := func(r workflows.Request) workflows.Decision {
		d := approved(workbench.Anselm)(r)
		d.Verdict = workflows.Hold
		return d
	}
	stranger := workflows.Person{Team: "T1", ID: "U0EVE"}
	for name, decisions := range map[string][]func(workflows.Request) workflows.Decision{
		"nobody approved":         nil,
		"another hash":            {otherHash},
		"no approval":             {held},
		"the requester":           {approved(workbench.Ella)},
		"somebody who is none":    {approved(stranger)},
		"one of two, and himself": {approved(workbench.Ella), approved(stranger)},
	} {
		t.Run(name, func(t *testing.T) {
			b, s, r := approvedBench(t, decisions...)
			b.People.Groups["pki"] = append(b.People.Groups["pki"], workbench.Ella) // an approver, but not of her own
			b.Work(t)
			if got := b.Show(t, r.ID); s.asked != 0 || len(got.Cert) > 0 || got.State != workflows.Submitted {
				t.Errorf("asked to sign %d times; %s", s.asked, got.State)
			}
		})
	}
	b, s, r := approvedBench(t, approved(workbench.Anselm))
	b.Work(t)
	if got := b.Show(t, r.ID); s.asked != 1 || got.State != workflows.Issued {
		t.Fatalf("approved as it should be: asked %d times; %s", s.asked, got.State)
	}
}

// TestPolicyIsGone: a request whose policy left the configuration can be decided on by
// nobody, and is not signed either.
func TestPolicyIsGone(t *testing.T) {
	b, s, r := approvedBench(t, approved(workbench.Anselm))
	b.Policies[0].Name = "renamed"
	b.Work(t)
	if got := b.Show(t, r.ID); s.asked != 0 || got.State == workflows.Issued {
		t.Errorf("asked %d times; %s", s.asked, got.State)
	}
	// Nor is a certificate taken for it that was ordered before.
	b, s, r = approvedBench(t, approved(workbench.Anselm))
	b.Issuers["embedded"] = outside{}
	b.Work(t)
	cert, _, err := s.Issuer.Issue(context.Background(), "outside", r.Spec, r.CSR)
	workbench.Must(t, err)
	b.Policies[0].Name = "renamed"
	_, err = b.Issuance.GiveCertificate(context.Background(), "", workbench.Ella, cert)
	workbench.Wants(t, "its policy is gone", err, workflows.Forbidden)
}

// TestApproverWhoLeft: an approval of somebody who is taken out of the group before
// anything is signed does not count; the request waits for another, is signed then, and
// once. While Slack does not say who the approvers are, it waits in words.
func TestApproverWhoLeft(t *testing.T) {
	b := workbench.New(t)
	s := &signer{Issuer: b.Issuers["embedded"]}
	b.Issuers["embedded"] = s
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	pki := b.People.Groups["pki"]
	delete(b.People.Groups, "pki")
	b.Work(t)
	if got := b.Show(t, r.ID); s.asked != 0 || got.State != workflows.Approved || got.Trouble.Text.Key != "workflows.trouble.membership" {
		t.Fatalf("unreadable members: asked %d times; %s %q", s.asked, got.State, got.Trouble.Text.Key)
	}
	b.People.Groups["pki"] = []workflows.Person{workbench.Bolin}
	b.Later(time.Hour)
	b.Work(t)
	got := b.Show(t, r.ID)
	if s.asked != 0 || got.State != workflows.Submitted || !got.Expires.After(b.Now()) {
		t.Fatalf("after he left: asked %d times; %s until %s", s.asked, got.State, got.Expires)
	}
	_, err = b.Decide(workbench.Anselm, got, workflows.Approve)
	workbench.Wants(t, "he is no approver any more", err, workflows.Forbidden)
	_, err = b.Decide(workbench.Bolin, got, workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	if got = b.Show(t, r.ID); s.asked != 1 || got.State != workflows.Issued {
		t.Errorf("after the second approval: asked %d times; %s", s.asked, got.State)
	}
	// Who is deactivated counts no more than who left.
	b.People.Groups["pki"] = pki
	r = b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err = b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	b.People.Known[workbench.Anselm] = workflows.Profile{Person: workbench.Anselm, Deleted: true}
	b.Work(t)
	b.People.Known[workbench.Anselm] = workflows.Profile{Person: workbench.Anselm}
	if got = b.Show(t, r.ID); s.asked != 1 || got.State != workflows.Submitted {
		t.Errorf("deactivated: asked %d times; %s", s.asked, got.State)
	}
}

// TestSignedElsewhere: what came back from a CA outside was approved when it went out; a
// certificate for a request whose approvals are gone is taken from nobody.
func TestSignedElsewhere(t *testing.T) {
	ctx := context.Background()
	b, _, r := approvedBench(t, approved(workbench.Anselm))
	ca := b.Issuers["embedded"].(*signer).Issuer
	b.Issuers["embedded"] = outside{}
	b.Work(t)
	r = b.Show(t, r.ID)
	if r.State != workflows.Issuing || !r.Pending {
		t.Fatalf("%s", r.State)
	}
	cert, _, err := ca.Issue(ctx, "outside", r.Spec, r.CSR)
	workbench.Must(t, err)
	b.People.Groups["pki"] = []workflows.Person{workbench.Bolin} // the approver has left since
	forged := r
	forged.Purpose = "approved by nobody"
	workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{forged}}, nil
	}))
	_, err = b.Issuance.GiveCertificate(ctx, "", workbench.Ella, cert)
	workbench.Wants(t, "approved as something else", err, workflows.Forbidden)
	forged = b.Show(t, r.ID)
	forged.Purpose = r.Purpose
	workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{forged}}, nil
	}))
	got, err := b.Issuance.GiveCertificate(ctx, "", workbench.Ella, cert)
	workbench.Must(t, err)
	if got.State != workflows.Issued {
		t.Errorf("%s", got.State)
	}
}

// outside is a CA that signs elsewhere.
type outside struct{}

func (outside) Issue(context.Context, string, certs.Spec, []byte) (workflows.Certificate, bool, error) {
	return workflows.Certificate{}, true, nil
}

// TestDecisionInTime: nobody approves what has expired, though the sweep has not come yet.
func TestDecisionInTime(t *testing.T) {
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	b.Later(7*24*time.Hour - time.Minute)
	_, err := b.Decide(workbench.Anselm, r, workflows.Hold)
	workbench.Must(t, err)
	b.Later(time.Minute)
	for _, v := range []workflows.Verdict{workflows.Resume, workflows.Reject} {
		_, err = b.Decide(workbench.Anselm, b.Show(t, r.ID), v)
		workbench.Wants(t, string(v)+" after its end", err, workflows.Conflict)
	}
	r = b.Submitted(t, workbench.Ella, workbench.Portal())
	b.Later(7 * 24 * time.Hour)
	_, err = b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Wants(t, "approved after its end", err, workflows.Conflict)
}

// TestNoCSRNoApproval: what is signed is on the card before anybody approves it.
func TestNoCSRNoApproval(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workbench.Portal()})
	workbench.Must(t, err)
	c, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Must(t, err)
	r := b.Show(t, c.Requests[0])
	_, err = b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Wants(t, "no CSR yet", err, workflows.Illegal)
	_, err = b.Decide(workbench.Anselm, r, workflows.Reject)
	workbench.Must(t, err) // what nobody wants needs none
}

// TestWrongCSRIsRefused: a CSR that a box made is put before approvers only if it asks for
// what was planned.
func TestWrongCSRIsRefused(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	a := workbench.Portal()
	a["csr"] = []string{"device"}
	r := b.Submitted(t, workbench.Ella, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	workbench.Must(t, err)
	wrong := r.Spec
	wrong.Names = append(slices.Clone(wrong.Names), certs.Name{Type: certs.DNS, Value: "bank.example.org"})
	der, err := certs.CSR(wrong, key)
	workbench.Must(t, err)
	_, err = b.Issuance.GiveCSR(ctx, "", workbench.Ella, r.ID, der)
	workbench.Wants(t, "a name that nobody planned", err, workflows.Invalid)
	der, err = certs.CSR(r.Spec, key)
	workbench.Must(t, err)
	_, err = b.Issuance.GiveCSR(ctx, "", workbench.Ella, r.ID, der)
	workbench.Must(t, err)
	if r = b.Show(t, r.ID); len(r.CSR) == 0 || r.Custody != workflows.CustodyDevice {
		t.Errorf("%s %s", r.State, r.Custody)
	}
}

// TestOthersRequests: what somebody else may not do to a request, each refused and recorded.
func TestOthersRequests(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.People.Known[eve] = workflows.Profile{Person: eve}
	open := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Issuance.Ask(ctx, "", workbench.Anselm, open.ID, "Which change?")
	workbench.Must(t, err)
	done := b.Issued(t, workbench.Ella, workbench.Portal())
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workbench.Portal()})
	workbench.Must(t, err)
	for name, try := range map[string]func() error{
		"cancel":  func() error { _, err := b.Issuance.Cancel(ctx, "", eve, open.ID, ""); return err },
		"answer":  func() error { _, err := b.Issuance.Answer(ctx, "", eve, open.ID, "any"); return err },
		"ask":     func() error { _, err := b.Issuance.Ask(ctx, "", eve, open.ID, "why?"); return err },
		"install": func() error { _, err := b.Issuance.Install(ctx, "", eve, done.ID); return err },
		"key":     func() error { _, err := b.KeyRelease.Release(ctx, "", eve, done.ID); return err },
		"key again": func() error {
			_, err := b.KeyRelease.AskForKey(ctx, "", eve, done.ID, "lost it")
			return err
		},
		"give up": func() error { _, err := b.Issuance.GiveUp(ctx, "", eve, open.ID); return err },
		"revoke":  func() error { return b.Revoke(eve, done.ID) },
		"send": func() error {
			_, err := b.Intake.Send(ctx, intake.Sending{By: eve, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
			return err
		},
		"reply": func() error {
			_, err := b.Intake.Reply(ctx, intake.Replied{By: eve, ID: c.ID, Field: "nodes", Values: []string{"eve.example.org"}})
			return err
		},
		"renew":         func() error { _, err := b.Inbox.Renew(ctx, intake.Started{By: eve}, done.ID); return err },
		"an approver's": func() error { _, err := b.Issuance.Cancel(ctx, "", workbench.Anselm, open.ID, ""); return err },
	} {
		workbench.Wants(t, name, try(), workflows.Forbidden)
	}
	if now := b.Show(t, open.ID); now.State != workflows.Submitted || now.Questions[0].Answer != "" {
		t.Errorf("%s %+v", now.State, now.Questions)
	}
	if now := b.Show(t, done.ID); now.State != workflows.Issued || len(now.Releases) > 0 || now.Revoking != nil {
		t.Errorf("%s %+v", now.State, now)
	}
}
