package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestAClosedChannelIsToldOnce: one outage is one notice, however much waits for it and
// whatever process looks; another reason, and the next outage, are others.
func TestAClosedChannelIsToldOnce(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	var told []string
	close := func(why string) bool {
		t.Helper()
		news, err := b.CloseChannel(ctx, "C1", why, func(key string) []workflows.Effect {
			told = append(told, key)
			return []workflows.Effect{workflows.NotifyOperators(key, certs.T("x"))}
		})
		workbench.Must(t, err)
		b.Later(time.Minute)
		return news
	}
	news := []bool{close("not_in_channel"), close("not_in_channel"), close("is_archived"), close("is_archived")}
	closed, err := workflows.Closed(ctx, b.Store)
	workbench.Must(t, err)
	if c := closed["C1"]; len(closed) != 1 || c.Why != "is_archived" || c.Since.IsZero() {
		t.Errorf("%+v", closed)
	}
	was, err := b.OpenChannel(ctx, "C1")
	workbench.Must(t, err)
	again, err := b.OpenChannel(ctx, "C1")
	workbench.Must(t, err)
	if news = append(news, was, again, close("is_archived")); !slices.Equal(news, []bool{true, false, true, false, true, false, true}) {
		t.Errorf("%v", news)
	}
	slices.Sort(told)
	if n := len(slices.Compact(told)); n != 3 {
		t.Errorf("%d notices: %q", n, told)
	}
}

// TestARequestWhoseCardWaits says so, and tells its requester once; what is decided or ended
// without its card waits for none.
func TestARequestWhoseCardWaits(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	why := func(code string) workflows.Text { return certs.T("workflows.trouble.channel."+code, "Channel", "C1") }
	r, other := b.Submitted(t, workbench.Ella, workbench.Portal()), b.Submitted(t, workbench.Ella, workbench.Portal())
	b.Told(t)
	for _, code := range []string{"not_in_channel", "not_in_channel", "is_archived"} {
		workbench.Must(t, b.CardWaits(ctx, r.ID, why(code)))
	}
	if got := b.Told(t); !slices.Equal(got, []string{"tell:trouble"}) {
		t.Errorf("told %q", got)
	}
	hash := r.Hash()
	r = b.Show(t, r.ID)
	if r.Trouble.Text.Key != "workflows.trouble.channel.is_archived" || r.Hash() != hash { // what was clicked on still counts
		t.Errorf("%+v", r.Trouble)
	}
	workbench.Must(t, b.CardStands(ctx, r.ID))
	if r = b.Show(t, r.ID); !r.Trouble.IsZero() {
		t.Errorf("its card stands, and it says %+v", r.Trouble)
	}
	workbench.Must(t, b.CardWaits(ctx, r.ID, why("is_archived")))
	workbench.Must(t, b.CardWaits(ctx, other.ID, why("is_archived")))
	_, err := b.Decide(workbench.Anselm, b.Show(t, r.ID), workflows.Approve)
	workbench.Must(t, err)
	_, err = b.Issuance.Cancel(ctx, "", workbench.Ella, other.ID, "")
	workbench.Must(t, err)
	for _, id := range []workflows.RequestID{r.ID, other.ID} {
		workbench.Must(t, b.CardWaits(ctx, id, why("not_in_channel"))) // a delivery of before is late
		if r := b.Show(t, id); !r.Trouble.IsZero() {
			t.Errorf("%s is %s, and waits for a card: %+v", id, r.State, r.Trouble)
		}
	}
}

// TestLostCards: what approvers could decide on and have no card of is drawn where their
// policy has its channel, once a version.
func TestLostCards(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	ended := b.Submitted(t, workbench.Ella, workbench.Portal())
	_, err := b.Issuance.Cancel(ctx, "", workbench.Ella, ended.ID, "")
	workbench.Must(t, err)
	lost := func(posted bool) (drawn []workflows.RequestID) {
		t.Helper()
		b.Queue(t, workflows.Notify)
		_, err := b.LostCards(ctx, func(workflows.Card) bool { return posted })
		workbench.Must(t, err)
		for _, n := range b.Queue(t, workflows.Notify) {
			drawn = append(drawn, n.Request)
		}
		return drawn
	}
	here := b.ChannelOf(r)
	workbench.Must(t, workflows.Commit(ctx, b.Store, workflows.Change{Cards: []workflows.Card{{Subject: string(r.ID), Kind: "approval", Channel: here}}}))
	if got := lost(true); len(got) > 0 {
		t.Errorf("%v have one", got)
	}
	if got := lost(false); !slices.Equal(got, []workflows.RequestID{r.ID}) {
		t.Errorf("drawn are %v", got)
	}
	if got := lost(false); len(got) > 0 {
		t.Errorf("drawn again are %v", got)
	}
	b.Policies[0].Channel = "C0ELSEWHERE"
	if got := lost(true); !slices.Equal(got, []workflows.RequestID{r.ID}) {
		t.Errorf("in another channel are drawn %v", got)
	}
	b.Policies[0].Name = "gone"
	orphans, err := b.LostCards(ctx, func(workflows.Card) bool { return false })
	if err != nil || len(orphans) != 1 || orphans[0].ID != r.ID {
		t.Errorf("%v, %v", orphans, err)
	}
}
