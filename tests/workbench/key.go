package workbench

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"countersign/workflows"
)

// KeyBench has a certificate issued whose key was handed to Ella once.
func KeyBench(t *testing.T) (*Bench, *Handed, workflows.Request) {
	t.Helper()
	b := New(t)
	courier := &Handed{}
	b.KeyRelease.Courier = courier
	r := b.Issued(t, Ella, Portal())
	_, err := b.KeyRelease.Release(context.Background(), "", Ella, r.ID)
	Must(t, err)
	b.Work(t)
	return b, courier, b.Show(t, r.ID)
}

func (b *Bench) Issued(t *testing.T, who workflows.Person, a workflows.Answers) workflows.Request {
	t.Helper()
	r := b.Submitted(t, who, a)
	_, err := b.Decide(Anselm, r, workflows.Approve)
	Must(t, err)
	b.Work(t)
	return b.Show(t, r.ID)
}

func (b *Bench) Show(t *testing.T, id workflows.RequestID) workflows.Request {
	t.Helper()
	r, err := b.Lists.Show(context.Background(), Anselm, id)
	Must(t, err)
	return r
}

// Told lists what the requester and others were told about keys, "event" or
// "alarm:kind:whom", and drains it.
func (b *Bench) Told(t *testing.T) []string {
	t.Helper()
	var all []string
	for {
		e, ok, err := b.DB.Claim(context.Background(), workflows.Notify, time.Minute)
		Must(t, err)
		if !ok {
			return all
		}
		var body Body
		Must(t, json.Unmarshal(e.Body, &body))
		switch e.Kind {
		case workflows.KindKey:
			all = append(all, body.Event)
		case workflows.KindAlarm:
			all = append(all, "alarm:"+body.Kind+":"+body.Event)
		case workflows.KindNotify:
			all = append(all, "tell:"+body.Event)
		}
		Must(t, b.DB.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Done: []int64{e.ID}}, nil
		}))
	}
}

// Audited lists the verbs of a request's record.
func (b *Bench) Audited(t *testing.T, id workflows.RequestID) []string {
	t.Helper()
	var verbs []string
	Must(t, b.DB.View(context.Background(), func(rd workflows.Reader) error {
		rows, err := rd.Audit(context.Background(), string(id), 0, 200)
		for _, row := range rows {
			verbs = append(verbs, row.Verb)
		}
		return err
	}))
	return verbs
}

// Passes lets time go by in steps, with the work that falls due.
func (b *Bench) Passes(t *testing.T, all, step time.Duration) {
	t.Helper()
	for ; all > 0; all -= step {
		b.Later(step)
		b.Work(t)
	}
}
