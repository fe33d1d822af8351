package issuance_test

import (
	"bytes"
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
	"countersign/workflows/issuance"
)

// answers is an issuer that gives what it is told to give.
type answers struct {
	give func(r workflows.Request) certs.Issued
}

func (a answers) Issue(_ context.Context, _ string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	return a.give(workflows.Request{Spec: spec, CSR: csr}), false, nil
}

// strayBench has an issuer of its own that revokes, and gives what like says.
func strayBench(t *testing.T, like func(*x509.Certificate)) (*workbench.Bench, *revokes, workbench.Outsider) {
	t.Helper()
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Own CA")
	issuer := &revokes{Issuer: answers{func(r workflows.Request) certs.Issued {
		return certs.Issued{Leaf: ca.Sign(t, r, like), Chain: [][]byte{ca.Cert.Raw}}
	}}}
	b.Issuers["own"] = issuer
	b.Policies[0].Issuer = "own"
	return b, issuer, ca
}

func only(t *testing.T, r workflows.Request) workflows.Unused {
	t.Helper()
	if len(r.Unused) != 1 {
		t.Fatalf("%s has %d strays", r.ID, len(r.Unused))
	}
	return r.Unused[0]
}

// TestTurnedAwayIsRevoked: what an issuer made by itself and an approver turned away is
// revoked there, once, as soon as it can be.
func TestTurnedAwayIsRevoked(t *testing.T) {
	b, issuer, _ := strayBench(t, workbench.Shorter)
	issuer.says = vault.Wait(nil, "vault.sealed", "Address", "https://vault")
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	leaf := r.Mismatch.Leaf
	_, err := b.Issuance.Settle(context.Background(), issuance.Settled{By: workbench.Bolin, Request: r.ID, Mark: r.Mismatch.Mark()})
	workbench.Must(t, err)
	b.Work(t)
	r = b.Show(t, r.ID)
	if s := only(t, r); r.State != workflows.Failed || s.Waits.Key != "vault.sealed" || !s.Open() || s.Manual || !bytes.Equal(s.Leaf, leaf) || s.By != workbench.Bolin {
		t.Fatalf("while Vault is sealed: %s %+v", r.State, s)
	}
	if !slices.Contains(b.Audited(t, r.ID), "key.destroy") {
		t.Error("its key waits for the revocation")
	}
	version := r.Version
	b.Later(time.Minute)
	b.Work(t)
	if r = b.Show(t, r.ID); r.Version != version {
		t.Error("each attempt draws the card anew")
	}
	issuer.says = nil
	b.Passes(t, 10*time.Minute, time.Minute)
	r = b.Show(t, r.ID)
	s := only(t, r)
	if s.Open() || s.DoneBy != workflows.Robot || !s.Waits.Zero() || !slices.Equal(issuer.revoked, []string{s.Serial()}) || issuer.reason != 5 {
		t.Errorf("revoked %v for %d: %+v", issuer.revoked, issuer.reason, s)
	}
	if verbs := b.Audited(t, r.ID); !slices.Contains(verbs, "stray") || !slices.Contains(verbs, "stray.revoked") {
		t.Errorf("the record has %v", verbs)
	}
	if got := b.Told(t); !slices.Contains(got, "tell:failed") || slices.Contains(got, "tell:trouble") {
		t.Errorf("told %v", got)
	}
}

// TestRefusedIsRevoked: what an issuer made by itself and nobody may accept ends the
// request, and is revoked.
func TestRefusedIsRevoked(t *testing.T) {
	for name, give := range map[string]func(t *testing.T, ca workbench.Outsider, r workflows.Request) []byte{
		"other names": func(t *testing.T, ca workbench.Outsider, r workflows.Request) []byte {
			return ca.Sign(t, r, func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "www."+c.DNSNames[0]) })
		},
		"another key": func(t *testing.T, ca workbench.Outsider, r workflows.Request) []byte {
			other := workbench.New(t)
			return ca.Sign(t, other.Submitted(t, workbench.Ella, workbench.Portal()), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, issuer, ca := strayBench(t, nil)
			issuer.Issuer = answers{func(r workflows.Request) certs.Issued {
				return certs.Issued{Leaf: give(t, ca, r), Chain: [][]byte{ca.Cert.Raw}}
			}}
			r := b.Issued(t, workbench.Ella, workbench.Portal())
			if s := only(t, r); r.State != workflows.Failed || r.Trouble.IsZero() || s.By != workflows.Robot || s.Open() || !slices.Equal(issuer.revoked, []string{s.Serial()}) {
				t.Errorf("%s %+v, revoked %v", r.State, s, issuer.revoked)
			}
			if got := b.Told(t); !slices.Contains(got, "tell:failed") {
				t.Errorf("told %v", got)
			}
		})
	}
}

// TestNotOursIsNotRevoked: an issuer that answers with a certificate that is in use, of
// whomever, does not have it revoked.
func TestNotOursIsNotRevoked(t *testing.T) {
	for name, give := range map[string]func(t *testing.T, ca workbench.Outsider, used, r workflows.Request) []byte{
		"of another request": func(_ *testing.T, _ workbench.Outsider, used, _ workflows.Request) []byte { return used.Cert },
		"of another request's key": func(t *testing.T, ca workbench.Outsider, used, _ workflows.Request) []byte {
			return ca.Sign(t, used, func(c *x509.Certificate) { c.DNSNames = nil })
		},
		"made long before": func(t *testing.T, ca workbench.Outsider, _, r workflows.Request) []byte {
			return ca.Sign(t, r, func(c *x509.Certificate) { c.NotBefore, c.DNSNames = time.Now().Add(-72*time.Hour), nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, issuer, ca := strayBench(t, nil)
			used := b.Issued(t, workbench.Ella, workbench.Portal())
			if used.State != workflows.Issued {
				t.Fatal(used.State)
			}
			issuer.Issuer = answers{func(r workflows.Request) certs.Issued {
				return certs.Issued{Leaf: give(t, ca, used, r), Chain: [][]byte{ca.Cert.Raw}}
			}}
			r := b.Issued(t, workbench.Ella, workbench.Portal())
			if s := only(t, r); r.State != workflows.Failed || len(issuer.revoked) > 0 || !s.Manual || s.Why.Key != "workflows.trouble.stray_not_ours" {
				t.Errorf("%s %+v, revoked %v", r.State, s, issuer.revoked)
			}
		})
	}
}

// TestStrayByHand: where the CA cannot be asked, or refuses, a person is told what to do,
// and confirms it.
func TestStrayByHand(t *testing.T) {
	ctx := context.Background()
	b, issuer, _ := strayBench(t, workbench.Shorter)
	issuer.says = vault.Refuse(errors.New("no"), "vault.revoke.none")
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	_, err := b.Issuance.Settle(ctx, issuance.Settled{By: workbench.Bolin, Request: r.ID, Mark: r.Mismatch.Mark()})
	workbench.Must(t, err)
	b.Work(t)
	r = b.Show(t, r.ID)
	s := only(t, r)
	if !s.Manual || s.Why.Key != "vault.revoke.none" || !s.Open() {
		t.Fatalf("refused: %+v", s)
	}
	var dead bool
	for {
		e, ok, err := b.DB.Claim(ctx, workflows.Notify, time.Minute)
		workbench.Must(t, err)
		if !ok {
			break
		}
		dead = dead || e.Kind == workflows.KindDead
		workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
	}
	if !dead {
		t.Error("the operators are not told")
	}
	confirm := func(who workflows.Person, sum string) error {
		_, err := b.Issuance.UnusedRevoked(ctx, "", who, r.ID, sum)
		return err
	}
	owed := func(who workflows.Person) int {
		home, err := b.Lists.HomeOf(ctx, who)
		workbench.Must(t, err)
		return len(workbench.Doing(home, issuance.TaskRevoke))
	}
	if owed(workbench.Anselm) != 1 || owed(workbench.Bolin) != 1 || owed(workbench.Ella) != 0 {
		t.Errorf("approvers see %d and %d to be revoked, the requester %d", owed(workbench.Anselm), owed(workbench.Bolin), owed(workbench.Ella))
	}
	workbench.Wants(t, "the requester", confirm(workbench.Ella, s.SHA256()), workflows.Forbidden)
	workbench.Wants(t, "another certificate", confirm(workbench.Anselm, "00"), workflows.Conflict)
	workbench.Must(t, confirm(workbench.Anselm, s.SHA256()))
	workbench.Wants(t, "twice", confirm(workbench.Bolin, s.SHA256()), workflows.Conflict)
	if owed(workbench.Anselm) != 0 {
		t.Error("what was confirmed is still in App Home")
	}
	if s = only(t, b.Show(t, r.ID)); s.Open() || s.DoneBy != workbench.Anselm {
		t.Errorf("%+v", s)
	}
}

// TestStrayOutside: what a CA outside made and nobody gets is for people to have revoked;
// so is the one that a better one replaces.
func TestStrayOutside(t *testing.T) {
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	r := b.Waiting(t, ca, workbench.Portal())
	_, err := b.Give(r, ca.Sign(t, r, func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "www."+c.DNSNames[0]) }), ca.Cert.Raw)
	var no *workflows.Error
	if !errors.As(err, &no) || no.Also.Key != "workflows.refuse.stray" {
		t.Errorf("it does not say that the CA is to revoke it: %v", err)
	}
	_, err = b.Give(r, ca.Sign(t, r, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = c.NotBefore.Add(-time.Hour), time.Now().Add(-time.Minute)
	}), ca.Cert.Raw)
	if !errors.As(err, &no) || !no.Also.Zero() {
		t.Errorf("what has expired is to be revoked: %v", err)
	}
	first := ca.Sign(t, r, workbench.Shorter)
	for range 2 { // the same one comes again, and is turned away again
		r, err = b.Give(r, first, ca.Cert.Raw)
		workbench.Must(t, err)
		_, err = b.Issuance.Settle(context.Background(), issuance.Settled{By: workbench.Anselm, Request: r.ID, Mark: r.Mismatch.Mark()})
		workbench.Must(t, err)
		r = b.Show(t, r.ID)
	}
	if s := only(t, r); !s.Manual || !s.Why.Zero() || s.Reason != "cessationOfOperation" || s.Replaced() {
		t.Errorf("turned away: %+v", s)
	}
	_, err = b.Give(r, ca.Sign(t, r, workbench.Shorter), ca.Cert.Raw)
	workbench.Must(t, err)
	r, err = b.Give(r, ca.Sign(t, r, nil), ca.Cert.Raw)
	workbench.Must(t, err)
	if r.State != workflows.Issued || len(r.Unused) != 2 || !r.Unused[1].Replaced() || !r.Unused[1].Manual {
		t.Errorf("replaced by a better one: %s %+v", r.State, r.Unused)
	}
}
