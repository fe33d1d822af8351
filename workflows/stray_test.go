package workflows_test

import (
	"bytes"
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

// answers is an issuer that gives what it is told to give.
type answers struct {
	give func(r workflows.Request) certs.Issued
}

func (a answers) Issue(_ context.Context, _ string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	return a.give(workflows.Request{Spec: spec, CSR: csr}), false, nil
}

// strayBench has an issuer of its own that revokes, and gives what like says.
func strayBench(t *testing.T, like func(*x509.Certificate)) (*bench, *revokes, outsider) {
	t.Helper()
	b, ca := newBench(t), newOutsider(t, "Own CA")
	issuer := &revokes{Issuer: answers{func(r workflows.Request) certs.Issued {
		return certs.Issued{Leaf: ca.sign(t, r, like), Chain: [][]byte{ca.cert.Raw}}
	}}}
	b.Issuers["own"] = issuer
	b.Policies[0].Issuer = "own"
	return b, issuer, ca
}

func only(t *testing.T, r workflows.Request) workflows.Stray {
	t.Helper()
	if len(r.Strays) != 1 {
		t.Fatalf("%s has %d strays", r.ID, len(r.Strays))
	}
	return r.Strays[0]
}

// TestTurnedAwayIsRevoked: what an issuer made by itself and an approver turned away is
// revoked there, once, as soon as it can be.
func TestTurnedAwayIsRevoked(t *testing.T) {
	b, issuer, _ := strayBench(t, shorter)
	issuer.says = vault.Wait(nil, "vault.sealed", "Address", "https://vault")
	r := b.issued(t, ella, portal())
	leaf := r.Held.Leaf
	_, err := b.Settle(context.Background(), workflows.Settled{By: bolin, Request: r.ID, Mark: r.Held.Mark()})
	must(t, err)
	b.work(t)
	r = b.show(t, r.ID)
	if s := only(t, r); r.State != workflows.Failed || s.Waits.Key != "vault.sealed" || !s.Open() || s.Manual || !bytes.Equal(s.Leaf, leaf) || s.By != bolin {
		t.Fatalf("while Vault is sealed: %s %+v", r.State, s)
	}
	if !slices.Contains(b.audited(t, r.ID), "key.destroy") {
		t.Error("its key waits for the revocation")
	}
	version := r.Version
	b.later(time.Minute)
	b.work(t)
	if r = b.show(t, r.ID); r.Version != version {
		t.Error("each attempt draws the card anew")
	}
	issuer.says = nil
	b.passes(t, 10*time.Minute, time.Minute)
	r = b.show(t, r.ID)
	s := only(t, r)
	if s.Open() || s.DoneBy != workflows.Robot || !s.Waits.Zero() || !slices.Equal(issuer.revoked, []string{s.Serial()}) || issuer.reason != 5 {
		t.Errorf("revoked %v for %d: %+v", issuer.revoked, issuer.reason, s)
	}
	if verbs := b.audited(t, r.ID); !slices.Contains(verbs, "stray") || !slices.Contains(verbs, "stray.revoked") {
		t.Errorf("the record has %v", verbs)
	}
	if got := b.told(t); !slices.Contains(got, "tell:failed") || slices.Contains(got, "tell:trouble") {
		t.Errorf("told %v", got)
	}
}

// TestRefusedIsRevoked: what an issuer made by itself and nobody may accept ends the
// request, and is revoked.
func TestRefusedIsRevoked(t *testing.T) {
	for name, give := range map[string]func(t *testing.T, ca outsider, r workflows.Request) []byte{
		"other names": func(t *testing.T, ca outsider, r workflows.Request) []byte {
			return ca.sign(t, r, func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "www."+c.DNSNames[0]) })
		},
		"another key": func(t *testing.T, ca outsider, r workflows.Request) []byte {
			other := newBench(t)
			return ca.sign(t, other.submitted(t, ella, portal()), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, issuer, ca := strayBench(t, nil)
			issuer.Issuer = answers{func(r workflows.Request) certs.Issued {
				return certs.Issued{Leaf: give(t, ca, r), Chain: [][]byte{ca.cert.Raw}}
			}}
			r := b.issued(t, ella, portal())
			if s := only(t, r); r.State != workflows.Failed || r.Trouble.IsZero() || s.By != workflows.Robot || s.Open() || !slices.Equal(issuer.revoked, []string{s.Serial()}) {
				t.Errorf("%s %+v, revoked %v", r.State, s, issuer.revoked)
			}
			if got := b.told(t); !slices.Contains(got, "tell:failed") {
				t.Errorf("told %v", got)
			}
		})
	}
}

// TestNotOursIsNotRevoked: an issuer that answers with a certificate that is in use, of
// whomever, does not have it revoked.
func TestNotOursIsNotRevoked(t *testing.T) {
	for name, give := range map[string]func(t *testing.T, ca outsider, used, r workflows.Request) []byte{
		"of another request": func(_ *testing.T, _ outsider, used, _ workflows.Request) []byte { return used.Cert },
		"of another request's key": func(t *testing.T, ca outsider, used, _ workflows.Request) []byte {
			return ca.sign(t, used, func(c *x509.Certificate) { c.DNSNames = nil })
		},
		"made long before": func(t *testing.T, ca outsider, _, r workflows.Request) []byte {
			return ca.sign(t, r, func(c *x509.Certificate) { c.NotBefore, c.DNSNames = time.Now().Add(-72*time.Hour), nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, issuer, ca := strayBench(t, nil)
			used := b.issued(t, ella, portal())
			if used.State != workflows.Issued {
				t.Fatal(used.State)
			}
			issuer.Issuer = answers{func(r workflows.Request) certs.Issued {
				return certs.Issued{Leaf: give(t, ca, used, r), Chain: [][]byte{ca.cert.Raw}}
			}}
			r := b.issued(t, ella, portal())
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
	b, issuer, _ := strayBench(t, shorter)
	issuer.says = vault.Refuse(errors.New("no"), "vault.revoke.none")
	r := b.issued(t, ella, portal())
	_, err := b.Settle(ctx, workflows.Settled{By: bolin, Request: r.ID, Mark: r.Held.Mark()})
	must(t, err)
	b.work(t)
	r = b.show(t, r.ID)
	s := only(t, r)
	if !s.Manual || s.Why.Key != "vault.revoke.none" || !s.Open() {
		t.Fatalf("refused: %+v", s)
	}
	var dead bool
	for {
		e, ok, err := b.db.Claim(ctx, workflows.Notify, time.Minute)
		must(t, err)
		if !ok {
			break
		}
		dead = dead || e.Kind == workflows.KindDead
		must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
	}
	if !dead {
		t.Error("the operators are not told")
	}
	confirm := func(who workflows.Person, sum string) error {
		_, err := b.StrayRevoked(ctx, "", who, r.ID, sum)
		return err
	}
	owed := func(who workflows.Person) int {
		home, err := b.HomeOf(ctx, who)
		must(t, err)
		return len(home.Owed)
	}
	if owed(anselm) != 1 || owed(bolin) != 1 || owed(ella) != 0 {
		t.Errorf("approvers see %d and %d to be revoked, the requester %d", owed(anselm), owed(bolin), owed(ella))
	}
	wants(t, "the requester", confirm(ella, s.SHA256()), workflows.Forbidden)
	wants(t, "another certificate", confirm(anselm, "00"), workflows.Conflict)
	must(t, confirm(anselm, s.SHA256()))
	wants(t, "twice", confirm(bolin, s.SHA256()), workflows.Conflict)
	if owed(anselm) != 0 {
		t.Error("what was confirmed is still in App Home")
	}
	if s = only(t, b.show(t, r.ID)); s.Open() || s.DoneBy != anselm {
		t.Errorf("%+v", s)
	}
}

// TestStrayOutside: what a CA outside made and nobody gets is for people to have revoked;
// so is the one that a better one replaces.
func TestStrayOutside(t *testing.T) {
	b, ca := newBench(t), newOutsider(t, "Corporate CA")
	r := b.waiting(t, ca, portal())
	_, err := b.give(r, ca.sign(t, r, func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "www."+c.DNSNames[0]) }), ca.cert.Raw)
	var no *workflows.Error
	if !errors.As(err, &no) || no.Also.Key != "workflows.refuse.stray" {
		t.Errorf("it does not say that the CA is to revoke it: %v", err)
	}
	_, err = b.give(r, ca.sign(t, r, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = c.NotBefore.Add(-time.Hour), time.Now().Add(-time.Minute)
	}), ca.cert.Raw)
	if !errors.As(err, &no) || !no.Also.Zero() {
		t.Errorf("what has expired is to be revoked: %v", err)
	}
	first := ca.sign(t, r, shorter)
	for range 2 { // the same one comes again, and is turned away again
		r, err = b.give(r, first, ca.cert.Raw)
		must(t, err)
		_, err = b.Settle(context.Background(), workflows.Settled{By: anselm, Request: r.ID, Mark: r.Held.Mark()})
		must(t, err)
		r = b.show(t, r.ID)
	}
	if s := only(t, r); !s.Manual || !s.Why.Zero() || s.Reason != "cessationOfOperation" || s.Replaced() {
		t.Errorf("turned away: %+v", s)
	}
	_, err = b.give(r, ca.sign(t, r, shorter), ca.cert.Raw)
	must(t, err)
	r, err = b.give(r, ca.sign(t, r, nil), ca.cert.Raw)
	must(t, err)
	if r.State != workflows.Issued || len(r.Strays) != 2 || !r.Strays[1].Replaced() || !r.Strays[1].Manual {
		t.Errorf("replaced by a better one: %s %+v", r.State, r.Strays)
	}
}
