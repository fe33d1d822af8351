package workflows_test

import (
	"context"
	"crypto/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/workflows"
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
func approvedBench(t *testing.T, decisions ...func(workflows.Request) workflows.Decision) (*bench, *signer, workflows.Request) {
	t.Helper()
	b := newBench(t)
	s := &signer{Issuer: b.Issuers["embedded"]}
	b.Issuers["embedded"] = s
	r := b.submitted(t, ella, portal())
	must(t, b.db.Update(context.Background(), "", func(rd workflows.Reader) (workflows.Change, error) {
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
	return b, s, b.show(t, r.ID)
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
		d := approved(anselm)(r)
		r.Spec.CommonName = "other.example.org"
		d.Hash = r.Hash()
		return d
	}
	held := func(r workflows.Request) workflows.Decision {
		d := approved(anselm)(r)
		d.Verdict = workflows.Hold
		return d
	}
	stranger := workflows.Person{Team: "T1", ID: "U0EVE"}
	for name, decisions := range map[string][]func(workflows.Request) workflows.Decision{
		"nobody approved":         nil,
		"another hash":            {otherHash},
		"no approval":             {held},
		"the requester":           {approved(ella)},
		"somebody who is none":    {approved(stranger)},
		"one of two, and himself": {approved(ella), approved(stranger)},
	} {
		t.Run(name, func(t *testing.T) {
			b, s, r := approvedBench(t, decisions...)
			b.people.groups["pki"] = append(b.people.groups["pki"], ella) // an approver, but not of her own
			b.work(t)
			if got := b.show(t, r.ID); s.asked != 0 || len(got.Cert) > 0 || got.State != workflows.Submitted {
				t.Errorf("asked to sign %d times; %s", s.asked, got.State)
			}
		})
	}
	b, s, r := approvedBench(t, approved(anselm))
	b.work(t)
	if got := b.show(t, r.ID); s.asked != 1 || got.State != workflows.Issued {
		t.Fatalf("approved as it should be: asked %d times; %s", s.asked, got.State)
	}
}

// TestPolicyIsGone: a request whose policy left the configuration can be decided on by
// nobody, and is not signed either.
func TestPolicyIsGone(t *testing.T) {
	b, s, r := approvedBench(t, approved(anselm))
	b.Policies[0].Name = "renamed"
	b.work(t)
	if got := b.show(t, r.ID); s.asked != 0 || got.State == workflows.Issued {
		t.Errorf("asked %d times; %s", s.asked, got.State)
	}
	// Nor is a certificate taken for it that was ordered before.
	b, s, r = approvedBench(t, approved(anselm))
	b.Issuers["embedded"] = outside{}
	b.work(t)
	cert, _, err := s.Issuer.Issue(context.Background(), "outside", r.Spec, r.CSR)
	must(t, err)
	b.Policies[0].Name = "renamed"
	_, err = b.GiveCertificate(context.Background(), "", ella, cert)
	wants(t, "its policy is gone", err, workflows.Forbidden)
}

// TestApproverWhoLeft: an approval of somebody who is taken out of the group before
// anything is signed does not count; the request waits for another, is signed then, and
// once. While Slack does not say who the approvers are, it waits in words.
func TestApproverWhoLeft(t *testing.T) {
	b := newBench(t)
	s := &signer{Issuer: b.Issuers["embedded"]}
	b.Issuers["embedded"] = s
	r := b.submitted(t, ella, portal())
	_, err := b.decide(anselm, r, workflows.Approve)
	must(t, err)
	pki := b.people.groups["pki"]
	delete(b.people.groups, "pki")
	b.work(t)
	if got := b.show(t, r.ID); s.asked != 0 || got.State != workflows.Approved || got.Trouble.Text.Key != "workflows.trouble.membership" {
		t.Fatalf("unreadable members: asked %d times; %s %q", s.asked, got.State, got.Trouble.Text.Key)
	}
	b.people.groups["pki"] = []workflows.Person{bolin}
	b.later(time.Hour)
	b.work(t)
	got := b.show(t, r.ID)
	if s.asked != 0 || got.State != workflows.Submitted || !got.Expires.After(b.now()) {
		t.Fatalf("after he left: asked %d times; %s until %s", s.asked, got.State, got.Expires)
	}
	_, err = b.decide(anselm, got, workflows.Approve)
	wants(t, "he is no approver any more", err, workflows.Forbidden)
	_, err = b.decide(bolin, got, workflows.Approve)
	must(t, err)
	b.work(t)
	if got = b.show(t, r.ID); s.asked != 1 || got.State != workflows.Issued {
		t.Errorf("after the second approval: asked %d times; %s", s.asked, got.State)
	}
	// Who is deactivated counts no more than who left.
	b.people.groups["pki"] = pki
	r = b.submitted(t, ella, portal())
	_, err = b.decide(anselm, r, workflows.Approve)
	must(t, err)
	b.people.known[anselm] = workflows.Profile{Person: anselm, Deleted: true}
	b.work(t)
	b.people.known[anselm] = workflows.Profile{Person: anselm}
	if got = b.show(t, r.ID); s.asked != 1 || got.State != workflows.Submitted {
		t.Errorf("deactivated: asked %d times; %s", s.asked, got.State)
	}
}

// TestSignedElsewhere: what came back from a CA outside was approved when it went out; a
// certificate for a request whose approvals are gone is taken from nobody.
func TestSignedElsewhere(t *testing.T) {
	ctx := context.Background()
	b, _, r := approvedBench(t, approved(anselm))
	ca := b.Issuers["embedded"].(*signer).Issuer
	b.Issuers["embedded"] = outside{}
	b.work(t)
	r = b.show(t, r.ID)
	if r.State != workflows.Issuing || !r.Pending {
		t.Fatalf("%s", r.State)
	}
	cert, _, err := ca.Issue(ctx, "outside", r.Spec, r.CSR)
	must(t, err)
	b.people.groups["pki"] = []workflows.Person{bolin} // the approver has left since
	forged := r
	forged.Purpose = "approved by nobody"
	must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{forged}}, nil
	}))
	_, err = b.GiveCertificate(ctx, "", ella, cert)
	wants(t, "approved as something else", err, workflows.Forbidden)
	forged = b.show(t, r.ID)
	forged.Purpose = r.Purpose
	must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{forged}}, nil
	}))
	got, err := b.GiveCertificate(ctx, "", ella, cert)
	must(t, err)
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
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	b.later(7*24*time.Hour - time.Minute)
	_, err := b.decide(anselm, r, workflows.Hold)
	must(t, err)
	b.later(time.Minute)
	for _, v := range []workflows.Verdict{workflows.Resume, workflows.Reject} {
		_, err = b.decide(anselm, b.show(t, r.ID), v)
		wants(t, string(v)+" after its end", err, workflows.Conflict)
	}
	r = b.submitted(t, ella, portal())
	b.later(7 * 24 * time.Hour)
	_, err = b.decide(anselm, r, workflows.Approve)
	wants(t, "approved after its end", err, workflows.Conflict)
}

// TestNoCSRNoApproval: what is signed is on the card before anybody approves it.
func TestNoCSRNoApproval(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: portal()})
	must(t, err)
	c, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	must(t, err)
	r := b.show(t, c.Requests[0])
	_, err = b.decide(anselm, r, workflows.Approve)
	wants(t, "no CSR yet", err, workflows.Illegal)
	_, err = b.decide(anselm, r, workflows.Reject)
	must(t, err) // what nobody wants needs none
}

// TestWrongCSRIsRefused: a CSR that a box made is put before approvers only if it asks for
// what was planned.
func TestWrongCSRIsRefused(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	a := portal()
	a["csr"] = []string{"device"}
	r := b.submitted(t, ella, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	must(t, err)
	wrong := r.Spec
	wrong.Names = append(slices.Clone(wrong.Names), certs.Name{Type: certs.DNS, Value: "bank.example.org"})
	der, err := certs.CSR(wrong, key)
	must(t, err)
	_, err = b.GiveCSR(ctx, "", ella, r.ID, der)
	wants(t, "a name that nobody planned", err, workflows.Invalid)
	der, err = certs.CSR(r.Spec, key)
	must(t, err)
	_, err = b.GiveCSR(ctx, "", ella, r.ID, der)
	must(t, err)
	if r = b.show(t, r.ID); len(r.CSR) == 0 || r.Custody != workflows.CustodyDevice {
		t.Errorf("%s %s", r.State, r.Custody)
	}
}

// TestOthersRequests: what somebody else may not do to a request, each refused and recorded.
func TestOthersRequests(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.people.known[eve] = workflows.Profile{Person: eve}
	open := b.submitted(t, ella, portal())
	_, err := b.Ask(ctx, "", anselm, open.ID, "Which change?")
	must(t, err)
	done := b.issued(t, ella, portal())
	c, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: portal()})
	must(t, err)
	for name, try := range map[string]func() error{
		"cancel":  func() error { _, err := b.Cancel(ctx, "", eve, open.ID, ""); return err },
		"answer":  func() error { _, err := b.Answer(ctx, "", eve, open.ID, "any"); return err },
		"ask":     func() error { _, err := b.Ask(ctx, "", eve, open.ID, "why?"); return err },
		"install": func() error { _, err := b.Install(ctx, "", eve, done.ID); return err },
		"key":     func() error { _, err := b.Release(ctx, "", eve, done.ID); return err },
		"key again": func() error {
			_, err := b.AskForKey(ctx, "", eve, done.ID, "lost it")
			return err
		},
		"give up": func() error { _, err := b.GiveUp(ctx, "", eve, open.ID); return err },
		"revoke":  func() error { return b.revoke(eve, done.ID) },
		"send": func() error {
			_, err := b.Send(ctx, workflows.Sending{By: eve, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
			return err
		},
		"reply": func() error {
			_, err := b.Reply(ctx, workflows.Replied{By: eve, ID: c.ID, Field: "nodes", Values: []string{"eve.example.org"}})
			return err
		},
		"renew":         func() error { _, err := b.RenewalOf(ctx, workflows.Started{By: eve}, done.ID); return err },
		"an approver's": func() error { _, err := b.Cancel(ctx, "", anselm, open.ID, ""); return err },
	} {
		wants(t, name, try(), workflows.Forbidden)
	}
	if now := b.show(t, open.ID); now.State != workflows.Submitted || now.Questions[0].Answer != "" {
		t.Errorf("%s %+v", now.State, now.Questions)
	}
	if now := b.show(t, done.ID); now.State != workflows.Issued || len(now.Releases) > 0 || now.Revoking != nil {
		t.Errorf("%s %+v", now.State, now)
	}
}

// TestPlanShownIsPlanSent: what changed between the review and the click is shown anew.
func TestPlanShownIsPlanSent(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: portal()})
	must(t, err)
	shown := workflows.PlanHash(b.PlanOf(c))
	c, err = b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Field: "names", Values: []string{"more.example.org"}})
	must(t, err)
	_, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: shown})
	wants(t, "another plan", err, workflows.Stale)
	_, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: ""})
	wants(t, "no plan", err, workflows.Stale)
}

// unhashed are the fields of a request that a decision does not cover, each with why.
var unhashed = map[string]string{
	"Version": "of the row", "State": "what the click changes", "Decisions": "made on the hash", "Lang": "the requester's own",
	"Place": "where it was asked for", "Batch": "a name for several", "Steps": "what its requester does with it", "Trust": "what its requester does with it",
	"Renews": "of requests made before Replaces", "KeyName": "names the key that the CSR holds", "SPKI": "is in the CSR",
	"Cert": "comes afterwards", "Chain": "comes afterwards", "Questions": "talk", "Releases": "comes afterwards", "Asks": "comes afterwards",
	"Pending": "comes afterwards", "Held": "comes afterwards, with a mark of its own", "Strays": "comes afterwards", "Revoking": "comes afterwards",
	"Trouble": "passes", "Findings": "of the certificate", "Created": "time", "Updated": "time", "Expires": "asked at the decision",
	"NotAfter": "of the certificate", "EndedBy": "comes afterwards", "EndReason": "comes afterwards",
}

// TestHashCoversWhatIsApproved: every field of a request is in the hash, to every depth,
// or has its reason above. A field that is added and thought of by nobody fails here.
func TestHashCoversWhatIsApproved(t *testing.T) {
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	r.Replaces = &workflows.Replaced{Request: "REQ-9", For: []string{"portal.example.org"}, Names: []string{"portal.example.org"}}
	r.Spec.Names[0].Unicode, r.Spec.Also, r.Spec.MayEKU, r.Spec.MayKU = "x", []string{"x"}, []string{"x"}, []string{"x"}
	r.Deployment.Domains, r.Deployment.Features = []string{"x"}, []certs.Feature{certs.MRA}
	before := r.Hash()
	value := reflect.ValueOf(&r).Elem()
	seen := 0
	for i := range value.NumField() {
		name := value.Type().Field(i).Name
		if _, excused := unhashed[name]; excused {
			seen++
			alter(t, value.Field(i))
			if r.Hash() != before {
				t.Errorf("%s changes the hash: a decision would be void without a reason", name)
			}
			continue
		}
		leaves(t, name, value.Field(i), func(path string) {
			if r.Hash() == before {
				t.Errorf("%s is not in the hash", path)
			}
		})
	}
	if seen != len(unhashed) {
		t.Errorf("%d of %d excused fields exist", seen, len(unhashed))
	}
	if r.Hash() != before {
		t.Error("the test did not put everything back")
	}
}

// leaves alters every value below v in turn, asks check, and puts it back.
func leaves(t *testing.T, path string, v reflect.Value, check func(path string)) {
	t.Helper()
	if v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]() {
		for i := range v.NumField() {
			leaves(t, path+"."+v.Type().Field(i).Name, v.Field(i), check)
		}
		return
	}
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		leaves(t, path, v.Elem(), check)
		return
	}
	if v.Kind() == reflect.Slice && v.Len() > 0 && v.Type().Elem().Kind() != reflect.Uint8 {
		leaves(t, path+"[0]", v.Index(0), check)
	}
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	alter(t, v)
	check(path)
	v.Set(old)
}
