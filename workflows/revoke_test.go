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

// signs is an issuer that gives too few days.
type signs struct {
	t  *testing.T
	b  *bench
	ca outsider
}

func (s signs) Issue(_ context.Context, _ string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	r := workflows.Request{Spec: spec, CSR: csr}
	return certs.Issued{Leaf: s.ca.sign(s.t, r, shorter), Chain: [][]byte{s.ca.cert.Raw}}, false, nil
}

// revokes is an issuer that can be asked to revoke, with what it says.
type revokes struct {
	workflows.Issuer
	says    error
	revoked []string // serials
	reason  int
}

func (v *revokes) Revoke(_ context.Context, leaf []byte, reason int) error {
	if v.says != nil {
		return v.says
	}
	c, err := x509.ParseCertificate(leaf)
	if err != nil {
		return err
	}
	v.revoked, v.reason = append(v.revoked, c.SerialNumber.Text(16)), reason
	return nil
}

func (b *bench) revoke(who workflows.Person, id workflows.RequestID) error {
	_, err := b.Revoke(context.Background(), workflows.RevokeOrder{By: who, Request: id, Reason: "keyCompromise", Note: "Laptop stolen"})
	return err
}

// TestRevoke: an approver has a certificate revoked; it is called revoked when the
// issuer has done it, and open hand-overs are taken back.
func TestRevoke(t *testing.T) {
	b := newBench(t)
	issuer := &revokes{Issuer: b.Issuers["embedded"], says: vault.Wait(nil, "vault.sealed")}
	b.Issuers["embedded"] = issuer
	courier := &handed{}
	b.Courier = courier
	b.Policies[0].DestroyAfter = 24 * time.Hour
	waits := b.submitted(t, ella, portal())
	wants(t, "nothing issued yet", b.revoke(anselm, waits.ID), workflows.Illegal)
	r := b.issued(t, ella, portal())
	_, err := b.Release(context.Background(), "", ella, r.ID)
	must(t, err)
	b.work(t)
	wants(t, "the requester", b.revoke(ella, r.ID), workflows.Forbidden)
	_, err = b.Revoke(context.Background(), workflows.RevokeOrder{By: anselm, Request: r.ID, Reason: "cACompromise"})
	wants(t, "no reason for a server", err, workflows.Invalid)
	must(t, b.revoke(anselm, r.ID))
	wants(t, "twice", b.revoke(bolin, r.ID), workflows.Conflict)
	b.work(t)
	if _, err := b.custody.Open(courier.last.Secret); err == nil {
		t.Error("the hand-over still opens")
	}
	if r = b.show(t, r.ID); r.State != workflows.Issued || r.Trouble.Text.Key != "vault.sealed" || len(issuer.revoked) > 0 {
		t.Errorf("while Vault is sealed: %s %+v", r.State, r.Trouble)
	}
	_, err = b.Install(context.Background(), "", ella, r.ID)
	wants(t, "installed meanwhile", err, workflows.Conflict)
	issuer.says = nil
	b.later(time.Minute)
	b.work(t)
	if r = b.show(t, r.ID); r.State != workflows.Revoked || !r.Trouble.IsZero() || !slices.Equal(issuer.revoked, []string{r.Serial()}) || issuer.reason != 1 {
		t.Errorf("%s %v, reason %d", r.State, issuer.revoked, issuer.reason)
	}
	// Its key goes when the policy says so.
	if slices.Contains(b.audited(t, r.ID), "key.destroy") {
		t.Error("the key went at once")
	}
	b.later(25 * time.Hour)
	b.work(t)
	if !slices.Contains(b.audited(t, r.ID), "key.destroy") {
		t.Error("the key stays")
	}
	if _, err := b.custody.Release(context.Background(), r.KeyName); err == nil {
		t.Error("the key is still there")
	}
}

// TestRevokeByHand: where the issuer cannot be asked, a person does it and says so;
// until then nothing is called revoked.
func TestRevokeByHand(t *testing.T) {
	ctx := context.Background()
	for name, refuses := range map[string]error{"no way to ask": nil, "refused": vault.Refuse(errors.New("no"), "vault.revoke.none")} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.Issuers["embedded"] = struct{ workflows.Issuer }{b.Issuers["embedded"]} // as one that cannot be asked
			if refuses != nil {
				b.Issuers["embedded"] = &revokes{Issuer: b.Issuers["embedded"], says: refuses}
			}
			r := b.issued(t, ella, portal())
			_, err := b.RevokedAtCA(ctx, "", anselm, r.ID)
			wants(t, "nobody has ordered it", err, workflows.Conflict)
			must(t, b.revoke(anselm, r.ID))
			b.work(t)
			if r = b.show(t, r.ID); r.State != workflows.Issued || !r.Revoking.Manual {
				t.Fatalf("%s %+v", r.State, r.Revoking)
			}
			_, err = b.RevokedAtCA(ctx, "", ella, r.ID)
			wants(t, "the requester", err, workflows.Forbidden)
			r, err = b.RevokedAtCA(ctx, "", bolin, r.ID)
			must(t, err)
			if r.State != workflows.Revoked || r.Revoking.DoneBy != bolin {
				t.Errorf("%s %+v", r.State, r.Revoking)
			}
			b.later(400 * 24 * time.Hour)
			b.work(t)
			if slices.Contains(b.audited(t, r.ID), "key.destroy") {
				t.Error("no policy asks for it, and the key was destroyed")
			}
		})
	}
}

// TestSuperseded: a renewal that is installed ends the old certificate, its open
// hand-overs, and after a while its key, if the policy says so.
func TestSuperseded(t *testing.T) {
	ctx := context.Background()
	b, courier, old := keyBench(t)
	b.Policies[0].DestroyAfter = 30 * 24 * time.Hour
	c, err := b.RenewalOf(ctx, workflows.Started{By: ella, Lang: "en"}, old.ID)
	must(t, err)
	c, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	must(t, err)
	b.work(t)
	r := b.show(t, c.Requests[0])
	_, err = b.decide(anselm, r, workflows.Approve)
	must(t, err)
	b.work(t)
	_, err = b.Install(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	if _, err := b.custody.Open(courier.last.Secret); err == nil {
		t.Error("the old key can still be opened")
	}
	if old = b.show(t, old.ID); old.State != workflows.Superseded || old.Releases[0].End != workflows.EndTakenBack {
		t.Errorf("%s %+v", old.State, old.Releases)
	}
	// What was replaced is still valid, and can be revoked.
	_, err = b.Revoke(ctx, workflows.RevokeOrder{By: ella, Request: old.ID, Reason: "superseded"})
	if workflows.CodeOf(err) != workflows.Forbidden {
		t.Errorf("its requester had it revoked: %v", err)
	}
	b.later(29 * 24 * time.Hour)
	b.work(t)
	if _, err := b.custody.Release(ctx, old.KeyName); err != nil {
		t.Errorf("the key went too early: %v", err)
	}
	b.later(2 * 24 * time.Hour)
	b.work(t)
	if _, err := b.custody.Release(ctx, old.KeyName); err == nil {
		t.Error("the key stays")
	}
	if _, err := b.custody.Release(ctx, r.KeyName); err != nil {
		t.Errorf("the new key: %v", err)
	}
	must(t, b.revoke(anselm, old.ID))
	b.work(t)
	if old = b.show(t, old.ID); old.State != workflows.Revoked {
		t.Errorf("revoked after it was replaced: %s", old.State)
	}
}
