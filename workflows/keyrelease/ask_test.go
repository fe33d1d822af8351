package keyrelease_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/vault"
	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

// TestAskForKeyEnds: an ask that nobody decides on ends when a decision on a request
// would; who asked is told, and can ask again.
func TestAskForKeyEnds(t *testing.T) {
	ctx := context.Background()
	b, _, r := workbench.KeyBench(t)
	b.Policies[0].DecideWithin = 2 * 24 * time.Hour
	b.Passes(t, 15*time.Minute, 15*time.Second)
	ask := func() error {
		_, err := b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "Lost it")
		return err
	}
	allow := func(n int) error {
		_, err := b.KeyRelease.AllowKey(ctx, keyrelease.Allowed{By: workbench.Anselm, Request: r.ID, Ask: n, Allow: true})
		return err
	}
	workbench.Must(t, ask())
	b.Told(t)
	b.Later(47 * time.Hour)
	b.Work(t)
	workbench.Wants(t, "asked twice", ask(), workflows.Conflict)
	b.Later(61 * time.Minute)
	workbench.Wants(t, "allowed too late, before its end was noticed", allow(0), workflows.Conflict)
	b.Work(t)
	if got := b.Told(t); !slices.Equal(got, []string{"ask_expired"}) {
		t.Errorf("told %v", got)
	}
	if a := b.Show(t, r.ID).Asks[0]; a.Closed != workflows.AskExpired || a.By != workflows.Robot || a.Allowed || a.Decided.IsZero() {
		t.Errorf("%+v", a)
	}
	workbench.Wants(t, "allowed too late", allow(0), workflows.Conflict)

	workbench.Must(t, ask())
	workbench.Must(t, allow(1))
	b.Work(t)
	b.Told(t)
	b.Later(72 * time.Hour)
	b.Work(t)
	if got := b.Told(t); slices.Contains(got, "ask_expired") || !b.Show(t, r.ID).Asks[1].Allowed {
		t.Errorf("what was decided on has ended: %v", got)
	}
	if verbs := b.Audited(t, r.ID); !slices.Contains(verbs, "key.ask_expired") {
		t.Errorf("the record has %v", verbs)
	}
}

// TestAskForKeyIsOver: nobody is asked about a key whose certificate is taken away.
func TestAskForKeyIsOver(t *testing.T) {
	ctx := context.Background()
	b, _, r := workbench.KeyBench(t)
	b.Passes(t, 15*time.Minute, 15*time.Second)
	_, err := b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "Lost it")
	workbench.Must(t, err)
	workbench.Must(t, b.Revoke(workbench.Anselm, r.ID))
	b.Work(t)
	if a := b.Show(t, r.ID).Asks[0]; a.Closed != workflows.AskOver || a.Allowed {
		t.Errorf("%+v", a)
	}
	b.Told(t)
	b.Later(30 * 24 * time.Hour)
	b.Work(t)
	if got := b.Told(t); slices.Contains(got, "ask_expired") {
		t.Errorf("its end is told long after: %v", got)
	}
}

// TestHandoverTooLate: a custody that comes back long after somebody asked for a key
// hands nothing over; asked again it does, and no second person is needed.
func TestHandoverTooLate(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	courier := &workbench.Handed{}
	b.KeyRelease.Courier = courier
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	b.Custodies["embedded"] = asleep{b.Custody}
	_, err := b.KeyRelease.Release(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Passes(t, 20*time.Minute, 2*time.Minute)
	b.Told(t)
	b.Custodies["embedded"] = b.Custody
	b.Passes(t, 10*time.Minute, 2*time.Minute)
	if got := b.Told(t); !slices.Equal(got, []string{"tell:key_late"}) || len(b.Show(t, r.ID).Releases) > 0 || courier.Last.Secret != "" || !b.Show(t, r.ID).Trouble.IsZero() {
		t.Errorf("told %v, %+v", got, b.Show(t, r.ID).Releases)
	}
	_, err = b.KeyRelease.Release(ctx, "", workbench.Ella, r.ID)
	workbench.Must(t, err)
	b.Work(t)
	open(t, b.Custody, courier.Last)
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
	b := workbench.New(t)
	b.Custodies["embedded"] = asleep{b.Custody}
	var all []string
	told := func() []string {
		for {
			e, ok, err := b.DB.Claim(ctx, workflows.Notify, time.Minute)
			workbench.Must(t, err)
			if !ok {
				return all
			}
			if e.Kind == workflows.KindWaits {
				body, err := workbench.ReadBody(e)
				workbench.Must(t, err)
				all = append(all, body.Kind+" "+body.Text.Key)
			}
			workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
		}
	}
	for range 2 { // of two that wait for the same, one is told
		r := b.Submitted(t, workbench.Ella, workbench.Portal())
		_, err := b.Issuance.Cancel(ctx, "", workbench.Ella, r.ID, "")
		workbench.Must(t, err)
	}
	b.Passes(t, 10*time.Second, time.Second)
	if got := told(); len(got) > 0 {
		t.Errorf("told of a blip: %v", got)
	}
	b.Passes(t, 2*time.Minute, 2*time.Second)
	if got := told(); len(got) == 0 || len(got) > 2 || got[0] != "destroy vault.sealed" { // two, when a full hour lies between
		t.Errorf("told %v", got)
	}
}

func (asleep) Destroy(context.Context, string) error { return vault.Wait(nil, "vault.sealed") }
