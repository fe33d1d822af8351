package issuance_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestSameKeyTwice: a CSR whose public key another request has, of anybody, comes between no
// request and its certificate; when that request has ended without one, it is free again.
func TestSameKeyTwice(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	ca := workbench.NewOutsider(t, "Corporate CA")
	b.Waiting(t, ca, workbench.Portal())
	oskar := workflows.Person{Team: "T1", ID: "U0OSKAR"}
	b.People.Known[oskar] = workflows.Profile{Person: oskar}
	r, csr := b.OwnCSR(t, workbench.Ella)
	r, err := b.Issuance.GiveCSR(ctx, "", workbench.Ella, r.ID, csr)
	workbench.Must(t, err)
	refused := func(when string) {
		t.Helper()
		for _, who := range []workflows.Person{oskar, workbench.Ella} {
			again, _ := b.OwnCSR(t, who)
			_, err := b.Issuance.GiveCSR(ctx, "", who, again.ID, csr)
			workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.key_of_another")
			if now := b.Show(t, again.ID); len(now.CSR) > 0 {
				t.Errorf("%s: %s has it", when, now.ID)
			}
			_, err = b.Intake.Start(ctx, intake.Started{By: who, Lang: "en", Answers: workbench.Portal(), CSRs: [][]byte{csr}})
			workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.key_of_another")
			_, err = b.Issuance.Cancel(ctx, "", who, again.ID, "")
			workbench.Must(t, err)
		}
	}
	refused("submitted")
	_, err = b.Decide(workbench.Anselm, b.Show(t, r.ID), workflows.Approve)
	workbench.Must(t, err)
	refused("approved")
	b.Work(t)
	refused("issuing")
	_, err = b.Give(r, ca.Sign(t, r, nil), ca.Cert.Raw)
	if now := b.Show(t, r.ID); err != nil || now.State != workflows.Issued {
		t.Fatalf("her certificate is refused: %v, %s", err, now.State)
	}
	refused("issued")

	first, csr := b.OwnCSR(t, workbench.Ella)
	_, err = b.Issuance.GiveCSR(ctx, "", workbench.Ella, first.ID, csr)
	workbench.Must(t, err)
	_, err = b.Issuance.Cancel(ctx, "", workbench.Ella, first.ID, "")
	workbench.Must(t, err)
	again, _ := b.OwnCSR(t, workbench.Ella)
	if again, err = b.Issuance.GiveCSR(ctx, "", workbench.Ella, again.ID, csr); err != nil || len(again.CSR) == 0 {
		t.Errorf("what was cancelled holds its key: %v", err)
	}
}

// TestSameKeySent: of two conversations that were begun with one CSR, one is sent.
func TestSameKeySent(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r, csr := b.OwnCSR(t, workbench.Ella)
	_, err := b.Issuance.Cancel(ctx, "", workbench.Ella, r.ID, "")
	workbench.Must(t, err)
	a := workbench.Portal()
	a["csr"] = []string{"device"}
	begin := func() workflows.Conversation {
		c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: a, CSRs: [][]byte{csr}})
		workbench.Must(t, err)
		return c
	}
	send := func(c workflows.Conversation) error {
		_, err := b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
		return err
	}
	one, two := begin(), begin()
	workbench.Must(t, send(one))
	workbench.RefusedWith(t, send(two), workflows.Conflict, "workflows.refuse.key_of_another")
}

// TestKeyInCSR: a CSR that holds a private key, in its subject, its names or beside them, is
// not stored, and what is said of it does not quote it.
func TestKeyInCSR(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	a := workbench.Portal()
	a["csr"], a["key"] = []string{"device"}, []string{"ecdsa-256"}
	r := b.Submitted(t, workbench.Ella, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	workbench.Must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	workbench.Must(t, err)
	text := hex.EncodeToString(der)
	like := func(change func(*x509.CertificateRequest)) []byte {
		q := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "portal.example.org"}, DNSNames: []string{"portal.example.org"}}
		change(q)
		csr, err := x509.CreateCertificateRequest(rand.Reader, q, key)
		workbench.Must(t, err)
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
			_, err := b.Issuance.GiveCSR(ctx, "", workbench.Ella, id, csr)
			workbench.RefusedWith(t, err, workflows.Invalid, "workflows.problem.private_key_in_csr")
		}
		_, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: a, CSRs: [][]byte{csr}})
		workbench.RefusedWith(t, err, workflows.Invalid, "workflows.problem.private_key_in_csr")
		if now := b.Show(t, r.ID); len(now.CSR) > 0 || strings.Contains(now.Spec.Subject.O, text[:60]) {
			t.Errorf("%s: it was taken", name)
		}
	}
}
