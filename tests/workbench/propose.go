package workbench

import (
	"context"
	"errors"
	"testing"

	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// Reader is a model that reads as scripted, and keeps what it was asked.
type Reader struct {
	Says   map[string]workflows.Proposal
	Err    error
	During func() // what happens while it thinks
	Texts  []string
	Wanted [][]intake.Wanted
}

func (m *Reader) Explain(context.Context, string, triage.Answer, string) (string, error) {
	return "", errors.New("it has nothing to say")
}

func (m *Reader) Likeliest(context.Context, string, triage.Answer) (string, error) {
	return "", errors.New("it has nothing to say")
}

func (m *Reader) Suggest(context.Context, string, *triage.KB, string) (string, triage.Evidence, error) {
	return "", triage.Evidence{}, errors.New("it has nothing to say")
}

func (m *Reader) Ask(context.Context, string, triage.Answer, string) (string, error) {
	return "", errors.New("it has nothing to say")
}

func (m *Reader) Fields(_ context.Context, _, text string, fields []intake.Wanted) (map[string]workflows.Proposal, error) {
	m.Texts, m.Wanted = append(m.Texts, text), append(m.Wanted, fields)
	if m.During != nil {
		m.During()
	}
	return m.Says, m.Err
}

func (m *Reader) Spent() string { return `{"day":"2026-01-01"}` }

var InThread = workflows.Place{Channel: "C1", Thread: "1.0"}

// Begun is a conversation that began with a text, as it is after the model has read it.
func (b *Bench) Begun(t *testing.T, text string) workflows.Conversation {
	t.Helper()
	c, err := b.Intake.Start(context.Background(), intake.Started{By: Ella, Place: InThread, Lang: "en", Text: text})
	Must(t, err)
	b.Aside(t)
	return b.Conversation(t, c.ID)
}

func (b *Bench) Conversation(t *testing.T, id string) workflows.Conversation {
	t.Helper()
	c, err := b.Intake.Conversation(context.Background(), Ella, id)
	Must(t, err)
	return c
}
