package workflows_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"testing"
	"time"

	"countersign/workflows"
)

// TestMayDecide: before anybody is asked for a reason it is said whether it could count;
// asking decides nothing, and a refusal is recorded.
func TestMayDecide(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	hash := r.Hash()
	for _, v := range []workflows.Verdict{workflows.Approve, workflows.Reject, workflows.Hold} {
		must(t, b.MayDecide(ctx, anselm, r.ID, v, hash))
	}
	for name, no := range map[string]struct {
		who  workflows.Person
		id   workflows.RequestID
		v    workflows.Verdict
		hash string
		code workflows.Code
	}{
		"her own":           {ella, r.ID, workflows.Approve, hash, workflows.Forbidden},
		"another workspace": {stranger, r.ID, workflows.Reject, hash, workflows.Forbidden},
		"another card":      {anselm, r.ID, workflows.Reject, "0123", workflows.Stale},
		"not on hold":       {anselm, r.ID, workflows.Resume, hash, workflows.Conflict},
		"no verdict":        {anselm, r.ID, "perhaps", hash, workflows.Conflict},
		"no such request":   {anselm, "REQ-99", workflows.Approve, hash, workflows.NotFound},
	} {
		wants(t, name, b.MayDecide(ctx, no.who, no.id, no.v, no.hash), no.code)
	}
	if now := b.show(t, r.ID); now.Version != r.Version || len(now.Decisions) > 0 {
		t.Errorf("asking decided: %s, %v", now.State, now.Decisions)
	}
	got := b.audited(t, r.ID)
	for verb, want := range map[string]int{"refuse:approve": 1, "refuse:reject": 2, "refuse:resume": 1} {
		if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != verb })); n != want {
			t.Errorf("%s is recorded %d times: %v", verb, n, got)
		}
	}
}

// TestAdmitted: who may use the bot at all, by every door; the product itself may.
func TestAdmitted(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	b.Support = "support"
	r := b.submitted(t, ella, portal())
	must(t, b.Admit(ella))
	must(t, b.Admit(workflows.Robot))
	nobody := workflows.Person{Team: "T1", ID: "U0NOBODY"}
	gone := workflows.Person{Team: "T1", ID: "U0GONE"}
	b.people.known[gone] = workflows.Profile{Person: gone, Deleted: true}
	b.people.groups["support"], b.people.groups["pki"] = []workflows.Person{stranger, nobody, gone}, []workflows.Person{stranger, nobody, gone}
	for _, who := range []workflows.Person{stranger, nobody, gone} {
		for name, err := range map[string]error{
			"admit": b.Admit(who), "teach": b.MayTeach(who), "review": func() error {
				_, err := b.Review(ctx, workflows.Reviewed{By: who, ID: "T-1", Approve: true})
				return err
			}(),
			"show": func() error { _, err := b.Show(ctx, who, r.ID); return err }(), "home": func() error { _, err := b.HomeOf(ctx, who); return err }(),
			"list": func() error { _, err := b.List(ctx, who, ""); return err }(), "form": func() error { _, err := b.Conversation(ctx, who, "C-1"); return err }(),
			"files":  b.HearFiles(ctx, workflows.Heard{By: who}, []string{"F1"}),
			"look":   b.LookFor(ctx, "", who, "K-1", "127.0.0.1:443"),
			"csr":    func() error { _, err := b.GiveCSR(ctx, "", who, r.ID, nil); return err }(),
			"chain":  func() error { _, err := b.GiveChain(ctx, "", who, nil); return err }(),
			"lesson": func() error { _, _, err := b.LessonFrom(ctx, who, "K-1"); return err }(),
		} {
			wants(t, who.ID+" "+name, err, workflows.Forbidden)
		}
		if no := b.MayRevoke(who, r); no == nil || no.Code != workflows.Forbidden {
			t.Errorf("%s may have it revoked: %v", who, no)
		}
	}
	b.told(t)
	if now := b.seen(t, ella, r.ID); now.Version != r.Version {
		t.Error("somebody who may not use the bot changed a request")
	}
}

func (b *bench) seen(t *testing.T, who workflows.Person, id workflows.RequestID) workflows.Request {
	t.Helper()
	r, err := b.Show(context.Background(), who, id)
	must(t, err)
	return r
}

// TestHome: everybody sees their own, and what waits for them and nobody else.
func TestHome(t *testing.T) {
	ctx := context.Background()
	b, ca := newBench(t), newOutsider(t, "Corporate CA")
	first := b.submitted(t, ella, portal())
	own := b.submitted(t, anselm, portal())
	held := b.waiting(t, ca, portal())
	held, err := b.give(held, ca.sign(t, held, shorter), ca.cert.Raw)
	must(t, err)
	owed := b.waiting(t, ca, portal())
	_, err = b.give(owed, ca.sign(t, owed, nil), ca.cert.Raw)
	must(t, err)
	must(t, b.revoke(anselm, owed.ID))
	c, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: workflows.Answers{"product": {"cucm"}}})
	must(t, err)

	ids := func(list []workflows.Request) string {
		var out []string
		for _, r := range list {
			out = append(out, string(r.ID))
		}
		slices.Sort(out)
		return fmt.Sprint(out)
	}
	for _, tt := range []struct {
		who                 workflows.Person
		mine, waiting, owed []workflows.Request
		open                string
	}{
		{ella, []workflows.Request{first, held, owed}, nil, nil, c.ID},
		{anselm, []workflows.Request{own}, []workflows.Request{first, held}, []workflows.Request{owed}, ""},
		{bolin, nil, []workflows.Request{first, own, held}, []workflows.Request{owed}, ""},
	} {
		h, err := b.HomeOf(ctx, tt.who)
		must(t, err)
		open := ""
		if h.Open != nil {
			open = h.Open.ID
		}
		if ids(h.Mine) != ids(tt.mine) || ids(h.Waiting) != ids(tt.waiting) || ids(h.Owed) != ids(tt.owed) || open != tt.open {
			t.Errorf("%s: mine %s, waiting %s, owed %s, open %q", tt.who.ID, ids(h.Mine), ids(h.Waiting), ids(h.Owed), open)
		}
	}
	list, err := b.List(ctx, ella, "portal")
	must(t, err)
	if len(list) != 3 {
		t.Errorf("her own: %s", ids(list))
	}
	if list, err = b.List(ctx, bolin, "portal"); err != nil || len(list) != 0 {
		t.Errorf("%v: somebody else's are listed: %s", err, ids(list))
	}
	if b.ChannelOf(first) != "C1" || len(b.ApproversOf(first)) != 2 {
		t.Errorf("%s %v", b.ChannelOf(first), b.ApproversOf(first))
	}
	first.Policy = "gone"
	if b.ChannelOf(first) != "" || len(b.ApproversOf(first)) != 0 {
		t.Error("a policy that is gone has approvers")
	}
}

// TestBroken: when the store fails, everybody is told so as an internal error, nobody as if
// there were nothing, and nothing is said or done by halves.
func TestBroken(t *testing.T) {
	ctx := context.Background()
	b := supportBench(t)
	r := b.submitted(t, ella, portal())
	k := b.diagnosed(t, ella, "1.1", "certificate has expired")
	acme := newCA(t, "Acme")
	_, leaf := acme.leaf("expe1.example.com")
	b.said(t)
	store := b.Store
	b.Store = &broken{Store: store}
	for name, try := range map[string]func() error{
		"show":     func() error { _, err := b.Show(ctx, ella, r.ID); return err },
		"home":     func() error { _, err := b.HomeOf(ctx, ella); return err },
		"list":     func() error { _, err := b.List(ctx, ella, ""); return err },
		"form":     func() error { _, err := b.Conversation(ctx, ella, "C-1"); return err },
		"start":    func() error { _, err := b.Start(ctx, workflows.Started{By: ella}); return err },
		"decide":   func() error { _, err := b.decide(anselm, r, workflows.Approve); return err },
		"no right": func() error { _, err := b.decide(stranger, r, workflows.Approve); return err }, // it cannot be recorded
		"sweep":    func() error { return b.Sweep(ctx) },
		"relearn":  func() error { return b.Relearn(ctx, nil) },
		"lesson":   func() error { _, _, err := b.LessonFrom(ctx, ella, k.ID); return err },
		"remedy":   func() error { _, err := b.Remedy(ctx, workflows.Started{By: ella}, k.ID); return err },
		"words":    func() error { return b.Hear(ctx, directly(ella, "D1", "list")) },
		"pasted":   func() error { return b.Hear(ctx, directly(ella, "D1", string(pemCerts(leaf)))) },
		"key": func() error {
			return b.Hear(ctx, directly(ella, "D1", string(pemKey(t, acme.rootKey))+string(pemCerts(leaf))))
		},
		"answer": func() error {
			_, err := b.AnswerCase(ctx, "", ella, k.ID, "verify-reason", workflows.Unsure)
			return err
		},
		"files": func() error { return b.HearFiles(ctx, heard("f", ""), []string{"F1"}) },
		"taken": func() error {
			return b.TakeFiles(ctx, workflows.Effect{ID: 1, Key: "f"}, heard("f", ""), []workflows.File{{Name: "a.log", Data: []byte("certificate has expired\n")}})
		},
		"unread": func() error {
			return b.TakeFiles(ctx, workflows.Effect{ID: 1, Key: "f"}, heard("f", ""), []workflows.File{{Name: "a.log", Problem: workflows.FileGone}})
		},
		"certificate": func() error { _, err := b.give(r, leaf.Raw); return err },
		"chain":       func() error { _, err := b.GiveChain(ctx, "", ella, []*x509.Certificate{acme.root}); return err },
		"known":       func() error { _, err := b.RememberedFor(ctx, ella); return err },
	} {
		err := try()
		if !isBroken(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.Store = store
	b.saidIs(t, "after it failed")
	b.later(time.Minute)
	if now := b.show(t, r.ID); now.Version != r.Version || len(now.Decisions) > 0 {
		t.Errorf("changed: %s", now.State)
	}
}

// TestNotThere: what does not exist is said not to, by every step, and nothing is queued.
func TestNotThere(t *testing.T) {
	ctx := context.Background()
	b := supportBench(t)
	for name, try := range map[string]func() error{
		"show": func() error { _, err := b.Show(ctx, ella, "REQ-9"); return err },
		"decide": func() error {
			_, err := b.Decide(ctx, workflows.Decided{By: anselm, Request: "REQ-9", Verdict: workflows.Hold})
			return err
		},
		"cancel":        func() error { _, err := b.Cancel(ctx, "", ella, "REQ-9", ""); return err },
		"ask":           func() error { _, err := b.Ask(ctx, "", anselm, "REQ-9", "why?"); return err },
		"install":       func() error { _, err := b.Install(ctx, "", ella, "REQ-9"); return err },
		"key":           func() error { _, err := b.Release(ctx, "", ella, "REQ-9"); return err },
		"key again":     func() error { _, err := b.AskForKey(ctx, "", ella, "REQ-9", "lost"); return err },
		"key allowed":   func() error { _, err := b.AllowKey(ctx, workflows.Allowed{By: anselm, Request: "REQ-9"}); return err },
		"key reported":  func() error { _, err := b.ReportKey(ctx, workflows.Reported{By: ella, Request: "REQ-9"}); return err },
		"give up":       func() error { _, err := b.GiveUp(ctx, "", ella, "REQ-9"); return err },
		"revoke":        func() error { return b.revoke(anselm, "REQ-9") },
		"revoked":       func() error { _, err := b.RevokedAtCA(ctx, "", anselm, "REQ-9"); return err },
		"stray revoked": func() error { _, err := b.StrayRevoked(ctx, "", anselm, "REQ-9", "00"); return err },
		"settle":        func() error { _, err := b.Settle(ctx, workflows.Settled{By: anselm, Request: "REQ-9"}); return err },
		"renew":         func() error { _, err := b.RenewalOf(ctx, workflows.Started{By: ella}, "REQ-9"); return err },
		"csr": func() error {
			_, csr := b.ownCSR(t, ella)
			b.said(t)
			_, err := b.GiveCSR(ctx, "", ella, "REQ-9", csr)
			return err
		},
		"send":     func() error { _, err := b.Send(ctx, workflows.Sending{By: ella, ID: "C-9"}); return err },
		"page":     func() error { _, _, err := b.Page(ctx, workflows.Paged{By: ella, ID: "C-9"}); return err },
		"reply":    func() error { _, err := b.Reply(ctx, workflows.Replied{By: ella, ID: "C-9"}); return err },
		"take":     func() error { _, err := b.Take(ctx, workflows.Taking{By: ella, ID: "C-9"}); return err },
		"plan":     func() error { return b.PostPlan(ctx, "", ella, "C-9") },
		"tick":     func() error { _, err := b.Tick(ctx, workflows.Ticked{By: ella, Case: "K-9"}); return err },
		"feedback": func() error { _, err := b.Feedback(ctx, "", ella, "K-9", "solved", ""); return err },
		"lesson":   func() error { _, _, err := b.LessonFrom(ctx, ella, "K-9"); return err },
		"review": func() error {
			_, err := b.Review(ctx, workflows.Reviewed{By: ella, ID: "T-9", Approve: true})
			return err
		},
		"teach": func() error {
			_, form := learned(t, b)
			form.Case = "K-9"
			b.said(t)
			_, err := b.Teach(ctx, form)
			return err
		},
	} {
		wants(t, name, try(), workflows.NotFound)
	}
	b.saidIs(t, "about what is not there")
}
