package services_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/keyrelease"
	"countersign/workflows/support"
)

// TestMayDecide: before anybody is asked for a reason it is said whether it could count;
// asking decides nothing, and a refusal is recorded.
func TestMayDecide(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	hash := r.Hash()
	for _, v := range []workflows.Verdict{workflows.Approve, workflows.Reject, workflows.Hold} {
		workbench.Must(t, b.Issuance.MayDecide(ctx, workbench.Anselm, r.ID, v, hash))
	}
	for name, no := range map[string]struct {
		who  workflows.Person
		id   workflows.RequestID
		v    workflows.Verdict
		hash string
		code workflows.Code
	}{
		"her own":           {workbench.Ella, r.ID, workflows.Approve, hash, workflows.Forbidden},
		"another workspace": {workbench.Stranger, r.ID, workflows.Reject, hash, workflows.Forbidden},
		"another card":      {workbench.Anselm, r.ID, workflows.Reject, "0123", workflows.Stale},
		"not on hold":       {workbench.Anselm, r.ID, workflows.Resume, hash, workflows.Conflict},
		"no verdict":        {workbench.Anselm, r.ID, "perhaps", hash, workflows.Conflict},
		"no such request":   {workbench.Anselm, "REQ-99", workflows.Approve, hash, workflows.NotFound},
	} {
		workbench.Wants(t, name, b.Issuance.MayDecide(ctx, no.who, no.id, no.v, no.hash), no.code)
	}
	if now := b.Show(t, r.ID); now.Version != r.Version || len(now.Decisions) > 0 {
		t.Errorf("asking decided: %s, %v", now.State, now.Decisions)
	}
	got := b.Audited(t, r.ID)
	for verb, want := range map[string]int{"refuse:approve": 1, "refuse:reject": 2, "refuse:resume": 1} {
		if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != verb })); n != want {
			t.Errorf("%s is recorded %d times: %v", verb, n, got)
		}
	}
}

// TestAdmitted: who may use the bot at all, by every door; the product itself may.
func TestAdmitted(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	b.Support.Group = "support"
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	workbench.Must(t, b.Admit(workbench.Ella))
	workbench.Must(t, b.Admit(workflows.Robot))
	nobody := workflows.Person{Team: "T1", ID: "U0NOBODY"}
	gone := workflows.Person{Team: "T1", ID: "U0GONE"}
	b.People.Known[gone] = workflows.Profile{Person: gone, Deleted: true}
	b.People.Groups["support"], b.People.Groups["pki"] = []workflows.Person{workbench.Stranger, nobody, gone}, []workflows.Person{workbench.Stranger, nobody, gone}
	for _, who := range []workflows.Person{workbench.Stranger, nobody, gone} {
		for name, err := range map[string]error{
			"admit": b.Admit(who), "teach": b.Lessons.MayTeach(who), "review": func() error {
				_, err := b.Lessons.Review(ctx, support.Reviewed{By: who, ID: "T-1", Approve: true})
				return err
			}(),
			"show": func() error { _, err := b.Lists.Show(ctx, who, r.ID); return err }(), "home": func() error { _, err := b.Lists.HomeOf(ctx, who); return err }(),
			"list": func() error { _, err := b.Lists.List(ctx, who, issuance.ListQuery{}); return err }(), "form": func() error { _, err := b.Intake.Conversation(ctx, who, "C-1"); return err }(),
			"files":  b.Inbox.ReceiveFiles(ctx, workflows.Message{By: who}, []string{"F1"}),
			"look":   b.Support.Probe(ctx, "", who, "K-1", "127.0.0.1:443"),
			"csr":    func() error { _, err := b.Issuance.GiveCSR(ctx, "", who, r.ID, nil); return err }(),
			"chain":  func() error { _, err := b.Issuance.GiveChain(ctx, "", who, nil); return err }(),
			"lesson": func() error { _, _, err := b.Lessons.LessonFrom(ctx, who, "K-1"); return err }(),
		} {
			workbench.Wants(t, who.ID+" "+name, err, workflows.Forbidden)
		}
		if no := b.Issuance.MayRevoke(who, r); no == nil || no.Code != workflows.Forbidden {
			t.Errorf("%s may have it revoked: %v", who, no)
		}
	}
	b.Told(t)
	if now := b.Seen(t, workbench.Ella, r.ID); now.Version != r.Version {
		t.Error("somebody who may not use the bot changed a request")
	}
}

// TestHome: everybody sees their own, and what waits for them and nobody else.
func TestHome(t *testing.T) {
	ctx := context.Background()
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	first := b.Submitted(t, workbench.Ella, workbench.Portal())
	own := b.Submitted(t, workbench.Anselm, workbench.Portal())
	held := b.Waiting(t, ca, workbench.Portal())
	held, err := b.Give(held, ca.Sign(t, held, workbench.Shorter), ca.Cert.Raw)
	workbench.Must(t, err)
	owed := b.Waiting(t, ca, workbench.Portal())
	_, err = b.Give(owed, ca.Sign(t, owed, nil), ca.Cert.Raw)
	workbench.Must(t, err)
	workbench.Must(t, b.Revoke(workbench.Anselm, owed.ID))
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workflows.Answers{"product": {"cucm"}}})
	workbench.Must(t, err)

	ids := func(list []workflows.Request) string {
		var out []string
		for _, r := range list {
			out = append(out, string(r.ID))
		}
		slices.Sort(out)
		return fmt.Sprint(out)
	}
	for _, tt := range []struct {
		who                         workflows.Person
		waiting, owed, ends, others []workflows.Request
		open                        string
	}{
		{workbench.Ella, nil, nil, []workflows.Request{owed}, []workflows.Request{first, held}, c.ID},
		{workbench.Anselm, []workflows.Request{first, held}, []workflows.Request{owed}, nil, []workflows.Request{own}, ""},
		{workbench.Bolin, []workflows.Request{first, own, held}, []workflows.Request{owed}, nil, nil, ""},
	} {
		h, err := b.Lists.HomeOf(ctx, tt.who)
		workbench.Must(t, err)
		open := ""
		if h.Open != nil {
			open = h.Open.ID
		}
		waiting, due := workbench.Doing(h, issuance.TaskDecide), workbench.Doing(h, issuance.TaskRevoke)
		if ids(waiting) != ids(tt.waiting) || ids(due) != ids(tt.owed) || ids(h.Ends) != ids(tt.ends) || ids(h.Others) != ids(tt.others) || open != tt.open {
			t.Errorf("%s: waiting %s, owed %s, ends %s, others %s, open %q", tt.who.ID, ids(waiting), ids(due), ids(h.Ends), ids(h.Others), open)
		}
	}
	list, err := b.Lists.List(ctx, workbench.Ella, issuance.ListQuery{Text: "portal"})
	workbench.Must(t, err)
	if list.Count != 3 {
		t.Errorf("her own: %s", ids(list.Requests))
	}
	if list, err = b.Lists.List(ctx, workbench.Bolin, issuance.ListQuery{Text: "portal"}); err != nil || list.Count != 0 {
		t.Errorf("%v: somebody else's are listed: %s", err, ids(list.Requests))
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
	b := workbench.SupportBench(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	k := b.Diagnosed(t, workbench.Ella, "1.1", "certificate has expired")
	acme := workbench.NewCA(t, "Acme")
	_, leaf := acme.Leaf("expe1.example.com")
	b.Said(t)
	store := b.Store
	b.Store = &workbench.Broken{Store: store}
	for name, try := range map[string]func() error{
		"show":     func() error { _, err := b.Lists.Show(ctx, workbench.Ella, r.ID); return err },
		"home":     func() error { _, err := b.Lists.HomeOf(ctx, workbench.Ella); return err },
		"list":     func() error { _, err := b.Lists.List(ctx, workbench.Ella, issuance.ListQuery{}); return err },
		"form":     func() error { _, err := b.Intake.Conversation(ctx, workbench.Ella, "C-1"); return err },
		"start":    func() error { _, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella}); return err },
		"decide":   func() error { _, err := b.Decide(workbench.Anselm, r, workflows.Approve); return err },
		"no right": func() error { _, err := b.Decide(workbench.Stranger, r, workflows.Approve); return err }, // it cannot be recorded
		"sweep":    func() error { return b.Issuance.Sweep(ctx) },
		"relearn":  func() error { return b.Support.Relearn(ctx, nil) },
		"lesson":   func() error { _, _, err := b.Lessons.LessonFrom(ctx, workbench.Ella, k.ID); return err },
		"remedy":   func() error { _, err := b.Inbox.Remedy(ctx, intake.Started{By: workbench.Ella}, k.ID); return err },
		"words":    func() error { return b.Inbox.Receive(ctx, workbench.Directly(workbench.Ella, "D1", "list")) },
		"pasted": func() error {
			return b.Inbox.Receive(ctx, workbench.Directly(workbench.Ella, "D1", string(workbench.PemCerts(leaf))))
		},
		"key": func() error {
			return b.Inbox.Receive(ctx, workbench.Directly(workbench.Ella, "D1", string(workbench.PemKey(t, acme.RootKey))+string(workbench.PemCerts(leaf))))
		},
		"answer": func() error {
			_, err := b.Support.AnswerCase(ctx, "", workbench.Ella, k.ID, "verify-reason", support.Unsure)
			return err
		},
		"files": func() error { return b.Inbox.ReceiveFiles(ctx, workbench.Heard("f", ""), []string{"F1"}) },
		"taken": func() error {
			return b.Inbox.TakeFiles(ctx, workflows.Effect{ID: 1, Key: "f"}, workbench.Heard("f", ""), []workflows.File{{Name: "a.log", Data: []byte("certificate has expired\n")}})
		},
		"unread": func() error {
			return b.Inbox.TakeFiles(ctx, workflows.Effect{ID: 1, Key: "f"}, workbench.Heard("f", ""), []workflows.File{{Name: "a.log", Problem: workflows.FileGone}})
		},
		"certificate": func() error { _, err := b.Give(r, leaf.Raw); return err },
		"chain": func() error {
			_, err := b.Issuance.GiveChain(ctx, "", workbench.Ella, []*x509.Certificate{acme.Root})
			return err
		},
		"known": func() error { _, err := b.Intake.RememberedFor(ctx, workbench.Ella); return err },
	} {
		err := try()
		if !workbench.IsBroken(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.Store = store
	b.SaidIs(t, "after it failed")
	b.Later(time.Minute)
	if now := b.Show(t, r.ID); now.Version != r.Version || len(now.Decisions) > 0 {
		t.Errorf("changed: %s", now.State)
	}
}

// TestNotThere: what does not exist is said not to, by every step, and nothing is queued.
func TestNotThere(t *testing.T) {
	ctx := context.Background()
	b := workbench.SupportBench(t)
	for name, try := range map[string]func() error{
		"show": func() error { _, err := b.Lists.Show(ctx, workbench.Ella, "REQ-9"); return err },
		"decide": func() error {
			_, err := b.Issuance.Decide(ctx, issuance.Decided{By: workbench.Anselm, Request: "REQ-9", Verdict: workflows.Hold})
			return err
		},
		"cancel":    func() error { _, err := b.Issuance.Cancel(ctx, "", workbench.Ella, "REQ-9", ""); return err },
		"ask":       func() error { _, err := b.Issuance.Ask(ctx, "", workbench.Anselm, "REQ-9", "why?"); return err },
		"install":   func() error { _, err := b.Issuance.Install(ctx, "", workbench.Ella, "REQ-9"); return err },
		"key":       func() error { _, err := b.KeyRelease.Release(ctx, "", workbench.Ella, "REQ-9"); return err },
		"key again": func() error { _, err := b.KeyRelease.AskForKey(ctx, "", workbench.Ella, "REQ-9", "lost"); return err },
		"key allowed": func() error {
			_, err := b.KeyRelease.AllowKey(ctx, keyrelease.Allowed{By: workbench.Anselm, Request: "REQ-9"})
			return err
		},
		"key reported": func() error {
			_, err := b.KeyRelease.ReportKey(ctx, keyrelease.Reported{By: workbench.Ella, Request: "REQ-9"})
			return err
		},
		"give up":       func() error { _, err := b.Issuance.GiveUp(ctx, "", workbench.Ella, "REQ-9"); return err },
		"revoke":        func() error { return b.Revoke(workbench.Anselm, "REQ-9") },
		"revoked":       func() error { _, err := b.Issuance.RevokedAtCA(ctx, "", workbench.Anselm, "REQ-9"); return err },
		"stray revoked": func() error { _, err := b.Issuance.UnusedRevoked(ctx, "", workbench.Anselm, "REQ-9", "00"); return err },
		"settle": func() error {
			_, err := b.Issuance.Settle(ctx, issuance.Settled{By: workbench.Anselm, Request: "REQ-9"})
			return err
		},
		"renew": func() error { _, err := b.Inbox.Renew(ctx, intake.Started{By: workbench.Ella}, "REQ-9"); return err },
		"csr": func() error {
			_, csr := b.OwnCSR(t, workbench.Ella)
			b.Said(t)
			_, err := b.Issuance.GiveCSR(ctx, "", workbench.Ella, "REQ-9", csr)
			return err
		},
		"send":  func() error { _, err := b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: "C-9"}); return err },
		"page":  func() error { _, _, err := b.Intake.Page(ctx, intake.Paged{By: workbench.Ella, ID: "C-9"}); return err },
		"reply": func() error { _, err := b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: "C-9"}); return err },
		"take":  func() error { _, err := b.Intake.Take(ctx, intake.Taking{By: workbench.Ella, ID: "C-9"}); return err },
		"plan":  func() error { return b.Intake.PostPlan(ctx, "", workbench.Ella, "C-9") },
		"tick": func() error {
			_, err := b.Support.Tick(ctx, support.Ticked{By: workbench.Ella, Case: "K-9"})
			return err
		},
		"feedback": func() error { _, err := b.Support.Feedback(ctx, "", workbench.Ella, "K-9", "solved", ""); return err },
		"lesson":   func() error { _, _, err := b.Lessons.LessonFrom(ctx, workbench.Ella, "K-9"); return err },
		"review": func() error {
			_, err := b.Lessons.Review(ctx, support.Reviewed{By: workbench.Ella, ID: "T-9", Approve: true})
			return err
		},
		"teach": func() error {
			_, form := workbench.Learned(t, b)
			form.Case = "K-9"
			b.Said(t)
			_, err := b.Lessons.Teach(ctx, form)
			return err
		},
	} {
		workbench.Wants(t, name, try(), workflows.NotFound)
	}
	b.SaidIs(t, "about what is not there")
}
