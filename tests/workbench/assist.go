package workbench

import (
	"context"
	"errors"
	"testing"

	"countersign/triage"
	"countersign/workflows"
)

// Speaker is a model that says as scripted, and keeps what it was asked.
type Speaker struct {
	Reader
	Explains, Pick, Suggests, Asks string
	Found                          triage.Evidence
	Fails                          bool
	While                          func() // what happens while it thinks
	Calls                          []string
	Rivals                         int
	Given                          string
}

func (m *Speaker) call(name, says string) (string, error) {
	m.Calls = append(m.Calls, name)
	if m.While != nil {
		m.While()
	}
	if m.Fails {
		return "", errors.New("it has nothing to say")
	}
	return says, nil
}

func (m *Speaker) Explain(context.Context, string, triage.Answer, string) (string, error) {
	return m.call("explain", m.Explains)
}

func (m *Speaker) Likeliest(_ context.Context, _ string, a triage.Answer) (string, error) {
	m.Rivals = len(a.Findings)
	return m.call("likeliest", m.Pick)
}

func (m *Speaker) Suggest(_ context.Context, _ string, _ *triage.KB, text string) (string, triage.Evidence, error) {
	m.Given = text
	says, err := m.call("suggest", m.Suggests)
	return says, m.Found, err
}

func (m *Speaker) Ask(context.Context, string, triage.Answer, string) (string, error) {
	return m.call("ask", m.Asks)
}

func (b *Bench) Spent(t *testing.T) (kept string) {
	t.Helper()
	Must(t, b.DB.View(context.Background(), func(rd workflows.Reader) (err error) {
		kept, err = rd.Setting(context.Background(), workflows.SpentKey)
		return err
	}))
	return kept
}
