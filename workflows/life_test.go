package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/workflows"
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
	b := newBench(t)
	open, held, raced := b.submitted(t, ella, portal()), b.submitted(t, ella, portal()), b.submitted(t, ella, portal())
	_, err := b.decide(anselm, held, workflows.Hold)
	must(t, err)
	b.later(7*24*time.Hour - time.Hour)
	fresh := b.submitted(t, ella, portal())
	b.told(t)
	must(t, b.Sweep(ctx))
	if got := b.told(t); len(got) > 0 {
		t.Errorf("an hour before: %v", got)
	}

	b.later(time.Hour)
	store := b.Store
	b.Store = &between{Store: store, happens: func() { // after the sweep has read what is due
		b.Store = store
		_, err := b.Cancel(ctx, "", ella, raced.ID, "not needed")
		must(t, err)
	}}
	must(t, b.Sweep(ctx))
	for _, r := range []workflows.Request{open, held} {
		if now := b.show(t, r.ID); now.State != workflows.Expired || now.EndedBy != workflows.Robot || !slices.Contains(b.audited(t, r.ID), "expire") {
			t.Errorf("%s: %s by %s", r.ID, now.State, now.EndedBy)
		}
	}
	if now := b.show(t, raced.ID); now.State != workflows.Cancelled || now.EndedBy != ella || slices.Contains(b.audited(t, raced.ID), "expire") {
		t.Errorf("ended by its requester meanwhile: %s by %s", now.State, now.EndedBy)
	}
	if now := b.show(t, fresh.ID); now.State != workflows.Submitted {
		t.Errorf("not due: %s", now.State)
	}
	if got := b.told(t); !slices.Equal(got, []string{"tell:expired", "tell:expired"}) {
		t.Errorf("told %v", got)
	}
	must(t, b.Sweep(ctx))
	if got := b.told(t); len(got) > 0 {
		t.Errorf("told again: %v", got)
	}
	b.work(t)
	for _, r := range []workflows.Request{open, held, raced} {
		if !slices.Contains(b.audited(t, r.ID), "key.destroy") {
			t.Errorf("the key of %s stays", r.ID)
		}
	}
	if slices.Contains(b.audited(t, fresh.ID), "key.destroy") {
		t.Error("a key that is needed is destroyed")
	}
}

// TestQuestions: who may ask and answer, what is refused by its field, and what is kept.
func TestQuestions(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	_, err := b.Answer(ctx, "", ella, r.ID, "because")
	refusedWith(t, err, workflows.Illegal, "workflows.refuse.nothing_asked")
	key := string(pemKey(t, newCA(t, "Acme").rootKey))
	for name, text := range map[string]string{"form.problem.required": " \n", "workflows.problem.private_key": key, "workflows.problem.reason_long": strings.Repeat("é", 2001)} {
		_, err = b.Ask(ctx, "", anselm, r.ID, text)
		refusedWith(t, err, workflows.Invalid, name)
	}
	own := b.submitted(t, anselm, portal())
	_, err = b.Ask(ctx, "", anselm, own.ID, "why do I want it?")
	refusedWith(t, err, workflows.Forbidden, "workflows.refuse.own_request")
	_, err = b.Ask(ctx, "", stranger, r.ID, "why?")
	wants(t, "another workspace", err, workflows.Forbidden)
	b.told(t)

	_, err = b.Ask(ctx, "q", anselm, r.ID, "Is password=hunter2secret the one?")
	must(t, err)
	_, err = b.Answer(ctx, "a", ella, r.ID, "No, token=hunter2secret is.")
	must(t, err)
	r = b.show(t, r.ID)
	if len(r.Questions) != 1 || r.Questions[0].By != anselm || r.Questions[0].Answer == "" || strings.Contains(fmt.Sprint(r.Questions), "hunter2") {
		t.Errorf("%+v", r.Questions)
	}
	asked := []string{}
	for _, n := range b.queue(t, workflows.Notify) {
		if n.Kind == workflows.KindAsk || n.Kind == workflows.KindAnswer {
			asked = append(asked, fmt.Sprint(n.Kind, n.Request, n.Index))
		}
	}
	if !slices.Equal(asked, []string{"ask" + string(r.ID) + "0", "answer" + string(r.ID) + "0"}) {
		t.Errorf("told %v", asked)
	}
	_, err = b.decide(bolin, r, workflows.Hold)
	must(t, err)
	_, err = b.Ask(ctx, "", bolin, r.ID, "And the other one?") // it waits, and may be asked about
	must(t, err)
	for range 48 {
		_, err = b.Ask(ctx, "", bolin, r.ID, "And?")
		must(t, err)
	}
	_, err = b.Ask(ctx, "", bolin, r.ID, "And?")
	wants(t, "the 51st question", err, workflows.Invalid)
	_, err = b.decide(bolin, b.show(t, r.ID), workflows.Reject)
	must(t, err)
	_, err = b.Answer(ctx, "", ella, r.ID, "late")
	refusedWith(t, err, workflows.Conflict, "workflows.refuse.already.rejected")
	if got := b.audited(t, r.ID); !slices.Contains(got, "refuse:ask") || !slices.Contains(got, "ask") || !slices.Contains(got, "answer") {
		t.Errorf("the record has %v", got)
	}
}

// TestCancelReason: what is kept of the reason is without secrets, and bounded.
func TestCancelReason(t *testing.T) {
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	_, err := b.Cancel(context.Background(), "", ella, r.ID, " password=hunter2secret "+strings.Repeat("é", 3000))
	must(t, err)
	r = b.show(t, r.ID)
	if r.State != workflows.Cancelled || r.EndedBy != ella || strings.Contains(r.EndReason, "hunter2") || len([]rune(r.EndReason)) != 2000 {
		t.Errorf("%s by %s: %d characters", r.State, r.EndedBy, len([]rune(r.EndReason)))
	}
}

// TestRedraw: a click on an old copy has the cards drawn anew, once a version, and changes
// nothing.
func TestRedraw(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	r := b.submitted(t, ella, portal())
	c := b.diagnosed(t, ella, "1.1", "certificate has expired")
	b.said(t)
	for range 2 {
		must(t, b.Redraw(ctx, r.ID))
		must(t, b.RedrawCase(ctx, c.ID))
	}
	b.saidIs(t, "clicked twice", "cards "+workflows.Again, "case "+workflows.Again)
	_, err := b.decide(anselm, r, workflows.Hold)
	must(t, err)
	c, err = b.Tick(ctx, workflows.Ticked{By: ella, Case: c.ID, Cause: "expired", Done: true})
	must(t, err)
	b.said(t)
	must(t, b.Redraw(ctx, r.ID))
	must(t, b.RedrawCase(ctx, c.ID))
	b.saidIs(t, "a later version", "cards "+workflows.Again, "case "+workflows.Again)
	if now := b.show(t, r.ID); now.Version != r.Version+1 {
		t.Errorf("version %d after %d", now.Version, r.Version)
	}
	wants(t, "no such request", b.Redraw(ctx, "REQ-99"), workflows.NotFound)
	wants(t, "no such case", b.RedrawCase(ctx, "K-none"), workflows.NotFound)
}
