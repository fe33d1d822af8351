package bot_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/workflows"
)

// TestOwed: a certificate that has to be revoked at its CA by hand, beside one in use, is
// shown to approvers where they look, and confirmed in App Home by them alone.
func TestOwed(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, anselm := r.As("ella"), r.As("anselm")
	r.asksFor(t, "portal.example.org")
	anselm.In("cert-approvals").Clicks(anselm.In("cert-approvals").Sees("Certificate request REQ-1"), "Approve")
	ella.Sees("REQ-1", "is here")
	must(t, r.db.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		x, err := rd.Request(ctx, "REQ-1")
		x.Unused = []workflows.Unused{{Leaf: x.Cert, Revocation: workflows.Revocation{By: x.Requester, Reason: "superseded", At: time.Now(), Manual: true}}}
		return workflows.Change{Requests: []workflows.Request{x}}, err
	}))
	confirms := func(words []string) (label string) {
		if i := slices.IndexFunc(words, func(w string) bool { return strings.HasSuffix(w, "is revoked at the CA") }); i >= 0 {
			return words[i]
		}
		return ""
	}
	anselm.Runs("/cert show REQ-1")
	if shown := anselm.Sees("REQ-1", "is not used"); confirms(shown.Buttons()) == "" || !slices.Contains(shown.Buttons(), "Revoke…") {
		t.Errorf("an approver is offered %q", shown.Buttons())
	}
	ella.Runs("/cert show REQ-1")
	if shown := ella.Sees("REQ-1", "is not used"); confirms(shown.Buttons()) != "" {
		t.Errorf("the requester is offered %q", shown.Buttons())
	}
	if home := ella.Home("REQ-1"); strings.Contains(home.Shown(), "To be revoked") {
		t.Error("the requester is asked to revoke it")
	}
	home := anselm.Home("To be revoked at the CA, by you", "is not used")
	anselm.ClicksIn(home, confirms(home.Buttons()))
	for end := time.Now().Add(r.Patience); strings.Contains(anselm.Home().Shown(), "To be revoked"); {
		if time.Now().After(end) {
			t.Fatal("what was confirmed stays in App Home")
		}
	}
	x, err := r.service.Lists.Show(ctx, workflows.Person{Team: "T0ACME", ID: "U0ANSELM"}, "REQ-1")
	must(t, err)
	if x.RevocationDue() || x.Unused[0].DoneBy.ID != "U0ANSELM" {
		t.Errorf("%+v", x.Unused[0].Revocation)
	}
}
