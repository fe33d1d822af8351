package bot_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"countersign/slacksim"
	"countersign/storage"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/services"
)

// on is the product of r on another database, in the same workspace.
func (r *rig) on(t *testing.T, path string) *rig {
	t.Helper()
	key, err := r.custody.AuditKey()
	must(t, err)
	db, err := storage.Open(context.Background(), storage.Options{Path: path, AuditKey: key})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	next := *r
	next.db = db
	old := r.service
	next.service = services.New(&workflows.Kernel{Team: old.Team, Store: db, Directory: old.Directory, Catalogue: old.Catalogue,
		Say: old.Say, Policies: old.Policies, Custodies: old.Custodies, Issuers: old.Issuers, Now: old.Now, NewID: old.NewID}, services.Ports{Group: old.Support.Group, Triage: old.Support.Triage})
	return &next
}

// asks has Ella ask for a certificate for host, and makes its CSR.
func (r *rig) asks(t *testing.T, host string) workflows.Request {
	t.Helper()
	ctx, by := context.Background(), workflows.Person{Team: "T0ACME", ID: "U0ELLA"}
	r.refresh(t)
	c, err := r.service.Intake.Start(ctx, intake.Started{By: by, Lang: "en", Answers: workflows.Answers{"product": {"generic"}, "service": {"tls-server"},
		"environment": {"production"}, "nodes": {host}, "topology": {"single"}, "ca": {"private"}, "csr": {"ours"}, "purpose": {"Portal"}}})
	must(t, err)
	c, err = r.service.Intake.Send(ctx, intake.Sending{By: by, ID: c.ID, Plan: intake.PlanHash(r.service.Intake.PlanOf(c))})
	must(t, err)
	for busy, w := true, r.service.Worker(r.db, r.log); busy; {
		busy, err = w.Step(ctx)
		must(t, err)
	}
	x, err := r.service.Lists.Show(ctx, by, c.Requests[0])
	must(t, err)
	return x
}

// TestCardsOfAnotherDatabase: a database does not take for its own what another one has
// posted under the same name, and what it does find of its own it brings up to date.
func TestCardsOfAnotherDatabase(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	r := newRig(t, slacksim.Default())
	channel := r.As("anselm").In("cert-approvals")
	first := r.asks(t, "first.example.org")
	// As if killed after the card was posted, which is recorded as begun, and before it was known where.
	must(t, r.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Cards: []workflows.Card{{Subject: string(first.ID), Kind: "approval", Channel: approvalsChannel, Drawn: "begun"}}}, nil
	}))
	killed := filepath.Join(dir, "killed.db")
	must(t, r.db.Backup(ctx, killed))
	r.run(t)
	card := channel.Sees("Certificate request REQ-1", "first.example.org")

	again := r.on(t, killed)
	_, err := again.service.Issuance.Decide(ctx, issuance.Decided{By: workflows.Person{Team: "T0ACME", ID: "U0ANSELM"}, Request: first.ID, Verdict: workflows.Hold, Hash: first.Hash(), Reason: "is that ours?"})
	must(t, err)
	again.run(t)
	channel.SeesChange(card, "on hold")

	other := r.on(t, filepath.Join(dir, "new.db"))
	if second := other.asks(t, "second.example.org"); second.ID != first.ID {
		t.Fatalf("it is %s", second.ID)
	}
	other.run(t)
	channel.Sees("Certificate request REQ-1", "second.example.org")
	cards := 0
	for _, m := range channel.Messages() {
		shown := m.Shown()
		if strings.Contains(shown, "Certificate request REQ-1") {
			cards++
		}
		if m.TS == card.TS && !strings.Contains(shown, "first.example.org") {
			t.Errorf("the card of the first is now\n%s", shown)
		}
	}
	if cards != 2 {
		t.Errorf("%d cards, want one for each", cards)
	}
}
