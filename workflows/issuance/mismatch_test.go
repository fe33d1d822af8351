package issuance_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
)

func rules(h *workflows.Mismatch) []string {
	var all []string
	for _, f := range h.Findings {
		if issuance.Differs(f) {
			all = append(all, f.Rule)
		}
	}
	return all
}

// TestHeld: what differs is delivered to nobody; a better certificate, or an approver
// who is not the requester, ends the wait.
func TestHeld(t *testing.T) {
	ctx := context.Background()
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	r := b.Waiting(t, ca, workbench.Portal())
	settle := func(who workflows.Person, mark string, accept bool) error {
		_, err := b.Issuance.Settle(ctx, issuance.Settled{By: who, Request: r.ID, Mark: mark, Accept: accept})
		return err
	}
	workbench.Wants(t, "nothing is held", settle(workbench.Anselm, "", true), workflows.Stale)
	_, err := b.Give(r, ca.Sign(t, r, func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "www."+c.DNSNames[0]) }), ca.Cert.Raw)
	workbench.Wants(t, "a name that nobody approved", err, workflows.Invalid)
	if r = b.Show(t, r.ID); r.Mismatch != nil || r.State != workflows.Issuing {
		t.Errorf("what can never be accepted is held: %s", r.State)
	}
	b.Told(t)
	r, err = b.Give(r, ca.Sign(t, r, workbench.Shorter), ca.Cert.Raw)
	workbench.Must(t, err)
	if r.State != workflows.Issuing || r.Mismatch == nil || !slices.Equal(rules(r.Mismatch), []string{"certificate/shorter"}) || len(r.Cert) > 0 {
		t.Fatalf("%s, held for %v", r.State, rules(r.Mismatch))
	}
	if got := b.Told(t); !slices.Equal(got, []string{"tell:held"}) {
		t.Errorf("told %v", got)
	}
	home, err := b.Lists.HomeOf(ctx, workbench.Anselm)
	workbench.Must(t, err)
	if waiting := workbench.Doing(home, issuance.TaskDecide); len(waiting) != 1 || waiting[0].ID != r.ID {
		t.Errorf("what is held is not among what waits for an approver: %+v", waiting)
	}
	old := r.Mismatch.Mark()
	workbench.Wants(t, "the requester", settle(workbench.Ella, old, true), workflows.Forbidden)
	b.People.Groups["pki"] = []workflows.Person{workbench.Anselm, workbench.Ella}
	workbench.Wants(t, "the requester, an approver", settle(workbench.Ella, old, true), workflows.Forbidden)
	workbench.Wants(t, "no approver", settle(workbench.Bolin, old, true), workflows.Forbidden)

	// Another one comes: the old card decides nothing any more.
	r, err = b.Give(r, ca.Sign(t, r, workbench.Shorter), ca.Cert.Raw)
	workbench.Must(t, err)
	workbench.Wants(t, "an old card", settle(workbench.Anselm, old, true), workflows.Stale)
	workbench.Must(t, settle(workbench.Anselm, r.Mismatch.Mark(), false))
	if r = b.Show(t, r.ID); r.Mismatch != nil || r.State != workflows.Issuing {
		t.Errorf("turned away: %s, %v", r.State, r.Mismatch)
	}
	workbench.Wants(t, "turned away twice", settle(workbench.Anselm, old, false), workflows.Stale)
	r, err = b.Give(r, ca.Sign(t, r, workbench.Shorter), ca.Cert.Raw)
	workbench.Must(t, err)
	want := r.Mismatch.Leaf
	workbench.Must(t, settle(workbench.Anselm, r.Mismatch.Mark(), true))
	if r = b.Show(t, r.ID); r.State != workflows.Issued || !slices.Equal(r.Cert, want) || r.Mismatch != nil {
		t.Errorf("accepted: %s", r.State)
	}
	if verbs := b.Audited(t, r.ID); !slices.Contains(verbs, "accept_returned") || !slices.Contains(verbs, "turn_away") || !slices.Contains(verbs, "held") {
		t.Errorf("the record has %v", verbs)
	}

	r = b.Waiting(t, ca, workbench.Portal())
	r, err = b.Give(r, ca.Sign(t, r, workbench.Shorter), ca.Cert.Raw)
	workbench.Must(t, err)
	r, err = b.Give(r, ca.Sign(t, r, nil), ca.Cert.Raw)
	workbench.Must(t, err)
	if r.State != workflows.Issued || r.Mismatch != nil {
		t.Errorf("a better one: %s %+v", r.State, r.Mismatch)
	}
	r = b.Waiting(t, ca, workbench.Portal())
	_, err = b.Give(r, ca.Sign(t, r, func(c *x509.Certificate) {
		c.NotAfter = c.NotBefore.Add(time.Duration(r.Spec.Days-r.Spec.Days/60) * 24 * time.Hour)
	}), ca.Cert.Raw)
	workbench.Must(t, err)
	if r = b.Show(t, r.ID); r.State != workflows.Issued {
		t.Errorf("a CA that rounds by a few days is held up: %v", rules(r.Mismatch))
	}
}

// TestHeldExpires: what was held too long is not accepted any more.
func TestHeldExpires(t *testing.T) {
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	r := b.Waiting(t, ca, workbench.Portal())
	r, err := b.Give(r, ca.Sign(t, r, workbench.Shorter), ca.Cert.Raw)
	workbench.Must(t, err)
	b.Later(21 * 24 * time.Hour)
	_, err = b.Issuance.Settle(context.Background(), issuance.Settled{By: workbench.Anselm, Request: r.ID, Mark: r.Mismatch.Mark(), Accept: true})
	workbench.Wants(t, "expired meanwhile", err, workflows.Invalid)
}

// TestChainAlone: the CA's certificates find the certificate that they are missing from.
func TestChainAlone(t *testing.T) {
	ctx := context.Background()
	b, ca, stranger := workbench.New(t), workbench.NewOutsider(t, "Corporate CA"), workbench.NewOutsider(t, "Corporate CA")
	r := b.Waiting(t, ca, workbench.Portal())
	r, err := b.Give(r, ca.Sign(t, r, nil))
	workbench.Must(t, err)
	if !slices.Equal(rules(r.Mismatch), []string{"chain/leaf-only"}) {
		t.Fatalf("held for %v", rules(r.Mismatch))
	}
	_, err = b.Issuance.GiveChain(ctx, "", workbench.Ella, []*x509.Certificate{stranger.Cert})
	workbench.Wants(t, "a CA of the same name with another key", err, workflows.NotFound)
	b.People.Groups["pki"] = []workflows.Person{workbench.Anselm}
	_, err = b.Issuance.GiveChain(ctx, "", workbench.Bolin, []*x509.Certificate{ca.Cert})
	workbench.Wants(t, "somebody else", err, workflows.NotFound)
	workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{Receipt: "chain", By: workbench.Ella, Lang: "en", Direct: true, Place: workflows.Place{Channel: "D1"},
		Text: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Cert.Raw}))}))
	if r = b.Show(t, r.ID); r.State != workflows.Issued || len(r.Chain) != 1 {
		t.Errorf("%s with a chain of %d", r.State, len(r.Chain))
	}
}

// TestRenewalByAnotherCA: a renewal that another CA key signed is held.
func TestRenewalByAnotherCA(t *testing.T) {
	ctx := context.Background()
	b, ca, other := workbench.New(t), workbench.NewOutsider(t, "Corporate CA"), workbench.NewOutsider(t, "Corporate CA")
	old := b.Waiting(t, ca, workbench.Portal())
	_, err := b.Give(old, ca.Sign(t, old, nil), ca.Cert.Raw)
	workbench.Must(t, err)
	c, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, old.ID)
	workbench.Must(t, err)
	c, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Must(t, err)
	b.Work(t)
	r := b.Show(t, c.Requests[0])
	_, err = b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	r, err = b.Give(r, other.Sign(t, r, nil), other.Cert.Raw)
	workbench.Must(t, err)
	if r.Mismatch == nil || !slices.Equal(rules(r.Mismatch), []string{"predecessor/other-ca"}) {
		t.Fatalf("%s, held for %v", r.State, rules(r.Mismatch))
	}
	r, err = b.Give(r, ca.Sign(t, r, nil), ca.Cert.Raw)
	workbench.Must(t, err)
	if r.State != workflows.Issued {
		t.Errorf("by the same CA: %s", r.State)
	}
}

// TestIssuerThatDiffers: an issuer that answers by itself is held too; turned away, the
// request fails.
func TestIssuerThatDiffers(t *testing.T) {
	for _, accept := range []bool{true, false} {
		b, ca := workbench.New(t), workbench.NewOutsider(t, "Own CA")
		b.Issuers["own"] = signs{t, b, ca}
		b.Policies[0].Issuer = "own"
		r := b.Issued(t, workbench.Ella, workbench.Portal())
		if r.State != workflows.Issuing || r.Mismatch == nil || r.Mismatch.By != workflows.Robot {
			t.Fatalf("%s, held for %v", r.State, rules(r.Mismatch))
		}
		_, err := b.Issuance.Settle(context.Background(), issuance.Settled{By: workbench.Bolin, Request: r.ID, Mark: r.Mismatch.Mark(), Accept: accept})
		workbench.Must(t, err)
		b.Work(t)
		want := map[bool]workflows.State{true: workflows.Issued, false: workflows.Failed}[accept]
		if r = b.Show(t, r.ID); r.State != want {
			t.Errorf("accept %v: %s", accept, r.State)
		}
		if destroyed := slices.Contains(b.Audited(t, r.ID), "key.destroy"); destroyed == accept {
			t.Errorf("accept %v: key destroyed %v", accept, destroyed)
		}
	}
}
