package issuance_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/support"
)

// between is a store in which something happens between reading and writing, once.
type between struct {
	workflows.Store
	happens func()
}

func (s *between) Update(ctx context.Context, receipt workflows.Receipt, step func(workflows.Reader) (workflows.Change, error)) error {
	if do := s.happens; do != nil {
		s.happens = nil
		do()
	}
	return s.Store.Update(ctx, receipt, step)
}

// TestSweep: what nobody decided in time ends, its requester is told once, and its key is
// destroyed; what was settled meanwhile stays as it was settled.
func TestSweep(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	open, held, raced := b.Submitted(t, workbench.Ella, workbench.Portal()), b.Submitted(t, workbench.Ella, workbench.Portal()), b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Decide(workbench.Anselm, held, workflows.Hold)
	workbench.Must(t, err)
	b.Later(7*24*time.Hour - time.Hour)
	fresh := b.Submitted(t, workbench.Ella, workbench.Portal())
	b.Told(t)
	workbench.Must(t, b.Issuance.Sweep(ctx))
	if got := b.Told(t); len(got) > 0 {
		t.Errorf("an hour before: %v", got)
	}

	b.Later(time.Hour)
	store := b.Store
	b.Store = &between{Store: store, happens: func() { // after the sweep has read what is due
		b.Store = store
		_, err := b.Issuance.Cancel(ctx, "", workbench.Ella, raced.ID, "not needed")
		workbench.Must(t, err)
	}}
	workbench.Must(t, b.Issuance.Sweep(ctx))
	for _, r := range []workflows.Request{open, held} {
		if now := b.Show(t, r.ID); now.State != workflows.Expired || now.EndedBy != workflows.Robot || !slices.Contains(b.Audited(t, r.ID), "expire") {
			t.Errorf("%s: %s by %s", r.ID, now.State, now.EndedBy)
		}
	}
	if now := b.Show(t, raced.ID); now.State != workflows.Cancelled || now.EndedBy != workbench.Ella || slices.Contains(b.Audited(t, raced.ID), "expire") {
		t.Errorf("ended by its requester meanwhile: %s by %s", now.State, now.EndedBy)
	}
	if now := b.Show(t, fresh.ID); now.State != workflows.Submitted {
		t.Errorf("not due: %s", now.State)
	}
	if got := b.Told(t); !slices.Equal(got, []string{"tell:expired", "tell:expired"}) {
		t.Errorf("told %v", got)
	}
	workbench.Must(t, b.Issuance.Sweep(ctx))
	if got := b.Told(t); len(got) > 0 {
		t.Errorf("told again: %v", got)
	}
	b.Work(t)
	for _, r := range []workflows.Request{open, held, raced} {
		if !slices.Contains(b.Audited(t, r.ID), "key.destroy") {
			t.Errorf("the key of %s stays", r.ID)
		}
	}
	if slices.Contains(b.Audited(t, fresh.ID), "key.destroy") {
		t.Error("a key that is needed is destroyed")
	}
}

// TestQuestions: who may ask and answer, what is refused by its field, and what is kept.
func TestQuestions(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Issuance.Answer(ctx, "", workbench.Ella, r.ID, "because")
	workbench.RefusedWith(t, err, workflows.Illegal, "workflows.refuse.nothing_asked")
	key := string(workbench.PemKey(t, workbench.NewCA(t, "Acme").RootKey))
	for name, text := range map[string]string{"form.problem.required": " \n", "workflows.problem.private_key": key, "workflows.problem.reason_long": strings.Repeat("é", 2001)} {
		_, err = b.Issuance.Ask(ctx, "", workbench.Anselm, r.ID, text)
		workbench.RefusedWith(t, err, workflows.Invalid, name)
	}
	own := b.Submitted(t, workbench.Anselm, workbench.Portal())
	_, err = b.Issuance.Ask(ctx, "", workbench.Anselm, own.ID, "why do I want it?")
	workbench.RefusedWith(t, err, workflows.Forbidden, "workflows.refuse.own_request")
	_, err = b.Issuance.Ask(ctx, "", workbench.Stranger, r.ID, "why?")
	workbench.Wants(t, "another workspace", err, workflows.Forbidden)
	b.Told(t)

	_, err = b.Issuance.Ask(ctx, "q", workbench.Anselm, r.ID, "Is password=hunter2secret the one?")
	workbench.Must(t, err)
	_, err = b.Issuance.Answer(ctx, "a", workbench.Ella, r.ID, "No, token=hunter2secret is.")
	workbench.Must(t, err)
	r = b.Show(t, r.ID)
	if len(r.Questions) != 1 || r.Questions[0].By != workbench.Anselm || r.Questions[0].Answer == "" || strings.Contains(fmt.Sprint(r.Questions), "hunter2") {
		t.Errorf("%+v", r.Questions)
	}
	asked := []string{}
	for _, n := range b.Queue(t, workflows.Notify) {
		if n.Kind == workflows.KindAsk || n.Kind == workflows.KindAnswer {
			asked = append(asked, fmt.Sprint(n.Kind, n.Request, n.Index))
		}
	}
	if !slices.Equal(asked, []string{"ask" + string(r.ID) + "0", "answer" + string(r.ID) + "0"}) {
		t.Errorf("told %v", asked)
	}
	_, err = b.Decide(workbench.Bolin, r, workflows.Hold)
	workbench.Must(t, err)
	_, err = b.Issuance.Ask(ctx, "", workbench.Bolin, r.ID, "And the other one?") // it waits, and may be asked about
	workbench.Must(t, err)
	for range 48 {
		_, err = b.Issuance.Ask(ctx, "", workbench.Bolin, r.ID, "And?")
		workbench.Must(t, err)
	}
	_, err = b.Issuance.Ask(ctx, "", workbench.Bolin, r.ID, "And?")
	workbench.Wants(t, "the 51st question", err, workflows.Invalid)
	_, err = b.Decide(workbench.Bolin, b.Show(t, r.ID), workflows.Reject)
	workbench.Must(t, err)
	_, err = b.Issuance.Answer(ctx, "", workbench.Ella, r.ID, "late")
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.already.rejected")
	if got := b.Audited(t, r.ID); !slices.Contains(got, "refuse:ask") || !slices.Contains(got, "ask") || !slices.Contains(got, "answer") {
		t.Errorf("the record has %v", got)
	}
}

// TestRedraw: a click on an old copy has the cards drawn anew, once a version, and changes
// nothing.
func TestRedraw(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	c := b.Diagnosed(t, workbench.Ella, "1.1", "certificate has expired")
	b.Said(t)
	for range 2 {
		workbench.Must(t, b.Redraw(ctx, r.ID))
		workbench.Must(t, b.RedrawCase(ctx, c.ID))
	}
	b.SaidIs(t, "clicked twice", "cards "+workflows.Afresh, "case "+workflows.Afresh)
	_, err := b.Decide(workbench.Anselm, r, workflows.Hold)
	workbench.Must(t, err)
	c, err = b.Support.Tick(ctx, support.Ticked{By: workbench.Ella, Case: c.ID, Cause: "expired", Done: true})
	workbench.Must(t, err)
	b.Said(t)
	workbench.Must(t, b.Redraw(ctx, r.ID))
	workbench.Must(t, b.RedrawCase(ctx, c.ID))
	b.SaidIs(t, "a later version", "cards "+workflows.Afresh, "case "+workflows.Afresh)
	if now := b.Show(t, r.ID); now.Version != r.Version+1 {
		t.Errorf("version %d after %d", now.Version, r.Version)
	}
	workbench.Wants(t, "no such request", b.Redraw(ctx, "REQ-99"), workflows.NotFound)
	workbench.Wants(t, "no such case", b.RedrawCase(ctx, "K-none"), workflows.NotFound)
}
