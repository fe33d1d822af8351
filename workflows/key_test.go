package workflows_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/vault/embedded"
	"countersign/workflows"
)

// keyBench has a certificate issued whose key was handed to Ella once.
func keyBench(t *testing.T) (*bench, *handed, workflows.Request) {
	t.Helper()
	b := newBench(t)
	courier := &handed{}
	b.Courier = courier
	r := b.issued(t, ella, portal())
	_, err := b.Release(context.Background(), "", ella, r.ID)
	must(t, err)
	b.work(t)
	return b, courier, b.show(t, r.ID)
}

func (b *bench) issued(t *testing.T, who workflows.Person, a workflows.Answers) workflows.Request {
	t.Helper()
	r := b.submitted(t, who, a)
	_, err := b.decide(anselm, r, workflows.Approve)
	must(t, err)
	b.work(t)
	return b.show(t, r.ID)
}

func (b *bench) show(t *testing.T, id workflows.RequestID) workflows.Request {
	t.Helper()
	r, err := b.Show(context.Background(), anselm, id)
	must(t, err)
	return r
}

// told lists what the requester and others were told about keys, "event" or
// "alarm:kind:whom", and drains it.
func (b *bench) told(t *testing.T) []string {
	t.Helper()
	var all []string
	for {
		e, ok, err := b.db.Claim(context.Background(), workflows.Notify, time.Minute)
		must(t, err)
		if !ok {
			return all
		}
		var body workflows.Body
		must(t, json.Unmarshal(e.Body, &body))
		switch e.Kind {
		case workflows.KindKey:
			all = append(all, body.Event)
		case workflows.KindAlarm:
			all = append(all, "alarm:"+body.Kind+":"+body.Event)
		case workflows.KindTell:
			all = append(all, "tell:"+body.Event)
		}
		must(t, b.db.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Done: []int64{e.ID}}, nil
		}))
	}
}

// audited lists the verbs of a request's record.
func (b *bench) audited(t *testing.T, id workflows.RequestID) []string {
	t.Helper()
	var verbs []string
	must(t, b.db.View(context.Background(), func(rd workflows.Reader) error {
		rows, err := rd.Audit(context.Background(), string(id), 0, 200)
		for _, row := range rows {
			verbs = append(verbs, row.Verb)
		}
		return err
	}))
	return verbs
}

// passes lets time go by in steps, with the work that falls due.
func (b *bench) passes(t *testing.T, all, step time.Duration) {
	t.Helper()
	for ; all > 0; all -= step {
		b.later(step)
		b.work(t)
	}
}

func open(t *testing.T, c *embedded.Custody, h workflows.Handover) {
	t.Helper()
	key, err := c.Open(h.Secret)
	must(t, err)
	clear(key)
}

// TestHandoverIsFollowed: what becomes of a hand-over is found out and told, once,
// whatever it is.
func TestHandoverIsFollowed(t *testing.T) {
	t.Run("opened", func(t *testing.T) {
		b, courier, r := keyBench(t)
		b.told(t)
		b.passes(t, 30*time.Second, 5*time.Second)
		if got := b.told(t); len(got) > 0 || b.show(t, r.ID).Releases[0].End != "" {
			t.Errorf("before anybody opened it: %v", got)
		}
		open(t, b.custody, courier.last)
		b.passes(t, 15*time.Minute, 5*time.Second)
		h := b.show(t, r.ID).Releases[0]
		if h.End != workflows.EndOpened || h.Opened.IsZero() {
			t.Errorf("%+v", h)
		}
		if got := b.told(t); !slices.Equal(got, []string{"opened"}) {
			t.Errorf("told %v", got)
		}
	})
	t.Run("opened twice", func(t *testing.T) {
		b, courier, r := keyBench(t)
		b.told(t)
		open(t, b.custody, courier.last)
		if _, err := b.custody.Open(courier.last.Secret); err == nil {
			t.Fatal("it opened twice")
		}
		b.passes(t, 15*time.Minute, 5*time.Second)
		if got := b.told(t); !slices.Equal(got, []string{"opened", "again", "alarm:again:approvers", "alarm:again:operators"}) {
			t.Errorf("told %v", got)
		}
		if !slices.Contains(b.audited(t, r.ID), "key.opened_again") {
			t.Error("not in the record")
		}
	})
	t.Run("not opened", func(t *testing.T) {
		b, _, r := keyBench(t)
		b.told(t)
		b.passes(t, 15*time.Minute, 5*time.Second)
		if h := b.show(t, r.ID).Releases[0]; h.End != workflows.EndUnopened {
			t.Errorf("%+v", h)
		}
		if got := b.told(t); !slices.Equal(got, []string{"unopened"}) {
			t.Errorf("told %v", got)
		}
	})
	t.Run("custody away at the end", func(t *testing.T) {
		b, _, r := keyBench(t)
		b.told(t)
		b.Custodies["embedded"] = away{b.custody}
		b.passes(t, 15*time.Minute, 5*time.Second)
		if h := b.show(t, r.ID).Releases[0]; h.End != workflows.EndUnknown {
			t.Errorf("%+v", h)
		}
		if got := b.told(t); !slices.Equal(got, []string{"unknown"}) {
			t.Errorf("told %v", got)
		}
	})
}

// away is a custody that cannot be asked.
type away struct{ *embedded.Custody }

func (away) Opening(context.Context, string) (o certs.Opening, err error) {
	return o, context.DeadlineExceeded
}

func (away) Revoke(context.Context, string) error { return context.DeadlineExceeded }

// TestKeyOnceMore: only with the word of an approver who is not the requester, only to
// the requester, and what was handed over before stops opening.
func TestKeyOnceMore(t *testing.T) {
	ctx := context.Background()
	b, courier, r := keyBench(t)
	first := courier.last
	allow := func(who workflows.Person, ask int) error {
		_, err := b.AllowKey(ctx, workflows.Allowed{By: who, Request: r.ID, Ask: ask, Allow: true})
		return err
	}
	wants(t, "nobody has asked", allow(anselm, 0), workflows.Conflict)
	_, err := b.AskForKey(ctx, "", anselm, r.ID, "for me")
	wants(t, "somebody else asks", err, workflows.Forbidden)
	_, err = b.AskForKey(ctx, "", ella, r.ID, " ")
	wants(t, "no reason", err, workflows.Invalid)
	_, err = b.AskForKey(ctx, "", ella, r.ID, "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----")
	wants(t, "a key as reason", err, workflows.Invalid)
	_, err = b.AskForKey(ctx, "", ella, r.ID, "The disk was reformatted")
	must(t, err)
	_, err = b.AskForKey(ctx, "", ella, r.ID, "Quickly please")
	wants(t, "asked twice", err, workflows.Conflict)
	b.people.groups["pki"] = append(b.people.groups["pki"], ella)
	wants(t, "the requester allows it", allow(ella, 0), workflows.Forbidden)
	b.people.groups["pki"] = []workflows.Person{bolin}
	wants(t, "no approver of it", allow(anselm, 0), workflows.Forbidden)
	wants(t, "another ask", allow(bolin, 1), workflows.Conflict)
	must(t, allow(bolin, 0))
	wants(t, "twice", allow(bolin, 0), workflows.Conflict)
	b.work(t)
	r = b.show(t, r.ID)
	if len(r.Releases) != 2 || r.Releases[1].By != bolin || r.Releases[1].To != ella || r.Releases[0].End != workflows.EndTakenBack {
		t.Errorf("releases %+v", r.Releases)
	}
	if courier.n != 2 || courier.to != ella {
		t.Errorf("carried %d times, to %s", courier.n, courier.to)
	}
	if _, err := b.custody.Open(first.Secret); err == nil {
		t.Error("the first hand-over still opens")
	}
	open(t, b.custody, courier.last)

	_, err = b.AskForKey(ctx, "", ella, r.ID, "Once more")
	must(t, err)
	_, err = b.AllowKey(ctx, workflows.Allowed{By: bolin, Request: r.ID, Ask: 1})
	must(t, err)
	b.work(t)
	if r = b.show(t, r.ID); len(r.Releases) != 2 || r.OpenAsk() >= 0 {
		t.Errorf("refused, and yet %d releases", len(r.Releases))
	}
	verbs := b.audited(t, r.ID)
	for _, want := range []string{"key.ask", "key.allow", "key.release", "key.handed", "key.taken_back", "key.refuse", "refuse:key.allow", "refuse:key.ask"} {
		if !slices.Contains(verbs, want) {
			t.Errorf("%s is not in the record: %v", want, verbs)
		}
	}
}

// TestKeyAlarm: a receiver who did not open it raises the alarm; then nobody gets the key.
func TestKeyAlarm(t *testing.T) {
	ctx := context.Background()
	report := func(b *bench, who workflows.Person, r workflows.Request, kind string) error {
		_, err := b.ReportKey(ctx, workflows.Reported{By: who, Request: r.ID, Kind: kind})
		return err
	}
	stolen := []string{"alarm:%:approvers", "alarm:%:operators", "stolen"}
	sorted := func(list []string, kind string) []string {
		out := []string{}
		for _, s := range list {
			out = append(out, strings.ReplaceAll(s, "%", kind))
		}
		slices.Sort(out)
		return out
	}
	t.Run("already opened", func(t *testing.T) {
		b, courier, r := keyBench(t)
		b.told(t)
		wants(t, "somebody else", report(b, anselm, r, workflows.ReportOpened), workflows.Forbidden)
		must(t, report(b, ella, r, workflows.ReportOpened))
		wants(t, "twice", report(b, ella, r, workflows.ReportOpened), workflows.Conflict)
		b.work(t)
		if got := sorted(b.told(t), ""); !slices.Equal(got, sorted(stolen, "opened")) {
			t.Errorf("told %v", got)
		}
		if _, err := b.custody.Open(courier.last.Secret); err == nil {
			t.Error("it was not taken back")
		}
		_, err := b.AskForKey(ctx, "", ella, r.ID, "again")
		wants(t, "a stolen key again", err, workflows.Illegal)
	})
	t.Run("not me", func(t *testing.T) {
		b, courier, r := keyBench(t)
		_, err := b.AskForKey(ctx, "", ella, r.ID, "lost it")
		must(t, err)
		open(t, b.custody, courier.last) // the thief
		b.passes(t, time.Minute, 5*time.Second)
		b.told(t)
		must(t, report(b, ella, r, workflows.ReportNotMe))
		if got := sorted(b.told(t), ""); !slices.Equal(got, sorted(stolen, "not_me")) {
			t.Errorf("told %v", got)
		}
		_, err = b.AllowKey(ctx, workflows.Allowed{By: bolin, Request: r.ID, Ask: 0, Allow: true})
		wants(t, "allowed after the alarm", err, workflows.Conflict)
	})
	t.Run("does not work, unused", func(t *testing.T) {
		b, courier, r := keyBench(t)
		b.told(t)
		must(t, report(b, ella, r, workflows.ReportNoWork))
		b.work(t)
		if got := b.told(t); !slices.Equal(got, []string{"unused"}) {
			t.Errorf("told %v", got)
		}
		if h := b.show(t, r.ID).Releases[0]; h.End != workflows.EndTakenBack || h.Alarm != nil {
			t.Errorf("%+v", h)
		}
		if _, err := b.custody.Open(courier.last.Secret); err == nil {
			t.Error("it still opens")
		}
		_, err := b.AskForKey(ctx, "", ella, r.ID, "The firewall was closed")
		must(t, err)
	})
	t.Run("does not work, opened", func(t *testing.T) {
		b, courier, r := keyBench(t)
		open(t, b.custody, courier.last)
		b.told(t)
		must(t, report(b, ella, r, workflows.ReportNoWork))
		b.work(t)
		if got := sorted(b.told(t), ""); !slices.Equal(got, sorted(stolen, "no_work")) {
			t.Errorf("told %v", got)
		}
		if h := b.show(t, r.ID).Releases[0]; h.End != workflows.EndOpened || h.Alarm == nil {
			t.Errorf("%+v", h)
		}
	})
	t.Run("does not work, nobody knows", func(t *testing.T) {
		b, _, r := keyBench(t)
		b.told(t)
		b.Custodies["embedded"] = away{b.custody}
		must(t, report(b, ella, r, workflows.ReportNoWork))
		b.passes(t, 20*time.Minute, 10*time.Second)
		if got := b.told(t); !slices.Contains(got, "alarm:no_trace:approvers") || !slices.Contains(got, "stolen") {
			t.Errorf("told %v", got)
		}
	})
	t.Run("too late", func(t *testing.T) {
		b, _, r := keyBench(t)
		b.passes(t, 15*time.Minute, 5*time.Second)
		wants(t, "it ended unopened", report(b, ella, r, workflows.ReportNoWork), workflows.Illegal)
	})
}
