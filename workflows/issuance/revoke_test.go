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
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
)

// signs is an issuer that gives too few days.
type signs struct {
	t  *testing.T
	b  *workbench.Bench
	ca workbench.Outsider
}

func (s signs) Issue(_ context.Context, _ string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	r := workflows.Request{Spec: spec, CSR: csr}
	return certs.Issued{Leaf: s.ca.Sign(s.t, r, workbench.Shorter), Chain: [][]byte{s.ca.Cert.Raw}}, false, nil
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

// TestRevoke: an approver has a certificate revoked; it is called revoked when the
// issuer has done it, and open hand-overs are taken back.
func TestRevoke(t *testing.T) {
	b := workbench.New(t)
	issuer := &revokes{Issuer: b.Issuers["embedded"], says: vault.Wait(nil, "vault.sealed")}
	b.Issuers["embedded"] = issuer
	courier := &workbench.Handed{}
	b.KeyRelease.Courier = courier
	b.Policies[0].DestroyAfter = 24 * time.Hour
	waits := b.Submitted(t, workbench.Ella, workbench.Portal())
	workbench.Wants(t, "nothing issued yet", b.Revoke(workbench.Anselm, waits.ID), workflows.Illegal)
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	_, err := b.KeyRelease.Release(context.Background(), "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	workbench.Wants(t, "the requester", b.Revoke(workbench.Ella, r.ID), workflows.Forbidden)
	_, err = b.Issuance.Revoke(context.Background(), issuance.RevokeOrder{By: workbench.Anselm, Request: r.ID, Reason: "cACompromise"})
	workbench.Wants(t, "no reason for a server", err, workflows.Invalid)
	workbench.Must(t, b.Revoke(workbench.Anselm, r.ID))
	workbench.Wants(t, "twice", b.Revoke(workbench.Bolin, r.ID), workflows.Conflict)
	b.Work(t)
	if _, err := b.Custody.Open(courier.Last.Secret); err == nil {
		t.Error("the hand-over still opens")
	}
	if r = b.Show(t, r.ID); r.State != workflows.Issued || r.Trouble.Text.Key != "vault.sealed" || len(issuer.revoked) > 0 {
		t.Errorf("while Vault is sealed: %s %+v", r.State, r.Trouble)
	}
	_, err = b.Issuance.Install(context.Background(), "", workbench.Ella, r.ID)
	workbench.Wants(t, "installed meanwhile", err, workflows.Conflict)
	issuer.says = nil
	b.Later(time.Minute)
	b.Work(t)
	if r = b.Show(t, r.ID); r.State != workflows.Revoked || !r.Trouble.IsZero() || !slices.Equal(issuer.revoked, []string{r.Serial()}) || issuer.reason != 1 {
		t.Errorf("%s %v, reason %d", r.State, issuer.revoked, issuer.reason)
	}
	// Its key goes when the policy says so.
	if slices.Contains(b.Audited(t, r.ID), "key.destroy") {
		t.Error("the key went at once")
	}
	b.Later(25 * time.Hour)
	b.Work(t)
	if !slices.Contains(b.Audited(t, r.ID), "key.destroy") {
		t.Error("the key stays")
	}
	if _, err := b.Custody.Release(context.Background(), r.KeyName); err == nil {
		t.Error("the key is still there")
	}
}

// TestRevokeByHand: where the issuer cannot be asked, a person does it and says so;
// until then nothing is called revoked.
func TestRevokeByHand(t *testing.T) {
	ctx := context.Background()
	for name, refuses := range map[string]error{"no way to ask": nil, "refused": vault.Refuse(errors.New("no"), "vault.revoke.none")} {
		t.Run(name, func(t *testing.T) {
			b := workbench.New(t)
			b.Issuers["embedded"] = struct{ workflows.Issuer }{b.Issuers["embedded"]} // as one that cannot be asked
			if refuses != nil {
				b.Issuers["embedded"] = &revokes{Issuer: b.Issuers["embedded"], says: refuses}
			}
			r := b.Issued(t, workbench.Ella, workbench.Portal())
			_, err := b.Issuance.RevokedAtCA(ctx, "", workbench.Anselm, r.ID)
			workbench.Wants(t, "nobody has ordered it", err, workflows.Conflict)
			workbench.Must(t, b.Revoke(workbench.Anselm, r.ID))
			b.Work(t)
			if r = b.Show(t, r.ID); r.State != workflows.Issued || !r.Revoking.Manual {
				t.Fatalf("%s %+v", r.State, r.Revoking)
			}
			_, err = b.Issuance.RevokedAtCA(ctx, "", workbench.Ella, r.ID)
			workbench.Wants(t, "the requester", err, workflows.Forbidden)
			r, err = b.Issuance.RevokedAtCA(ctx, "", workbench.Bolin, r.ID)
			workbench.Must(t, err)
			if r.State != workflows.Revoked || r.Revoking.DoneBy != workbench.Bolin {
				t.Errorf("%s %+v", r.State, r.Revoking)
			}
			b.Later(400 * 24 * time.Hour)
			b.Work(t)
			if slices.Contains(b.Audited(t, r.ID), "key.destroy") {
				t.Error("no policy asks for it, and the key was destroyed")
			}
		})
	}
}

// TestSuperseded: a renewal that is installed ends the old certificate, its open
// hand-overs, and after a while its key, if the policy says so.
func TestSuperseded(t *testing.T) {
	ctx := context.Background()
	b, courier, old := workbench.KeyBench(t)
	b.Policies[0].DestroyAfter = 30 * 24 * time.Hour
	c, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, old.ID)
	workbench.Must(t, err)
	c, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Must(t, err)
	b.Work(t)
	r := b.Show(t, c.Requests[0])
	_, err = b.Decide(workbench.Anselm, r, workflows.Approve)
	workbench.Must(t, err)
	b.Work(t)
	_, err = b.Issuance.Install(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	if _, err := b.Custody.Open(courier.Last.Secret); err == nil {
		t.Error("the old key can still be opened")
	}
	if old = b.Show(t, old.ID); old.State != workflows.Superseded || old.Releases[0].End != workflows.EndTakenBack {
		t.Errorf("%s %+v", old.State, old.Releases)
	}
	// What was replaced is still valid, and can be revoked.
	_, err = b.Issuance.Revoke(ctx, issuance.RevokeOrder{By: workbench.Ella, Request: old.ID, Reason: "superseded"})
	if workflows.CodeOf(err) != workflows.Forbidden {
		t.Errorf("its requester had it revoked: %v", err)
	}
	b.Later(29 * 24 * time.Hour)
	b.Work(t)
	if _, err := b.Custody.Release(ctx, old.KeyName); err != nil {
		t.Errorf("the key went too early: %v", err)
	}
	b.Later(2 * 24 * time.Hour)
	b.Work(t)
	if _, err := b.Custody.Release(ctx, old.KeyName); err == nil {
		t.Error("the key stays")
	}
	if _, err := b.Custody.Release(ctx, r.KeyName); err != nil {
		t.Errorf("the new key: %v", err)
	}
	workbench.Must(t, b.Revoke(workbench.Anselm, old.ID))
	b.Work(t)
	if old = b.Show(t, old.ID); old.State != workflows.Revoked {
		t.Errorf("revoked after it was replaced: %s", old.State)
	}
}

// TestRevokedWhileSlackIsDown: a certificate is revoked though it is not known yet what became
// of a hand-over, and that one stays to be looked for.
func TestRevokedWhileSlackIsDown(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	courier := &workbench.Mute{Lossy: workbench.Lossy{Says: errors.New("the connection was reset after it was sent")}}
	b.KeyRelease.Courier = courier
	h := &workbench.Releasing{Custody: b.Custody}
	b.Custodies["embedded"] = h
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	_, err := b.KeyRelease.Release(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	workbench.Must(t, b.Revoke(workbench.Anselm, r.ID))
	b.Passes(t, 2*time.Minute, 10*time.Second)
	if r = b.Show(t, r.ID); r.State != workflows.Revoked || len(r.Releases) != 1 || h.Releases != 1 {
		t.Errorf("%s, %d made, %+v", r.State, h.Releases, r.Releases)
	}
	b.KeyRelease.Courier = &courier.Lossy
	b.Passes(t, 5*time.Minute, 10*time.Second)
	if r = b.Show(t, r.ID); len(r.Releases) != 1 || r.Releases[0].End != workflows.EndTakenBack || len(h.Revoked) != 1 {
		t.Errorf("%+v; ended %v", r.Releases, h.Revoked)
	}
}
