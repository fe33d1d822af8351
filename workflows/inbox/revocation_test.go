package inbox_test

import (
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestWishWithoutAName: of the one certificate that somebody has a theft is reported at once;
// any other wish that names none asks which, and one that is about a request is none.
func TestWishWithoutAName(t *testing.T) {
	b := workbench.New(t)
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	b.Said(t)
	b.Says(t, workbench.Ella, "D1", "please revoke my certificate")
	b.SaidIs(t, "which?", "reply revocation:")
	b.Says(t, workbench.Ella, "D1", "我要撤销申请")
	b.SaidIs(t, "a request", "reply cancel:")
	if now := b.Show(t, r.ID); now.OpenRevocationAsk() >= 0 {
		t.Fatalf("asked for: %+v", now.RevocationAsks)
	}
	b.Says(t, workbench.Ella, "D1", "the private key was stolen!")
	if now := b.Show(t, r.ID); now.Awaits() != workflows.AwaitRevocation || !now.RevocationAsks[0].Urgent() {
		t.Errorf("a theft: %+v", now.RevocationAsks)
	}
}
