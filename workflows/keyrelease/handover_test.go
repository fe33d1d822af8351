package keyrelease_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/vault/embedded"
	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

func open(t *testing.T, c *embedded.Custody, h workflows.Handover) {
	t.Helper()
	key, err := c.Open(h.Secret)
	workbench.Must(t, err)
	clear(key)
}

// TestHandoverIsFollowed: what becomes of a hand-over is found out and told, once,
// whatever it is.
func TestHandoverIsFollowed(t *testing.T) {
	t.Run("opened", func(t *testing.T) {
		b, courier, r := workbench.KeyBench(t)
		b.Told(t)
		b.Passes(t, 30*time.Second, 5*time.Second)
		if got := b.Told(t); len(got) > 0 || b.Show(t, r.ID).Releases[0].End != "" {
			t.Errorf("before anybody opened it: %v", got)
		}
		open(t, b.Custody, courier.Last)
		b.Passes(t, 15*time.Minute, 5*time.Second)
		h := b.Show(t, r.ID).Releases[0]
		if h.End != workflows.EndOpened || h.Opened.IsZero() {
			t.Errorf("%+v", h)
		}
		if got := b.Told(t); len(got) > 0 {
			t.Errorf("told %v besides what its message says", got)
		}
		if !slices.Contains(b.Audited(t, r.ID), "key.opened") {
			t.Error("not in the record")
		}
	})
	t.Run("opened twice", func(t *testing.T) {
		b, courier, r := workbench.KeyBench(t)
		b.Told(t)
		open(t, b.Custody, courier.Last)
		if _, err := b.Custody.Open(courier.Last.Secret); err == nil {
			t.Fatal("it opened twice")
		}
		b.Passes(t, 15*time.Minute, 5*time.Second)
		if got := b.Told(t); len(got) > 0 {
			t.Errorf("told %v: a second time is no alarm", got)
		}
		if r = b.Show(t, r.ID); r.Stolen() || r.Releases[0].OpenedAgain.IsZero() {
			t.Errorf("%+v", r.Releases[0])
		}
		if !slices.Contains(b.Audited(t, r.ID), "key.opened_again") {
			t.Error("not in the record")
		}
	})
	t.Run("not opened", func(t *testing.T) {
		b, _, r := workbench.KeyBench(t)
		b.Told(t)
		b.Passes(t, 15*time.Minute, 5*time.Second)
		if h := b.Show(t, r.ID).Releases[0]; h.End != workflows.EndUnopened {
			t.Errorf("%+v", h)
		}
		if got := b.Told(t); len(got) > 0 {
			t.Errorf("told %v", got)
		}
	})
	t.Run("custody away at the end", func(t *testing.T) {
		b, _, r := workbench.KeyBench(t)
		b.Told(t)
		b.Custodies["embedded"] = away{b.Custody}
		b.Passes(t, 15*time.Minute, 5*time.Second)
		if h := b.Show(t, r.ID).Releases[0]; h.End != workflows.EndUnknown {
			t.Errorf("%+v", h)
		}
		if got := b.Told(t); !slices.Equal(got, []string{"unknown"}) {
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
	b, courier, r := workbench.KeyBench(t)
	first := courier.Last
	allow := func(who workflows.Person, ask int) error {
		_, err := b.KeyRelease.AllowKey(ctx, keyrelease.Allowed{By: who, Request: r.ID, Ask: ask, Allow: true})
		return err
	}
	workbench.Wants(t, "nobody has asked", allow(workbench.Anselm, 0), workflows.Conflict)
	_, err := b.KeyRelease.AskForKey(ctx, "", workbench.Anselm, r.ID, "for me")
	workbench.Wants(t, "somebody else asks", err, workflows.Forbidden)
	_, err = b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, " ")
	workbench.Wants(t, "no reason", err, workflows.Invalid)
	_, err = b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----")
	workbench.Wants(t, "a key as reason", err, workflows.Invalid)
	_, err = b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "The disk was reformatted")
	workbench.Must(t, err)
	_, err = b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "Quickly please")
	workbench.Wants(t, "asked twice", err, workflows.Conflict)
	b.People.Groups["pki"] = append(b.People.Groups["pki"], workbench.Ella)
	workbench.Wants(t, "the requester allows it", allow(workbench.Ella, 0), workflows.Forbidden)
	b.People.Groups["pki"] = []workflows.Person{workbench.Bolin}
	workbench.Wants(t, "no approver of it", allow(workbench.Anselm, 0), workflows.Forbidden)
	workbench.Wants(t, "another ask", allow(workbench.Bolin, 1), workflows.Conflict)
	workbench.Must(t, allow(workbench.Bolin, 0))
	workbench.Wants(t, "twice", allow(workbench.Bolin, 0), workflows.Conflict)
	b.Work(t)
	r = b.Show(t, r.ID)
	if len(r.Releases) != 2 || r.Releases[1].By != workbench.Bolin || r.Releases[1].To != workbench.Ella || r.Releases[0].End != workflows.EndTakenBack {
		t.Errorf("releases %+v", r.Releases)
	}
	if courier.N != 2 || courier.To != workbench.Ella {
		t.Errorf("carried %d times, to %s", courier.N, courier.To)
	}
	if _, err := b.Custody.Open(first.Secret); err == nil {
		t.Error("the first hand-over still opens")
	}
	open(t, b.Custody, courier.Last)

	_, err = b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "Once more")
	workbench.Must(t, err)
	_, err = b.KeyRelease.AllowKey(ctx, keyrelease.Allowed{By: workbench.Bolin, Request: r.ID, Ask: 1})
	workbench.Must(t, err)
	b.Work(t)
	if r = b.Show(t, r.ID); len(r.Releases) != 2 || r.OpenAsk() >= 0 {
		t.Errorf("refused, and yet %d releases", len(r.Releases))
	}
	verbs := b.Audited(t, r.ID)
	for _, want := range []string{"key.ask", "key.allow", "key.release", "key.handed", "key.taken_back", "key.refuse", "refuse:key.allow", "refuse:key.ask"} {
		if !slices.Contains(verbs, want) {
			t.Errorf("%s is not in the record: %v", want, verbs)
		}
	}
}

// TestKeyAlarm: a receiver who did not open it raises the alarm; then nobody gets the key.
func TestKeyAlarm(t *testing.T) {
	ctx := context.Background()
	report := func(b *workbench.Bench, who workflows.Person, r workflows.Request, kind string) error {
		_, err := b.KeyRelease.ReportKey(ctx, keyrelease.Reported{By: who, Request: r.ID, Kind: kind})
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
		b, courier, r := workbench.KeyBench(t)
		b.Told(t)
		workbench.Wants(t, "somebody else", report(b, workbench.Anselm, r, workflows.ReportOpened), workflows.Forbidden)
		workbench.Must(t, report(b, workbench.Ella, r, workflows.ReportOpened))
		workbench.Wants(t, "twice", report(b, workbench.Ella, r, workflows.ReportOpened), workflows.Conflict)
		b.Work(t)
		if got := sorted(b.Told(t), ""); !slices.Equal(got, sorted(stolen, "opened")) {
			t.Errorf("told %v", got)
		}
		if _, err := b.Custody.Open(courier.Last.Secret); err == nil {
			t.Error("it was not taken back")
		}
		_, err := b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "again")
		workbench.Wants(t, "a stolen key again", err, workflows.Illegal)
	})
	t.Run("not me", func(t *testing.T) {
		b, courier, r := workbench.KeyBench(t)
		_, err := b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "lost it")
		workbench.Must(t, err)
		open(t, b.Custody, courier.Last) // the thief
		b.Passes(t, time.Minute, 5*time.Second)
		b.Told(t)
		workbench.Must(t, report(b, workbench.Ella, r, workflows.ReportNotMe))
		if got := sorted(b.Told(t), ""); !slices.Equal(got, sorted(stolen, "not_me")) {
			t.Errorf("told %v", got)
		}
		_, err = b.KeyRelease.AllowKey(ctx, keyrelease.Allowed{By: workbench.Bolin, Request: r.ID, Ask: 0, Allow: true})
		workbench.Wants(t, "allowed after the alarm", err, workflows.Conflict)
	})
	t.Run("does not work, unused", func(t *testing.T) {
		b, courier, r := workbench.KeyBench(t)
		b.Told(t)
		workbench.Must(t, report(b, workbench.Ella, r, workflows.ReportNoWork))
		b.Work(t)
		if got := b.Told(t); !slices.Equal(got, []string{"unused"}) {
			t.Errorf("told %v", got)
		}
		if h := b.Show(t, r.ID).Releases[0]; h.End != workflows.EndTakenBack || h.Alarm != nil {
			t.Errorf("%+v", h)
		}
		if _, err := b.Custody.Open(courier.Last.Secret); err == nil {
			t.Error("it still opens")
		}
		_, err := b.KeyRelease.AskForKey(ctx, "", workbench.Ella, r.ID, "The firewall was closed")
		workbench.Must(t, err)
	})
	for name, found := range map[string]func(b *workbench.Bench){
		"does not work, opened":       func(*workbench.Bench) {},
		"does not work, known opened": func(b *workbench.Bench) { b.Passes(t, time.Minute, 5*time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			b, courier, r := workbench.KeyBench(t)
			open(t, b.Custody, courier.Last)
			found(b)
			b.Told(t)
			workbench.Must(t, report(b, workbench.Ella, r, workflows.ReportNoWork))
			b.Work(t)
			if got := b.Told(t); len(got) > 0 {
				t.Errorf("told %v: that it opens once is no alarm", got)
			}
			if h := b.Show(t, r.ID).Releases[0]; h.Opened.IsZero() || h.Doubted.IsZero() || h.Alarm != nil {
				t.Errorf("%+v", h)
			}
			workbench.Wants(t, "once more", report(b, workbench.Ella, r, workflows.ReportNoWork), workflows.Conflict)
			workbench.Must(t, report(b, workbench.Ella, r, workflows.ReportNotMe))
			if got := sorted(b.Told(t), ""); !slices.Equal(got, sorted(stolen, "not_me")) {
				t.Errorf("told %v", got)
			}
		})
	}
	t.Run("does not work, nobody knows", func(t *testing.T) {
		b, _, r := workbench.KeyBench(t)
		b.Told(t)
		b.Custodies["embedded"] = away{b.Custody}
		workbench.Must(t, report(b, workbench.Ella, r, workflows.ReportNoWork))
		b.Passes(t, 20*time.Minute, 10*time.Second)
		if got := b.Told(t); !slices.Contains(got, "alarm:no_trace:approvers") || !slices.Contains(got, "stolen") {
			t.Errorf("told %v", got)
		}
	})
	t.Run("too late", func(t *testing.T) {
		b, _, r := workbench.KeyBench(t)
		b.Passes(t, 15*time.Minute, 5*time.Second)
		workbench.Wants(t, "it ended unopened", report(b, workbench.Ella, r, workflows.ReportNoWork), workflows.Illegal)
	})
}
