package bot_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"countersign/bot"
	"countersign/certs"
	"countersign/slacksim"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
)

// TestPeopleUnknownIsNotLeft: after a restart while Slack says who is in a group and nothing
// of people, nobody has left: what was approved waits, and is not lost.
func TestPeopleUnknownIsNotLeft(t *testing.T) {
	t.Run("approved", func(t *testing.T) { peopleUnknown(t, false) })
	t.Run("issuing, its issuer was down", func(t *testing.T) { peopleUnknown(t, true) })
}

// down is an issuer that cannot be reached.
type down struct{ workflows.Issuer }

func (down) Issue(context.Context, string, certs.Spec, []byte) (certs.Issued, bool, error) {
	return certs.Issued{}, false, errors.New("connection refused")
}

func peopleUnknown(t *testing.T, issuing bool) {
	ctx := context.Background()
	r := newRig(t, slacksim.Default())
	r.refresh(t)
	ella, anselm := workflows.Person{Team: "T0ACME", ID: "U0ELLA"}, workflows.Person{Team: "T0ACME", ID: "U0ANSELM"}
	a := workflows.Answers{"product": {"generic"}, "service": {"tls-server"}, "environment": {"production"}, "nodes": {"portal.example.org"}, "ca": {"private"}, "csr": {"ours"}, "purpose": {"Portal"}}
	c, err := r.service.Intake.Start(ctx, intake.Started{By: ella, Lang: "en", Answers: a})
	must(t, err)
	c, err = r.service.Intake.Send(ctx, intake.Sending{By: ella, ID: c.ID, Plan: intake.PlanHash(r.service.Intake.PlanOf(c))})
	must(t, err)
	w := r.service.Worker(r.db, r.log)
	_, err = w.Step(ctx) // CSR
	must(t, err)
	show := func() workflows.Request {
		var q workflows.Request
		must(t, r.db.View(ctx, func(rd workflows.Reader) (err error) { q, err = rd.Request(ctx, c.Requests[0]); return err }))
		return q
	}
	q := show()
	_, err = r.service.Issuance.Decide(ctx, issuance.Decided{By: anselm, Request: q.ID, Verdict: workflows.Approve, Hash: q.Hash()})
	must(t, err)
	want := workflows.Approved
	if issuing {
		up := r.service.Issuers["embedded"]
		r.service.Issuers["embedded"] = down{up}
		_, err = w.Step(ctx)
		must(t, err)
		r.service.Issuers["embedded"] = up
		want = workflows.Issuing
	}
	// The process is started anew; Slack answers user groups, but nothing of people.
	must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultError, Match: "users.*", Code: "internal_error", Times: -1}))
	r.dir = bot.NewDirectory(r.cfg, "T0ACME", map[string][]string{"pki": {"S0PKIAPPROVERS"}}, r.log, func() time.Time { return time.Now().UTC() })
	r.service.Directory = r.dir
	if got, err := r.dir.Fresh(ctx, "pki", []workflows.Person{anselm}); err == nil {
		t.Errorf("nothing is known of anybody, and the approvers are %v", got)
	}
	for busy := false; !busy; {
		busy, err = w.Step(ctx) // once it is due
		must(t, err)
	}
	if q = show(); q.State != want || q.Trouble.Text.Key != "workflows.trouble.membership" {
		t.Errorf("%s %+v", q.State, q.Trouble)
	}
	r.ClearFaults()
	for q.State != workflows.Issued {
		_, err = w.Step(ctx)
		must(t, err)
		if q = show(); q.State != want && q.State != workflows.Issuing && q.State != workflows.Issued {
			t.Fatalf("%s %+v", q.State, q.Trouble)
		}
		r.db.Wait(ctx, workflows.Work, 200*time.Millisecond)
	}
}
