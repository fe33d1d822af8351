package workflows_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/workflows"
)

// ownCSR is what a box answers with that makes its own key, and its request.
func (b *bench) ownCSR(t *testing.T, who workflows.Person) (workflows.Request, []byte) {
	t.Helper()
	a := portal()
	a["csr"] = []string{"device"}
	r := b.submitted(t, who, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	must(t, err)
	csr, err := certs.CSR(r.Spec, key)
	must(t, err)
	return r, csr
}

// TestSameKeyTwice: a CSR whose public key another request has, of anybody, comes between no
// request and its certificate; when that request has ended without one, it is free again.
func TestSameKeyTwice(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	ca := newOutsider(t, "Corporate CA")
	b.waiting(t, ca, portal())
	oskar := workflows.Person{Team: "T1", ID: "U0OSKAR"}
	b.people.known[oskar] = workflows.Profile{Person: oskar}
	r, csr := b.ownCSR(t, ella)
	r, err := b.GiveCSR(ctx, "", ella, r.ID, csr)
	must(t, err)
	refused := func(when string) {
		t.Helper()
		for _, who := range []workflows.Person{oskar, ella} {
			again, _ := b.ownCSR(t, who)
			_, err := b.GiveCSR(ctx, "", who, again.ID, csr)
			refusedWith(t, err, workflows.Conflict, "workflows.refuse.key_of_another")
			if now := b.show(t, again.ID); len(now.CSR) > 0 {
				t.Errorf("%s: %s has it", when, now.ID)
			}
			_, err = b.Start(ctx, workflows.Started{By: who, Lang: "en", Answers: portal(), CSRs: [][]byte{csr}})
			refusedWith(t, err, workflows.Conflict, "workflows.refuse.key_of_another")
			_, err = b.Cancel(ctx, "", who, again.ID, "")
			must(t, err)
		}
	}
	refused("submitted")
	_, err = b.decide(anselm, b.show(t, r.ID), workflows.Approve)
	must(t, err)
	refused("approved")
	b.work(t)
	refused("issuing")
	_, err = b.give(r, ca.sign(t, r, nil), ca.cert.Raw)
	if now := b.show(t, r.ID); err != nil || now.State != workflows.Issued {
		t.Fatalf("her certificate is refused: %v, %s", err, now.State)
	}
	refused("issued")

	first, csr := b.ownCSR(t, ella)
	_, err = b.GiveCSR(ctx, "", ella, first.ID, csr)
	must(t, err)
	_, err = b.Cancel(ctx, "", ella, first.ID, "")
	must(t, err)
	again, _ := b.ownCSR(t, ella)
	if again, err = b.GiveCSR(ctx, "", ella, again.ID, csr); err != nil || len(again.CSR) == 0 {
		t.Errorf("what was cancelled holds its key: %v", err)
	}
}

// TestSameKeySent: of two conversations that were begun with one CSR, one is sent.
func TestSameKeySent(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	r, csr := b.ownCSR(t, ella)
	_, err := b.Cancel(ctx, "", ella, r.ID, "")
	must(t, err)
	a := portal()
	a["csr"] = []string{"device"}
	begin := func() workflows.Conversation {
		c, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: a, CSRs: [][]byte{csr}})
		must(t, err)
		return c
	}
	send := func(c workflows.Conversation) error {
		_, err := b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
		return err
	}
	one, two := begin(), begin()
	must(t, send(one))
	refusedWith(t, send(two), workflows.Conflict, "workflows.refuse.key_of_another")
}

// TestKeyInCSR: a CSR that holds a private key, in its subject, its names or beside them, is
// not stored, and what is said of it does not quote it.
func TestKeyInCSR(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	a := portal()
	a["csr"], a["key"] = []string{"device"}, []string{"ecdsa-256"}
	r := b.submitted(t, ella, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	text := hex.EncodeToString(der)
	like := func(change func(*x509.CertificateRequest)) []byte {
		q := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "portal.example.org"}, DNSNames: []string{"portal.example.org"}}
		change(q)
		csr, err := x509.CreateCertificateRequest(rand.Reader, q, key)
		must(t, err)
		return csr
	}
	for name, csr := range map[string][]byte{
		"O": like(func(q *x509.CertificateRequest) { q.Subject.Organization = []string{text} }),
		"O and OU": like(func(q *x509.CertificateRequest) {
			q.Subject.Organization, q.Subject.OrganizationalUnit = []string{text[:60]}, []string{text[60:]}
		}),
		"CN":    like(func(q *x509.CertificateRequest) { q.Subject.CommonName = text }),
		"email": like(func(q *x509.CertificateRequest) { q.EmailAddresses = []string{text + "@example.org"} }),
		"extension": like(func(q *x509.CertificateRequest) {
			q.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3, 4}, Value: der}}
		}),
		"street (RDN)": like(func(q *x509.CertificateRequest) { q.Subject.StreetAddress = []string{text} }),
	} {
		for _, id := range []workflows.RequestID{r.ID, ""} {
			_, err := b.GiveCSR(ctx, "", ella, id, csr)
			refusedWith(t, err, workflows.Invalid, "workflows.problem.private_key_in_csr")
		}
		_, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: a, CSRs: [][]byte{csr}})
		refusedWith(t, err, workflows.Invalid, "workflows.problem.private_key_in_csr")
		if now := b.show(t, r.ID); len(now.CSR) > 0 || strings.Contains(now.Spec.Subject.O, text[:60]) {
			t.Errorf("%s: it was taken", name)
		}
	}
}
