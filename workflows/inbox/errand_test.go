package inbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/inbox"
)

// finished are the answers to workflows that are queued.
func finished(t *testing.T, b *workbench.Bench) (out []workflows.FinishErrand) {
	t.Helper()
	for {
		e, ok, err := b.DB.Claim(context.Background(), workflows.Notify, time.Minute)
		workbench.Must(t, err)
		if !ok {
			return out
		}
		if e.Kind == workflows.KindErrand {
			p, err := workflows.ReadPayload[workflows.FinishErrand](e)
			workbench.Must(t, err)
			out = append(out, p)
		}
		workbench.Must(t, workflows.Commit(context.Background(), b.DB, workflows.Change{Done: []int64{e.ID}}))
	}
}

// TestErrandWaits: a workflow that waits for a decision is told of none before it was made, and
// of one that was made at once; the same run twice is one.
func TestErrandWaits(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	finished(t, b)
	for range 2 {
		for _, id := range []string{"Fx1", "Fx2"} {
			workbench.Must(t, b.Inbox.RunErrand(ctx, inbox.Errand{ID: id, By: workbench.Ella, Request: r.ID}))
		}
	}
	var waiting []string
	workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) (err error) {
		waiting, err = workflows.Errands(ctx, rd, string(r.ID))
		return err
	}))
	if got := finished(t, b); len(got) > 0 || strings.Join(waiting, " ") != "Fx1 Fx2" {
		t.Fatalf("told %v, waiting %v", got, waiting)
	}
	_, err := b.Decide(workbench.Anselm, b.Show(t, r.ID), workflows.Reject)
	workbench.Must(t, err)
	workbench.Must(t, b.Inbox.RunErrand(ctx, inbox.Errand{ID: "Fx3", By: workbench.Ella, Request: r.ID}))
	if got := finished(t, b); len(got) != 1 || got[0].Errand != "Fx3" || got[0].Request != r.ID {
		t.Errorf("after the decision told %v", got)
	}
}

// TestErrandRefused: nothing is done in the name of who may not use the bot, and its workflow is
// told why.
func TestErrandRefused(t *testing.T) {
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	finished(t, b)
	stranger := workflows.Person{Team: "T2", ID: "U0ELLA"}
	for i, in := range []inbox.Errand{{By: stranger, Said: "a certificate"}, {By: stranger, Request: r.ID}, {By: workflows.Person{}, Said: "a certificate"}} {
		in.ID = "Fx" + string(rune('1'+i))
		if err := b.Inbox.RunErrand(context.Background(), in); workflows.CodeOf(err) != workflows.Forbidden {
			t.Errorf("%+v: %v", in, err)
		}
		if got := finished(t, b); len(got) != 1 || got[0].Errand != in.ID || got[0].Refused == nil {
			t.Errorf("%+v: told %v", in, got)
		}
	}
}

// TestErrandSaysNothing: what a workflow says is no word of the person in whose name it runs: it
// begins a conversation, without its secrets, whatever it says.
func TestErrandSaysNothing(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	finished(t, b)
	at := workflows.Place{Channel: "D1"}
	for i, said := range []string{"cancel REQ-1", "revoke REQ-1, the key was stolen", "password=hunter2-of-ella", "list"} {
		id := "Fx" + string(rune('1'+i))
		workbench.Must(t, b.Inbox.RunErrand(ctx, inbox.Errand{ID: id, By: workbench.Ella, Lang: "en", Said: said}))
		e, ok, err := b.DB.Claim(ctx, workflows.Notify, time.Minute)
		if err != nil || !ok || e.Kind != workflows.KindDirect || strings.Contains(string(e.Body), "hunter2") {
			t.Fatalf("%+v %v %v", e, ok, err)
		}
		body, err := workflows.ReadPayload[workflows.Direct](e)
		workbench.Must(t, err)
		for range 2 {
			workbench.Must(t, b.Inbox.TakeDirect(ctx, e, body, workflows.Message{By: workbench.Ella, Place: at, Lang: "en", Text: body.Said, Direct: true}))
		}
		workbench.Must(t, workflows.Commit(ctx, b.DB, workflows.Change{Done: []int64{e.ID}}))
		c, open := b.OpenAt(t, workbench.Ella, "D1")
		var waiting []string
		workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) (err error) { waiting, err = workflows.Errands(ctx, rd, c.ID); return err }))
		if !open || strings.Join(waiting, " ") != id {
			t.Errorf("%q: open %v, waiting %v", said, open, waiting)
		}
		finished(t, b)
	}
	if now := b.Show(t, r.ID); now.State != workflows.Submitted || len(now.RevocationAsks) > 0 {
		t.Errorf("the request is %s", now.State)
	}
}
