package workflows_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	"countersign/vault"
	"countersign/workflows"
)

// outsider is a CA that a person talks to, for the rules; tests/vault has OpenSSL ones.
type outsider struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newOutsider(t *testing.T, name string) outsider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(5 * 365 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return outsider{cert, key}
}

// sign answers a request as it asks, but for what like changes.
func (o outsider) sign(t *testing.T, r workflows.Request, like func(*x509.Certificate)) []byte {
	t.Helper()
	csr, err := x509.ParseCertificateRequest(r.CSR)
	must(t, err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), RawSubject: csr.RawSubject, NotBefore: time.Now().Add(-time.Minute),
		NotAfter: time.Now().Add(time.Duration(r.Spec.Days)*24*time.Hour - 2*time.Minute), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: csr.DNSNames}
	if like != nil {
		like(leaf)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, o.cert, csr.PublicKey, o.key)
	must(t, err)
	return der
}

// waiting has a request approved that waits for a CA outside.
func (b *bench) waiting(t *testing.T, ca outsider, a workflows.Answers) workflows.Request {
	t.Helper()
	b.Issuers["corporate"] = &vault.Outside{Name: "Corporate"}
	b.Policies[0].Issuer = "corporate"
	return b.issued(t, ella, a)
}

func (b *bench) give(r workflows.Request, leaf []byte, chain ...[]byte) (workflows.Request, error) {
	return b.GiveCertificate(context.Background(), "", ella, workflows.Certificate{Leaf: leaf, Chain: chain})
}

func shorter(c *x509.Certificate) { c.NotAfter = time.Now().Add(20 * 24 * time.Hour) }

func rules(h *workflows.Held) []string {
	var all []string
	for _, f := range h.Findings {
		if workflows.Differs(f) {
			all = append(all, f.Rule)
		}
	}
	return all
}

// TestHeld: what differs is delivered to nobody; a better certificate, or an approver
// who is not the requester, ends the wait.
func TestHeld(t *testing.T) {
	ctx := context.Background()
	b, ca := newBench(t), newOutsider(t, "Corporate CA")
	r := b.waiting(t, ca, portal())
	settle := func(who workflows.Person, mark string, accept bool) error {
		_, err := b.Settle(ctx, workflows.Settled{By: who, Request: r.ID, Mark: mark, Accept: accept})
		return err
	}
	wants(t, "nothing is held", settle(anselm, "", true), workflows.Stale)
	_, err := b.give(r, ca.sign(t, r, func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "www."+c.DNSNames[0]) }), ca.cert.Raw)
	wants(t, "a name that nobody approved", err, workflows.Invalid)
	if r = b.show(t, r.ID); r.Held != nil || r.State != workflows.Issuing {
		t.Errorf("what can never be accepted is held: %s", r.State)
	}
	b.told(t)
	r, err = b.give(r, ca.sign(t, r, shorter), ca.cert.Raw)
	must(t, err)
	if r.State != workflows.Issuing || r.Held == nil || !slices.Equal(rules(r.Held), []string{"certificate/shorter"}) || len(r.Cert) > 0 {
		t.Fatalf("%s, held for %v", r.State, rules(r.Held))
	}
	if got := b.told(t); !slices.Equal(got, []string{"tell:held"}) {
		t.Errorf("told %v", got)
	}
	home, err := b.HomeOf(ctx, anselm)
	must(t, err)
	if len(home.Waiting) != 1 || home.Waiting[0].ID != r.ID {
		t.Errorf("what is held is not among what waits for an approver: %+v", home.Waiting)
	}
	old := r.Held.Mark()
	wants(t, "the requester", settle(ella, old, true), workflows.Forbidden)
	b.people.groups["pki"] = []workflows.Person{anselm, ella}
	wants(t, "the requester, an approver", settle(ella, old, true), workflows.Forbidden)
	wants(t, "no approver", settle(bolin, old, true), workflows.Forbidden)

	// Another one comes: the old card decides nothing any more.
	r, err = b.give(r, ca.sign(t, r, shorter), ca.cert.Raw)
	must(t, err)
	wants(t, "an old card", settle(anselm, old, true), workflows.Stale)
	must(t, settle(anselm, r.Held.Mark(), false))
	if r = b.show(t, r.ID); r.Held != nil || r.State != workflows.Issuing {
		t.Errorf("turned away: %s, %v", r.State, r.Held)
	}
	wants(t, "turned away twice", settle(anselm, old, false), workflows.Stale)
	r, err = b.give(r, ca.sign(t, r, shorter), ca.cert.Raw)
	must(t, err)
	want := r.Held.Leaf
	must(t, settle(anselm, r.Held.Mark(), true))
	if r = b.show(t, r.ID); r.State != workflows.Issued || !slices.Equal(r.Cert, want) || r.Held != nil {
		t.Errorf("accepted: %s", r.State)
	}
	if verbs := b.audited(t, r.ID); !slices.Contains(verbs, "accept_returned") || !slices.Contains(verbs, "turn_away") || !slices.Contains(verbs, "held") {
		t.Errorf("the record has %v", verbs)
	}

	r = b.waiting(t, ca, portal())
	r, err = b.give(r, ca.sign(t, r, shorter), ca.cert.Raw)
	must(t, err)
	r, err = b.give(r, ca.sign(t, r, nil), ca.cert.Raw)
	must(t, err)
	if r.State != workflows.Issued || r.Held != nil {
		t.Errorf("a better one: %s %+v", r.State, r.Held)
	}
	r = b.waiting(t, ca, portal())
	_, err = b.give(r, ca.sign(t, r, func(c *x509.Certificate) {
		c.NotAfter = c.NotBefore.Add(time.Duration(r.Spec.Days-r.Spec.Days/60) * 24 * time.Hour)
	}), ca.cert.Raw)
	must(t, err)
	if r = b.show(t, r.ID); r.State != workflows.Issued {
		t.Errorf("a CA that rounds by a few days is held up: %v", rules(r.Held))
	}
}

// TestHeldExpires: what was held too long is not accepted any more.
func TestHeldExpires(t *testing.T) {
	b, ca := newBench(t), newOutsider(t, "Corporate CA")
	r := b.waiting(t, ca, portal())
	r, err := b.give(r, ca.sign(t, r, shorter), ca.cert.Raw)
	must(t, err)
	b.later(21 * 24 * time.Hour)
	_, err = b.Settle(context.Background(), workflows.Settled{By: anselm, Request: r.ID, Mark: r.Held.Mark(), Accept: true})
	wants(t, "expired meanwhile", err, workflows.Invalid)
}

// TestChainAlone: the CA's certificates find the certificate that they are missing from.
func TestChainAlone(t *testing.T) {
	ctx := context.Background()
	b, ca, stranger := newBench(t), newOutsider(t, "Corporate CA"), newOutsider(t, "Corporate CA")
	r := b.waiting(t, ca, portal())
	r, err := b.give(r, ca.sign(t, r, nil))
	must(t, err)
	if !slices.Equal(rules(r.Held), []string{"chain/leaf-only"}) {
		t.Fatalf("held for %v", rules(r.Held))
	}
	_, err = b.GiveChain(ctx, "", ella, []*x509.Certificate{stranger.cert})
	wants(t, "a CA of the same name with another key", err, workflows.NotFound)
	b.people.groups["pki"] = []workflows.Person{anselm}
	_, err = b.GiveChain(ctx, "", bolin, []*x509.Certificate{ca.cert})
	wants(t, "somebody else", err, workflows.NotFound)
	must(t, b.Hear(ctx, workflows.Heard{Receipt: "chain", By: ella, Lang: "en", Direct: true, Place: workflows.Place{Channel: "D1"},
		Text: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw}))}))
	if r = b.show(t, r.ID); r.State != workflows.Issued || len(r.Chain) != 1 {
		t.Errorf("%s with a chain of %d", r.State, len(r.Chain))
	}
}

// TestRenewalByAnotherCA: a renewal that another CA key signed is held.
func TestRenewalByAnotherCA(t *testing.T) {
	ctx := context.Background()
	b, ca, other := newBench(t), newOutsider(t, "Corporate CA"), newOutsider(t, "Corporate CA")
	old := b.waiting(t, ca, portal())
	_, err := b.give(old, ca.sign(t, old, nil), ca.cert.Raw)
	must(t, err)
	c, err := b.RenewalOf(ctx, workflows.Started{By: ella, Lang: "en"}, old.ID)
	must(t, err)
	c, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	must(t, err)
	b.work(t)
	r := b.show(t, c.Requests[0])
	_, err = b.decide(anselm, r, workflows.Approve)
	must(t, err)
	b.work(t)
	r, err = b.give(r, other.sign(t, r, nil), other.cert.Raw)
	must(t, err)
	if r.Held == nil || !slices.Equal(rules(r.Held), []string{"predecessor/other-ca"}) {
		t.Fatalf("%s, held for %v", r.State, rules(r.Held))
	}
	r, err = b.give(r, ca.sign(t, r, nil), ca.cert.Raw)
	must(t, err)
	if r.State != workflows.Issued {
		t.Errorf("by the same CA: %s", r.State)
	}
}

// TestIssuerThatDiffers: an issuer that answers by itself is held too; turned away, the
// request fails.
func TestIssuerThatDiffers(t *testing.T) {
	for _, accept := range []bool{true, false} {
		b, ca := newBench(t), newOutsider(t, "Own CA")
		b.Issuers["own"] = signs{t, b, ca}
		b.Policies[0].Issuer = "own"
		r := b.issued(t, ella, portal())
		if r.State != workflows.Issuing || r.Held == nil || r.Held.By != workflows.Robot {
			t.Fatalf("%s, held for %v", r.State, rules(r.Held))
		}
		_, err := b.Settle(context.Background(), workflows.Settled{By: bolin, Request: r.ID, Mark: r.Held.Mark(), Accept: accept})
		must(t, err)
		b.work(t)
		want := map[bool]workflows.State{true: workflows.Issued, false: workflows.Failed}[accept]
		if r = b.show(t, r.ID); r.State != want {
			t.Errorf("accept %v: %s", accept, r.State)
		}
		if destroyed := slices.Contains(b.audited(t, r.ID), "key.destroy"); destroyed == accept {
			t.Errorf("accept %v: key destroyed %v", accept, destroyed)
		}
	}
}
