package workflows_test

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/certs"
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

func forgetBench(t *testing.T) (*bench, *forgets) {
	t.Helper()
	b, ca := newBench(t), newOutsider(t, "Own CA")
	issuer := &forgets{sign: func(r workflows.Request) certs.Issued {
		return certs.Issued{Leaf: ca.sign(t, r, nil), Chain: [][]byte{ca.cert.Raw}}
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
	r := b.issued(t, ella, portal())
	if r.State != workflows.Issuing || !r.CanGiveUp() {
		t.Fatalf("%s, trouble %+v", r.State, r.Trouble)
	}
	b.people.groups["pki"] = []workflows.Person{anselm}
	_, err := b.GiveUp(ctx, "", bolin, r.ID)
	wants(t, "a stranger", err, workflows.Forbidden)
	r, err = b.GiveUp(ctx, "", ella, r.ID)
	must(t, err)
	_, err = b.GiveUp(ctx, "", anselm, r.ID)
	wants(t, "twice", err, workflows.Conflict)
	asked := issuer.asked
	b.passes(t, 10*time.Minute, time.Minute)
	r = b.show(t, r.ID)
	if r.State != workflows.Failed || r.EndedBy != ella || r.Trouble.Text.Key != "workflows.trouble.given_up" || issuer.asked != asked {
		t.Errorf("%s %+v, asked %d times more", r.State, r.Trouble, issuer.asked-asked)
	}
	if s := only(t, r); s.Open() || !slices.Equal(issuer.revoked, []string{s.Serial()}) || s.By != workflows.Robot {
		t.Errorf("%+v, revoked %v", s, issuer.revoked)
	}
	if verbs := b.audited(t, r.ID); !slices.Contains(verbs, "give_up") || !slices.Contains(verbs, "key.destroy") {
		t.Errorf("the record has %v", verbs)
	}
}

// TestGiveUpWhileSigning: given up at the very moment of an attempt, a request is told as
// given up, whatever comes of the attempt.
func TestGiveUpWhileSigning(t *testing.T) {
	ctx := context.Background()
	b, issuer := forgetBench(t)
	r := b.issued(t, ella, portal())
	b.told(t)
	issuer.then = func() error {
		_, err := b.GiveUp(ctx, "", anselm, r.ID)
		return errors.Join(err, vault.Wait(nil, "vault.down"))
	}
	b.passes(t, 10*time.Minute, time.Minute)
	if r = b.show(t, r.ID); r.State != workflows.Failed || r.Trouble.Text.Key != "workflows.trouble.given_up_approver" || only(t, r).Open() {
		t.Errorf("%s %+v %+v", r.State, r.Trouble, r.Strays)
	}
	if got := b.told(t); !slices.Equal(got, []string{"tell:failed"}) {
		t.Errorf("told %v", got)
	}
}

// TestLostAndRefused: an answer is lost, and what is asked again is refused. What was
// signed unseen is found and revoked.
func TestLostAndRefused(t *testing.T) {
	b, issuer := forgetBench(t)
	r := b.issued(t, ella, portal())
	issuer.then = func() error { return vault.Refuse(nil, "vault.role.ca") }
	b.passes(t, 10*time.Minute, time.Minute)
	if r = b.show(t, r.ID); r.State != workflows.Failed || r.Trouble.Text.Key != "vault.role.ca" || only(t, r).Open() || len(issuer.revoked) != 1 {
		t.Errorf("%s %+v %+v", r.State, r.Trouble, r.Strays)
	}

	b, issuer = forgetBench(t)
	issuer.sign, issuer.then = nil, func() error { return vault.Refuse(nil, "vault.role.ca") }
	if r = b.issued(t, ella, portal()); r.State != workflows.Failed || len(r.Strays) > 0 || len(issuer.revoked) > 0 {
		t.Errorf("nothing was signed: %s %+v", r.State, r.Strays)
	}
}

// TestGiveUpOutside: what waits at a CA outside can be given up too; a certificate that
// comes later finds nobody, and the words say to have it revoked.
func TestGiveUpOutside(t *testing.T) {
	ctx := context.Background()
	b, ca := newBench(t), newOutsider(t, "Corporate CA")
	r := b.waiting(t, ca, portal())
	leaf := ca.sign(t, r, nil)
	_, err := b.give(r, ca.sign(t, r, func(c *x509.Certificate) { shorter(c) }), ca.cert.Raw)
	must(t, err)
	_, err = b.GiveUp(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	if r = b.show(t, r.ID); r.State != workflows.Failed || r.Held != nil || !only(t, r).Manual {
		t.Errorf("%s %+v", r.State, r.Strays)
	}
	_, err = b.give(r, leaf, ca.cert.Raw)
	var no *workflows.Error
	if !errors.As(err, &no) || no.Code != workflows.Conflict || no.Also.Key != "workflows.refuse.stray" {
		t.Errorf("came too late: %v", err)
	}
}
