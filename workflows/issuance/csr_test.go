package issuance_test

import (
	"context"
	"crypto/rand"
	"testing"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestCSRFindsOnesOwnRequest: a CSR that names no request goes to the giver's own, and to nobody
// else's.
func TestCSRFindsOnesOwnRequest(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	a := workbench.Portal()
	a["csr"] = []string{"device"}
	r := b.Submitted(t, workbench.Ella, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	workbench.Must(t, err)
	der, err := certs.CSR(r.Spec, key)
	workbench.Must(t, err)
	_, err = b.Issuance.GiveCSR(ctx, "", workbench.Bolin, "", der)
	workbench.Wants(t, "another's request", err, workflows.NotFound)
	if now := b.Show(t, r.ID); len(now.CSR) > 0 {
		t.Error("somebody else gave the CSR of her request")
	}
	got, err := b.Issuance.GiveCSR(ctx, "", workbench.Ella, "", der)
	workbench.Must(t, err)
	if got.ID != r.ID || len(got.CSR) == 0 {
		t.Errorf("it went to %s", got.ID)
	}
}
