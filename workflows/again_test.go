package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"countersign/vault"
	"countersign/workflows"
)

// TestAskForKeyEnds: an ask that nobody decides on ends when a decision on a request
// would; who asked is told, and can ask again.
func TestAskForKeyEnds(t *testing.T) {
	ctx := context.Background()
	b, _, r := keyBench(t)
	b.Policies[0].DecideWithin = 2 * 24 * time.Hour
	b.passes(t, 15*time.Minute, 15*time.Second)
	ask := func() error {
		_, err := b.AskForKey(ctx, "", ella, r.ID, "Lost it")
		return err
	}
	allow := func(n int) error {
		_, err := b.AllowKey(ctx, workflows.Allowed{By: anselm, Request: r.ID, Ask: n, Allow: true})
		return err
	}
	must(t, ask())
	b.told(t)
	b.later(47 * time.Hour)
	b.work(t)
	wants(t, "asked twice", ask(), workflows.Conflict)
	b.later(61 * time.Minute)
	wants(t, "allowed too late, before its end was noticed", allow(0), workflows.Conflict)
	b.work(t)
	if got := b.told(t); !slices.Equal(got, []string{"ask_expired"}) {
		t.Errorf("told %v", got)
	}
	if a := b.show(t, r.ID).Asks[0]; a.Closed != workflows.AskExpired || a.By != workflows.Robot || a.Allowed || a.Decided.IsZero() {
		t.Errorf("%+v", a)
	}
	wants(t, "allowed too late", allow(0), workflows.Conflict)

	must(t, ask())
	must(t, allow(1))
	b.work(t)
	b.told(t)
	b.later(72 * time.Hour)
	b.work(t)
	if got := b.told(t); slices.Contains(got, "ask_expired") || !b.show(t, r.ID).Asks[1].Allowed {
		t.Errorf("what was decided on has ended: %v", got)
	}
	if verbs := b.audited(t, r.ID); !slices.Contains(verbs, "key.ask_expired") {
		t.Errorf("the record has %v", verbs)
	}
}

// TestAskForKeyIsOver: nobody is asked about a key whose certificate is taken away.
func TestAskForKeyIsOver(t *testing.T) {
	ctx := context.Background()
	b, _, r := keyBench(t)
	b.passes(t, 15*time.Minute, 15*time.Second)
	_, err := b.AskForKey(ctx, "", ella, r.ID, "Lost it")
	must(t, err)
	must(t, b.revoke(anselm, r.ID))
	b.work(t)
	if a := b.show(t, r.ID).Asks[0]; a.Closed != workflows.AskOver || a.Allowed {
		t.Errorf("%+v", a)
	}
	b.told(t)
	b.later(30 * 24 * time.Hour)
	b.work(t)
	if got := b.told(t); slices.Contains(got, "ask_expired") {
		t.Errorf("its end is told long after: %v", got)
	}
}

// TestHandoverTooLate: a custody that comes back long after somebody asked for a key
// hands nothing over; asked again it does, and no second person is needed.
func TestHandoverTooLate(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	courier := &handed{}
	b.Courier = courier
	r := b.issued(t, ella, portal())
	b.Custodies["embedded"] = asleep{b.custody}
	_, err := b.Release(ctx, "", ella, r.ID)
	must(t, err)
	b.passes(t, 20*time.Minute, 2*time.Minute)
	b.told(t)
	b.Custodies["embedded"] = b.custody
	b.passes(t, 10*time.Minute, 2*time.Minute)
	if got := b.told(t); !slices.Equal(got, []string{"tell:key_late"}) || len(b.show(t, r.ID).Releases) > 0 || courier.last.Secret != "" || !b.show(t, r.ID).Trouble.IsZero() {
		t.Errorf("told %v, %+v", got, b.show(t, r.ID).Releases)
	}
	_, err = b.Release(ctx, "", ella, r.ID)
	must(t, err)
	b.work(t)
	open(t, b.custody, courier.last)
}

// asleep is a custody that cannot be reached for a hand-over.
type asleep struct{ workflows.Custody }

func (asleep) Release(context.Context, string) (workflows.Handover, error) {
	return workflows.Handover{}, vault.Wait(nil, "vault.sealed")
}

// TestOperatorsAreTold: work that waits is told to the operators once, when it is no blip,
// also what no card shows.
func TestOperatorsAreTold(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	b.Custodies["embedded"] = asleep{b.custody}
	var all []string
	told := func() []string {
		for {
			e, ok, err := b.db.Claim(ctx, workflows.Notify, time.Minute)
			must(t, err)
			if !ok {
				return all
			}
			if e.Kind == workflows.KindWaits {
				body, err := workflows.ReadBody(e)
				must(t, err)
				all = append(all, body.Kind+" "+body.Text.Key)
			}
			must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
		}
	}
	for range 2 { // of two that wait for the same, one is told
		r := b.submitted(t, ella, portal())
		_, err := b.Cancel(ctx, "", ella, r.ID, "")
		must(t, err)
	}
	b.passes(t, 10*time.Second, time.Second)
	if got := told(); len(got) > 0 {
		t.Errorf("told of a blip: %v", got)
	}
	b.passes(t, 2*time.Minute, 2*time.Second)
	if got := told(); len(got) == 0 || len(got) > 2 || got[0] != "destroy vault.sealed" { // two, when a full hour lies between
		t.Errorf("told %v", got)
	}
}

func (asleep) Destroy(context.Context, string) error { return vault.Wait(nil, "vault.sealed") }
