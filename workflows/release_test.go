package workflows_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/vault"
	"countersign/workflows"
)

// hands is a custody that says something at a hand-over, while it does.
type hands struct {
	workflows.Custody
	says    error
	n       int
	revoked []string
}

func (h *hands) Release(ctx context.Context, name string) (workflows.Handover, error) {
	if h.says != nil {
		return workflows.Handover{}, h.says
	}
	h.n++
	return h.Custody.Release(ctx, name)
}

func (h *hands) Revoke(ctx context.Context, accessor string) error {
	h.revoked = append(h.revoked, accessor)
	return h.Custody.Revoke(ctx, accessor)
}

// lossy is a courier that delivers and says that it did not, once.
type lossy struct {
	handed
	says error
	sent map[string]workflows.Handover
}

func (l *lossy) Deliver(ctx context.Context, r workflows.Request, index int, key string, h workflows.Handover) error {
	if l.sent == nil {
		l.sent = map[string]workflows.Handover{}
	}
	l.sent[key] = workflows.Handover{Accessor: h.Accessor, Expires: h.Expires}
	if err := l.says; err != nil {
		l.says = nil
		return err
	}
	return l.handed.Deliver(ctx, r, index, key, h)
}

func (l *lossy) Delivered(_ context.Context, _ workflows.Request, _ int, key string) (workflows.Handover, bool, error) {
	h, ok := l.sent[key]
	return h, ok, nil
}

// TestHandoverFails: a custody that refuses a hand-over for good leaves nothing half done:
// who asked is told, can ask again without a second person, and the operators know.
func TestHandoverFails(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	b.Courier = &handed{}
	h := &hands{Custody: b.custody, says: vault.Refuse(nil, "vault.role.key")}
	b.Custodies["embedded"] = h
	r := b.issued(t, ella, portal())
	b.said(t)
	_, err := b.Release(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	r = b.show(t, r.ID)
	if first, _ := r.CanGet(); !first || len(r.Releases) > 0 || !r.Trouble.IsZero() {
		t.Errorf("can get it %v, %+v", first, r.Releases)
	}
	got := b.queue(t, workflows.Notify)
	if n := slices.IndexFunc(got, func(n notice) bool { return n.Kind == workflows.KindTell && n.Event == "key_failed" }); n < 0 || got[n].Text.Key != "vault.role.key" {
		t.Errorf("who asked is not told: %+v", got)
	}
	if !slices.ContainsFunc(got, func(n notice) bool {
		return n.Kind == workflows.KindDead && n.Body.Kind == workflows.KindRelease && n.Reason == "vault.role.key"
	}) {
		t.Errorf("the operators are not told: %+v", got)
	}
	if verbs := b.audited(t, r.ID); !slices.Contains(verbs, "key.taken_back") || !slices.Contains(verbs, "effect.dead") || slices.Contains(verbs, "key.handed") {
		t.Errorf("the record has %v", verbs)
	}
	h.says = nil
	_, err = b.Release(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	if r = b.show(t, r.ID); h.n != 1 || len(r.Releases) != 1 || r.Releases[0].Accessor == "" {
		t.Errorf("asked again: %d, %+v", h.n, r.Releases)
	}
}

// TestHandoverOnce: a message that arrived though its sending failed is found again, and no
// second hand-over is made beside it.
func TestHandoverOnce(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	courier := &lossy{says: errors.New("the connection was reset after it was sent")}
	b.Courier = courier
	h := &hands{Custody: b.custody}
	b.Custodies["embedded"] = h
	r := b.issued(t, ella, portal())
	_, err := b.Release(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	if now := b.show(t, r.ID); now.Trouble.Text.Key != "workflows.trouble.not_delivered" {
		t.Errorf("%+v", now.Trouble)
	}
	b.passes(t, 2*time.Minute, 10*time.Second)
	r = b.show(t, r.ID)
	if h.n != 1 || len(r.Releases) != 1 || r.Releases[0].Accessor == "" || !r.Trouble.IsZero() {
		t.Errorf("%d hand-overs were made: %+v", h.n, r.Releases)
	}
}

// TestNoKeyToGet: what has no key here, or one that counts as stolen, is handed to nobody.
func TestNoKeyToGet(t *testing.T) {
	ctx := context.Background()
	b, _, r := keyBench(t)
	if first, again := r.CanGet(); first || !again {
		t.Errorf("after the first: %v, %v", first, again)
	}
	_, err := b.ReportKey(ctx, workflows.Reported{By: ella, Request: r.ID, Kind: "something else"})
	refusedWith(t, err, workflows.Invalid, "workflows.refuse.no_handover")
	_, err = b.ReportKey(ctx, workflows.Reported{By: ella, Request: r.ID, Index: 3, Kind: workflows.ReportNotMe})
	refusedWith(t, err, workflows.NotFound, "workflows.refuse.no_handover")
	b.told(t)
	_, err = b.ReportKey(ctx, workflows.Reported{By: ella, Request: r.ID, Kind: workflows.ReportNotMe})
	must(t, err)
	if got := b.told(t); !slices.Contains(got, "alarm:not_me:approvers") || !slices.Contains(got, "alarm:not_me:operators") {
		t.Errorf("told %v", got)
	}
	_, err = b.ReportKey(ctx, workflows.Reported{By: ella, Request: r.ID, Kind: workflows.ReportNotMe})
	refusedWith(t, err, workflows.Conflict, "workflows.refuse.alarm_raised")
	if first, again := b.show(t, r.ID).CanGet(); first || again {
		t.Error("a stolen key can be got")
	}
	_, err = b.Install(ctx, "", ella, r.ID)
	refusedWith(t, err, workflows.Illegal, "workflows.refuse.key_stolen")
	_, err = b.AskForKey(ctx, "", ella, r.ID, "once more")
	refusedWith(t, err, workflows.Illegal, "workflows.refuse.key_stolen")

	other := b.issued(t, ella, portal())
	_, err = b.AskForKey(ctx, "", ella, other.ID, "never had it")
	refusedWith(t, err, workflows.Illegal, "workflows.refuse.key_not_asked")
	_, err = b.Release(ctx, "", ella, other.ID)
	must(t, err)
	_, err = b.AskForKey(ctx, "", ella, other.ID, "at once")
	refusedWith(t, err, workflows.Conflict, "workflows.refuse.key_on_its_way")
	for _, tt := range []struct {
		like func(*workflows.Request)
		key  string
	}{
		{func(r *workflows.Request) { r.Spec.KeyFile = false }, "workflows.refuse.key_stays"},
		{func(r *workflows.Request) { r.Custody = workflows.CustodyDevice }, "workflows.refuse.key_on_device"},
	} {
		r := b.issued(t, ella, portal())
		must(t, b.db.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
			r, err := rd.Request(ctx, r.ID)
			tt.like(&r)
			return workflows.Change{Requests: []workflows.Request{r}}, err
		}))
		_, err = b.Release(ctx, "", ella, r.ID)
		refusedWith(t, err, workflows.Illegal, tt.key)
		if now := b.show(t, r.ID); len(now.Releases) > 0 {
			t.Errorf("%s: %+v", tt.key, now.Releases)
		}
	}
}

// TestRevocationOrder: what an order to revoke needs, and when there is nothing to revoke.
func TestRevocationOrder(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	open, done := b.submitted(t, ella, portal()), b.issued(t, ella, portal())
	order := func(id workflows.RequestID, reason, note string) error {
		_, err := b.Revoke(ctx, workflows.RevokeOrder{By: anselm, Request: id, Reason: reason, Note: note})
		return err
	}
	refusedWith(t, order(open.ID, "keyCompromise", ""), workflows.Illegal, "workflows.refuse.nothing_to_revoke")
	refusedWith(t, order(done.ID, "I do not like it", ""), workflows.Invalid, "workflows.problem.revocation_reason")
	refusedWith(t, order(done.ID, "keyCompromise", string(pemKey(t, newCA(t, "Acme").rootKey))), workflows.Invalid, "workflows.problem.private_key")
	if no := b.MayRevoke(anselm, b.show(t, done.ID)); no != nil || b.MayConfirm(anselm, done) {
		t.Errorf("%v, and it is owed %v", no, b.MayConfirm(anselm, done))
	}
	_, err := b.RevokedAtCA(ctx, "", anselm, done.ID)
	wants(t, "confirmed without an order", err, workflows.Conflict)
	must(t, order(done.ID, "superseded", "password=hunter2secret"))
	if now := b.show(t, done.ID); now.Revoking == nil || now.Revoking.By != anselm || now.Revoking.Note == "password=hunter2secret" {
		t.Errorf("%+v", now.Revoking)
	}
	refusedWith(t, order(done.ID, "superseded", ""), workflows.Conflict, "workflows.refuse.revoking", "workflows.refuse.already.revoked")
	_, err = b.Install(ctx, "", ella, done.ID)
	refusedWith(t, err, workflows.Conflict, "workflows.refuse.revoking", "workflows.refuse.already.revoked")
	b.work(t)
	if no := b.MayRevoke(anselm, b.show(t, done.ID)); no == nil || no.Code != workflows.Conflict {
		t.Errorf("revoked twice: %v", no)
	}
}

// TestSending: what is not sent, and what the policy makes of it.
func TestSending(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	send := func(who workflows.Person, a workflows.Answers) (workflows.Conversation, error) {
		c, err := b.Start(ctx, workflows.Started{By: who, Lang: "en", Answers: a})
		must(t, err)
		return b.Send(ctx, workflows.Sending{By: who, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	}
	a := portal()
	delete(a, "purpose")
	_, err := send(ella, a)
	refusedWith(t, err, workflows.Illegal, "workflows.refuse.not_complete")
	b.Policies[0].Names = []string{"*.example.com"}
	_, err = send(ella, portal())
	refusedWith(t, err, workflows.Forbidden, "workflows.refuse.no_policy")
	if list, err := b.List(ctx, ella, ""); err != nil || len(list) > 0 {
		t.Errorf("%v: something was sent: %d", err, len(list))
	}
	b.Policies[0].Names, b.Policies[0].Days = nil, 30
	c, err := send(ella, portal())
	must(t, err)
	if r := b.show(t, c.Requests[0]); r.Spec.Days != 30 || r.Policy != "all" || r.State != workflows.Submitted {
		t.Errorf("%d days, %s", r.Spec.Days, r.Policy)
	}
	b.Policies[0].Days = 0
	_, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	refusedWith(t, err, workflows.Conflict, "workflows.refuse.conversation_sent")

	// A renewal whose certificate has ended meanwhile replaces nothing any more.
	old := b.issued(t, ella, portal())
	renewal, err := b.RenewalOf(ctx, workflows.Started{By: ella, Lang: "en"}, old.ID)
	must(t, err)
	must(t, b.revoke(anselm, old.ID))
	b.work(t)
	_, err = b.RevokedAtCA(ctx, "", anselm, old.ID)
	if now := b.show(t, old.ID); now.State != workflows.Revoked {
		t.Fatalf("%v: %s", err, now.State)
	}
	_, err = b.Send(ctx, workflows.Sending{By: ella, ID: renewal.ID, Plan: workflows.PlanHash(b.PlanOf(renewal))})
	refusedWith(t, err, workflows.Conflict, "workflows.refuse.already.revoked")

	// A CSR of the box that does not ask for what was planned is not sent.
	key, err := certs.GenerateKey(rand.Reader, old.Spec.Key)
	must(t, err)
	wrong := old.Spec
	wrong.Names = append(slices.Clone(wrong.Names), certs.Name{Type: certs.DNS, Value: "bank.example.org"})
	der, err := certs.CSR(wrong, key)
	must(t, err)
	a = portal()
	a["csr"] = []string{"device"}
	conv, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: a, CSRs: [][]byte{der}})
	must(t, err)
	_, err = b.Send(ctx, workflows.Sending{By: ella, ID: conv.ID, Plan: workflows.PlanHash(b.PlanOf(conv))})
	wants(t, "a name that nobody planned", err, workflows.Invalid)
}
