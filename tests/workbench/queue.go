package workbench

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/locales"
	"countersign/workflows"
	"countersign/workflows/support"
)

// Notice is something that is queued to be said or drawn.
type Notice struct {
	Kind, Key, Subject string
	Due                time.Time
	Body
}

// Queue takes everything out of a lane that is due, in order.
func (b *Bench) Queue(t *testing.T, lane workflows.Lane) []Notice {
	t.Helper()
	var all []Notice
	for {
		e, ok, err := b.DB.Claim(context.Background(), lane, time.Minute)
		Must(t, err)
		if !ok {
			return all
		}
		body, err := ReadBody(e)
		Must(t, err)
		all = append(all, Notice{e.Kind, e.Key, e.Subject, e.Due, body})
		Must(t, b.DB.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Done: []int64{e.ID}}, nil
		}))
	}
}

// Said takes what is queued for people: "kind" or "kind event".
func (b *Bench) Said(t *testing.T) []string {
	t.Helper()
	all := []string{}
	for _, n := range b.Queue(t, workflows.Notify) {
		word := n.Kind
		if n.Event != "" {
			word += " " + n.Event
		}
		all = append(all, word)
	}
	return all
}

// SaidIs holds what is queued for people against want, and takes it.
func (b *Bench) SaidIs(t *testing.T, what string, want ...string) {
	t.Helper()
	if got := b.Said(t); !slices.Equal(got, want) {
		t.Errorf("%s: queued for people is %q, want %q", what, got, want)
	}
}

// CaseOfID reads a case by its ID.
func (b *Bench) CaseOfID(t *testing.T, id string) (c workflows.Case) {
	t.Helper()
	Must(t, b.DB.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.Case(context.Background(), id); return err }))
	return c
}

// Diagnosed opens a case of who's at a place of its own.
func (b *Bench) Diagnosed(t *testing.T, who workflows.Person, thread, text string) workflows.Case {
	t.Helper()
	c, err := b.Support.Diagnose(context.Background(), support.Pasted{By: who, Place: workflows.Place{Channel: "C1", Thread: thread}, Lang: "en", Text: text})
	Must(t, err)
	return b.CaseOfID(t, c.ID)
}

// InEnglish words a text as people read it.
func InEnglish(t *testing.T) func(workflows.Text) string {
	t.Helper()
	cat, err := locales.Load()
	Must(t, err)
	return func(x workflows.Text) string { return cat.Text("en", x.Key, x.Args, x.In) }
}

// Stranger is somebody of another workspace.
var Stranger = workflows.Person{Team: "T2", ID: "U0STRANGER"}

var ErrBroken = errors.New("the disk is gone")

// IsBroken reports the store's own error, and nothing that a person is told as theirs.
func IsBroken(err error) bool {
	return errors.Is(err, ErrBroken) && workflows.CodeOf(err) != workflows.NotFound
}
