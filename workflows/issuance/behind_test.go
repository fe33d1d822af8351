package issuance_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// TestBehindNewerOnes: what waits for somebody is found however many newer requests
// there are in its state.
func TestBehindNewerOnes(t *testing.T) {
	ctx := context.Background()
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	on := func(list []workflows.Request, r workflows.Request) bool {
		return len(list) == 1 && list[0].ID == r.ID
	}
	home := func() issuance.Home {
		t.Helper()
		h, err := b.Lists.HomeOf(ctx, workbench.Anselm)
		workbench.Must(t, err)
		return h
	}

	r := b.Waiting(t, ca, workbench.Portal())
	b.Crowd(t, r)
	r, err := b.Give(r, ca.Sign(t, r, nil))
	workbench.Must(t, err)
	b.Crowd(t, r)
	if h := home(); !on(workbench.Doing(h, issuance.TaskDecide), r) {
		t.Errorf("a certificate that differs is not on an approver's Home: %d are", len(h.Work))
	}
	if own, err := b.Lists.HomeOf(ctx, workbench.Ella); err != nil || len(workbench.Doing(own, issuance.TaskDecide)) > 0 {
		t.Errorf("on the requester's Home: %d, %v", len(own.Work), err)
	}
	_, err = b.Issuance.GiveChain(ctx, "", workbench.Anselm, []*x509.Certificate{ca.Cert})
	workbench.Must(t, err)
	if r = b.Show(t, r.ID); r.State != workflows.Issued {
		t.Fatalf("with its chain it is %s", r.State)
	}

	workbench.Must(t, b.Revoke(workbench.Anselm, r.ID))
	b.Crowd(t, r)
	if h := home(); !on(workbench.Doing(h, issuance.TaskRevoke), r) {
		t.Errorf("what is owed is not on an approver's Home: %d are", len(h.Work))
	}

	open := b.Submitted(t, workbench.Ella, workbench.Portal())
	b.Crowd(t, open)
	if h := home(); !on(workbench.Doing(h, issuance.TaskDecide), open) {
		t.Errorf("what waits for a decision is not on an approver's Home: %d are", len(h.Work))
	}

	device := workbench.Portal()
	device["csr"], device["nodes"] = []string{"device"}, []string{"box.example.org"}
	own := b.Submitted(t, workbench.Ella, device)
	b.Crowd(t, own)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	workbench.Must(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "box.example.org"}, DNSNames: []string{"box.example.org"}}, key)
	workbench.Must(t, err)
	got, err := b.Issuance.GiveCSR(ctx, "", workbench.Ella, "", der)
	workbench.Must(t, err)
	if got.ID != own.ID {
		t.Errorf("the CSR went to %s", got.ID)
	}
}

type unreadableReader struct {
	workflows.Reader
	id workflows.RequestID
}

func (u unreadable) Update(ctx context.Context, receipt workflows.Receipt, step func(workflows.Reader) (workflows.Change, error)) error {
	return u.Store.Update(ctx, receipt, func(rd workflows.Reader) (workflows.Change, error) { return step(unreadableReader{rd, u.id}) })
}

func (u unreadableReader) Request(ctx context.Context, id workflows.RequestID) (workflows.Request, error) {
	if id == u.id {
		return workflows.Request{}, workflows.Refuse(workflows.Unable, "storage.tampered", "ID", string(id))
	}
	return u.Reader.Request(ctx, id)
}

// TestSweepPastOneThatCannotBeRead: it keeps no other from its end.
func TestSweepPastOneThatCannotBeRead(t *testing.T) {
	b := workbench.New(t)
	all := []workflows.Request{b.Submitted(t, workbench.Ella, workbench.Portal()), b.Submitted(t, workbench.Ella, workbench.Portal()), b.Submitted(t, workbench.Ella, workbench.Portal())}
	b.Later(8 * 24 * time.Hour)
	b.Store = unreadable{b.DB, all[1].ID}
	workbench.Wants(t, "the sweep", b.Issuance.Sweep(context.Background()), workflows.Unable)
	for i, want := range []workflows.State{workflows.Expired, workflows.Submitted, workflows.Expired} {
		if got := b.Show(t, all[i].ID).State; got != want {
			t.Errorf("%s is %s, want %s", all[i].ID, got, want)
		}
	}
}
