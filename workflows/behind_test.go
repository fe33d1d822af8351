package workflows_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"testing"
	"time"

	"countersign/workflows"
)

// crowd puts newer requests before r in every list that goes by state: same state,
// policy and requester, but nothing that anybody has to do.
func (b *bench) crowd(t *testing.T, r workflows.Request) {
	t.Helper()
	r.Held, r.Strays, r.Revoking, r.Version, r.Decisions = nil, nil, nil, 0, nil
	r.Spec.OwnCSR, r.SPKI = false, ""
	if r.State != workflows.Issuing {
		r.CSR = nil
	}
	must(t, b.db.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
		var c workflows.Change
		for i := range 250 {
			r.ID, r.Updated = workflows.RequestID(fmt.Sprintf("CROWD-%s-%d", b.NewID(), i)), b.now()
			c.Requests = append(c.Requests, r)
		}
		return c, nil
	}))
}

// TestBehindNewerOnes: what waits for somebody is found however many newer requests
// there are in its state.
func TestBehindNewerOnes(t *testing.T) {
	ctx := context.Background()
	b, ca := newBench(t), newOutsider(t, "Corporate CA")
	on := func(list []workflows.Request, r workflows.Request) bool {
		return len(list) == 1 && list[0].ID == r.ID
	}
	home := func() workflows.Home {
		t.Helper()
		h, err := b.HomeOf(ctx, anselm)
		must(t, err)
		return h
	}

	r := b.waiting(t, ca, portal())
	b.crowd(t, r)
	r, err := b.give(r, ca.sign(t, r, nil))
	must(t, err)
	b.crowd(t, r)
	if h := home(); !on(h.Waiting, r) {
		t.Errorf("a certificate that differs is not on an approver's Home: %d are", len(h.Waiting))
	}
	if own, err := b.HomeOf(ctx, ella); err != nil || len(own.Waiting) > 0 {
		t.Errorf("on the requester's Home: %d, %v", len(own.Waiting), err)
	}
	_, err = b.GiveChain(ctx, "", anselm, []*x509.Certificate{ca.cert})
	must(t, err)
	if r = b.show(t, r.ID); r.State != workflows.Issued {
		t.Fatalf("with its chain it is %s", r.State)
	}

	must(t, b.revoke(anselm, r.ID))
	b.crowd(t, r)
	if h := home(); !on(h.Owed, r) {
		t.Errorf("what is owed is not on an approver's Home: %d are", len(h.Owed))
	}

	open := b.submitted(t, ella, portal())
	b.crowd(t, open)
	if h := home(); !on(h.Waiting, open) {
		t.Errorf("what waits for a decision is not on an approver's Home: %d are", len(h.Waiting))
	}

	device := portal()
	device["csr"], device["nodes"] = []string{"device"}, []string{"box.example.org"}
	own := b.submitted(t, ella, device)
	b.crowd(t, own)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "box.example.org"}, DNSNames: []string{"box.example.org"}}, key)
	must(t, err)
	got, err := b.GiveCSR(ctx, "", ella, "", der)
	must(t, err)
	if got.ID != own.ID {
		t.Errorf("the CSR went to %s", got.ID)
	}
}

// unreadable is a store in which nothing can be done on one request.
type unreadable struct {
	workflows.Store
	id workflows.RequestID
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
	b := newBench(t)
	all := []workflows.Request{b.submitted(t, ella, portal()), b.submitted(t, ella, portal()), b.submitted(t, ella, portal())}
	b.later(8 * 24 * time.Hour)
	b.Store = unreadable{b.db, all[1].ID}
	wants(t, "the sweep", b.Sweep(context.Background()), workflows.Unable)
	for i, want := range []workflows.State{workflows.Expired, workflows.Submitted, workflows.Expired} {
		if got := b.show(t, all[i].ID).State; got != want {
			t.Errorf("%s is %s, want %s", all[i].ID, got, want)
		}
	}
}
