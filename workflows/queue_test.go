package workflows_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/locales"
	"countersign/workflows"
)

// notice is something that is queued to be said or drawn.
type notice struct {
	Kind, Key, Subject string
	Due                time.Time
	workflows.Body
}

// queue takes everything out of a lane that is due, in order.
func (b *bench) queue(t *testing.T, lane workflows.Lane) []notice {
	t.Helper()
	var all []notice
	for {
		e, ok, err := b.db.Claim(context.Background(), lane, time.Minute)
		must(t, err)
		if !ok {
			return all
		}
		body, err := workflows.ReadBody(e)
		must(t, err)
		all = append(all, notice{e.Kind, e.Key, e.Subject, e.Due, body})
		must(t, b.db.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Done: []int64{e.ID}}, nil
		}))
	}
}

// said takes what is queued for people: "kind" or "kind event".
func (b *bench) said(t *testing.T) []string {
	t.Helper()
	all := []string{}
	for _, n := range b.queue(t, workflows.Notify) {
		word := n.Kind
		if n.Event != "" {
			word += " " + n.Event
		}
		all = append(all, word)
	}
	return all
}

// saidIs holds what is queued for people against want, and takes it.
func (b *bench) saidIs(t *testing.T, what string, want ...string) {
	t.Helper()
	if got := b.said(t); !slices.Equal(got, want) {
		t.Errorf("%s: queued for people is %q, want %q", what, got, want)
	}
}

// caseOfID reads a case by its ID.
func (b *bench) caseOfID(t *testing.T, id string) (c workflows.Case) {
	t.Helper()
	must(t, b.db.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.Case(context.Background(), id); return err }))
	return c
}

// diagnosed opens a case of who's at a place of its own.
func (b *bench) diagnosed(t *testing.T, who workflows.Person, thread, text string) workflows.Case {
	t.Helper()
	c, err := b.Diagnose(context.Background(), workflows.Pasted{By: who, Place: workflows.Place{Channel: "C1", Thread: thread}, Lang: "en", Text: text})
	must(t, err)
	return b.caseOfID(t, c.ID)
}

// inEnglish words a text as people read it.
func inEnglish(t *testing.T) func(workflows.Text) string {
	t.Helper()
	cat, err := locales.Load()
	must(t, err)
	return func(x workflows.Text) string { return cat.Text("en", x.Key, x.Args, x.In) }
}

// stranger is somebody of another workspace.
var stranger = workflows.Person{Team: "T2", ID: "U0STRANGER"}

var errBroken = errors.New("the disk is gone")

// isBroken: the store's own error, and nothing that a person is told as theirs.
func isBroken(err error) bool {
	return errors.Is(err, errBroken) && workflows.CodeOf(err) != workflows.NotFound
}
