package main

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"countersign/triage"
	"countersign/triage/llm"
	"countersign/triage/probe"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// supportMeter counts looks and calls of the model.
type supportMeter struct {
	looks *prometheus.CounterVec
	calls *prometheus.CounterVec
}

func newSupportMeter() *supportMeter {
	m := &supportMeter{
		looks: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_probes_total",
			Help: "Live connections that people asked for, by how far they got: refused, resolve, connect, starttls, handshake, done."}, []string{"stage"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_model_calls_total",
			Help: "What the model was asked for, and what became of it: ok, none, endpoint, refused by the gate, budget, material."}, []string{"task", "outcome"}),
	}
	// From the first scrape on, so that a rate over them has a beginning.
	m.looks.WithLabelValues(string(probe.Done))
	for _, task := range []string{"explain", "rank", "suggest", "ask", "fields"} {
		m.calls.WithLabelValues(task, "ok")
	}
	return m
}

// countedProber counts what comes of looks.
type countedProber struct {
	probe.Prober
	meter *supportMeter
}

func (p countedProber) Look(ctx context.Context, t probe.Target) []probe.Result {
	out := p.Prober.Look(ctx, t)
	for _, r := range out {
		p.meter.looks.WithLabelValues(string(r.Stage)).Inc()
	}
	return out
}

// model is the assistant as the workflows know it.
type model struct {
	a     *llm.Assistant
	say   triage.Say
	meter *supportMeter
}

func (m model) count(task string, err error, got bool) {
	outcome := "ok"
	switch {
	case errors.Is(err, llm.ErrGate):
		outcome = "refused"
	case errors.Is(err, llm.ErrBudget):
		outcome = "budget"
	case errors.Is(err, llm.ErrMaterial):
		outcome = "material"
	case err != nil:
		outcome = "endpoint"
	case !got:
		outcome = "none"
	}
	m.meter.calls.WithLabelValues(task, outcome).Inc()
}

func (m model) Explain(ctx context.Context, id string, a triage.Answer, lang string) (string, error) {
	text, err := m.a.Explain(ctx, id, a, lang, m.say)
	m.count("explain", err, text != "")
	return text, err
}

func (m model) Likeliest(ctx context.Context, id string, a triage.Answer) (string, error) {
	order, err := m.a.Rank(ctx, id, a, m.say)
	m.count("rank", err, len(order) > 0)
	if err != nil || len(order) == 0 {
		return "", err
	}
	return order[0], nil
}

func (m model) Suggest(ctx context.Context, id string, kb *triage.KB, text string) (string, triage.Evidence, error) {
	got, err := m.a.Suggest(ctx, id, kb, text)
	m.count("suggest", err, got != nil)
	if err != nil || got == nil {
		return "", triage.Evidence{}, err
	}
	return got.Cause.ID, got.Evidence, nil
}

func (m model) Ask(ctx context.Context, id string, a triage.Answer, lang string) (string, error) {
	q, err := m.a.NextQuestion(ctx, id, a, lang, m.say)
	m.count("ask", err, q.Text != "")
	return q.Text, err
}

func (m model) Fields(ctx context.Context, id, text string, fields []intake.Wanted) (map[string]workflows.Proposal, error) {
	wanted := make([]llm.Field, len(fields))
	for i, f := range fields {
		wanted[i] = llm.Field{Key: f.Key, Label: f.Label, Options: f.Options, Many: f.Many}
	}
	got, err := m.a.ProposeFields(ctx, id, text, wanted)
	m.count("fields", err, len(got) > 0)
	out := make(map[string]workflows.Proposal, len(got))
	for key, p := range got {
		out[key] = workflows.Proposal{Field: key, Values: p.Values, Quote: p.Quote}
	}
	return out, err
}

func (m model) Spent() string { return m.a.Ledger() }
