package issuance_test

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/vault"
	"countersign/workflows"
)

// forgets is an issuer that signs, says something else, and finds what it signed.
type forgets struct {
	revokes
	sign   func(r workflows.Request) certs.Issued // nil: it signs nothing
	then   func() error
	signed map[string]certs.Issued
	asked  int
}

func (f *forgets) Issue(_ context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	f.asked++
	if f.sign != nil && len(f.signed) == 0 {
		f.signed = map[string]certs.Issued{key: f.sign(workflows.Request{Spec: spec, CSR: csr})}
	}
	return certs.Issued{}, false, f.then()
}

func (f *forgets) Find(_ context.Context, key string, _ certs.Spec, _ []byte) (certs.Issued, bool, error) {
	got, ok := f.signed[key]
	return got, ok, nil
}

func forgetBench(t *testing.T) (*workbench.Bench, *forgets) {
	t.Helper()
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Own CA")
	issuer := &forgets{sign: func(r workflows.Request) certs.Issued {
		return certs.Issued{Leaf: ca.Sign(t, r, nil), Chain: [][]byte{ca.Cert.Raw}}
	}, then: func() error { return vault.Wait(nil, "vault.sealed") }}
	b.Issuers["own"] = issuer
	b.Policies[0].Issuer = "own"
	return b, issuer
}

// TestGiveUp: a request that waits for its certificate can be given up; nothing is signed
// for it any more, and what was signed unseen is revoked.
func TestGiveUp(t *testing.T) {
	ctx := context.Background()
	b, issuer := forgetBench(t)
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	if r.State != workflows.Issuing || !r.CanGiveUp() {
		t.Fatalf("%s, trouble %+v", r.State, r.Trouble)
	}
	b.People.Groups["pki"] = []workflows.Person{workbench.Anselm}
	_, err := b.Issuance.GiveUp(ctx, "", workbench.Bolin, r.ID)
	workbench.Wants(t, "a stranger", err, workflows.Forbidden)
	r, err = b.Issuance.GiveUp(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	_, err = b.Issuance.GiveUp(ctx, "", workbench.Anselm, r.ID)
	workbench.Wants(t, "twice", err, workflows.Conflict)
	asked := issuer.asked
	b.Passes(t, 10*time.Minute, time.Minute)
	r = b.Show(t, r.ID)
	if r.State != workflows.Failed || r.EndedBy != workbench.Ella || r.Trouble.Text.Key != "workflows.trouble.given_up" || issuer.asked != asked {
		t.Errorf("%s %+v, asked %d times more", r.State, r.Trouble, issuer.asked-asked)
	}
	if s := only(t, r); s.Open() || !slices.Equal(issuer.revoked, []string{s.Serial()}) || s.By != workflows.Robot {
		t.Errorf("%+v, revoked %v", s, issuer.revoked)
	}
	if verbs := b.Audited(t, r.ID); !slices.Contains(verbs, "give_up") || !slices.Contains(verbs, "key.destroy") {
		t.Errorf("the record has %v", verbs)
	}
}

// TestGiveUpWhileSigning: given up at the very moment of an attempt, a request is told as
// given up, whatever comes of the attempt.
func TestGiveUpWhileSigning(t *testing.T) {
	ctx := context.Background()
	b, issuer := forgetBench(t)
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	b.Told(t)
	issuer.then = func() error {
		_, err := b.Issuance.GiveUp(ctx, "", workbench.Anselm, r.ID)
		return errors.Join(err, vault.Wait(nil, "vault.down"))
	}
	b.Passes(t, 10*time.Minute, time.Minute)
	if r = b.Show(t, r.ID); r.State != workflows.Failed || r.Trouble.Text.Key != "workflows.trouble.given_up_approver" || only(t, r).Open() {
		t.Errorf("%s %+v %+v", r.State, r.Trouble, r.Unused)
	}
	if got := b.Told(t); !slices.Equal(got, []string{"tell:failed"}) {
		t.Errorf("told %v", got)
	}
}

// TestLostAndRefused: an answer is lost, and what is asked again is refused. What was
// signed unseen is found and revoked.
func TestLostAndRefused(t *testing.T) {
	b, issuer := forgetBench(t)
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	issuer.then = func() error { return vault.Refuse(nil, "vault.role.ca") }
	b.Passes(t, 10*time.Minute, time.Minute)
	if r = b.Show(t, r.ID); r.State != workflows.Failed || r.Trouble.Text.Key != "vault.role.ca" || only(t, r).Open() || len(issuer.revoked) != 1 {
		t.Errorf("%s %+v %+v", r.State, r.Trouble, r.Unused)
	}

	b, issuer = forgetBench(t)
	issuer.sign, issuer.then = nil, func() error { return vault.Refuse(nil, "vault.role.ca") }
	if r = b.Issued(t, workbench.Ella, workbench.Portal()); r.State != workflows.Failed || len(r.Unused) > 0 || len(issuer.revoked) > 0 {
		t.Errorf("nothing was signed: %s %+v", r.State, r.Unused)
	}
}

// TestGiveUpOutside: what waits at a CA outside can be given up too; a certificate that
// comes later finds nobody, and the words say to have it revoked.
func TestGiveUpOutside(t *testing.T) {
	ctx := context.Background()
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	r := b.Waiting(t, ca, workbench.Portal())
	leaf := ca.Sign(t, r, nil)
	_, err := b.Give(r, ca.Sign(t, r, func(c *x509.Certificate) { workbench.Shorter(c) }), ca.Cert.Raw)
	workbench.Must(t, err)
	_, err = b.Issuance.GiveUp(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	if r = b.Show(t, r.ID); r.State != workflows.Failed || r.Mismatch != nil || !only(t, r).Manual {
		t.Errorf("%s %+v", r.State, r.Unused)
	}
	_, err = b.Give(r, leaf, ca.Cert.Raw)
	var no *workflows.Error
	if !errors.As(err, &no) || no.Code != workflows.Conflict || no.Also.Key != "workflows.refuse.stray" {
		t.Errorf("came too late: %v", err)
	}
}
