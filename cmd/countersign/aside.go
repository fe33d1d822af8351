package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"countersign/triage"
	"countersign/triage/llm"
	"countersign/triage/probe"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// wireAside gives the workflows what the configuration allows of live probes and the
// model, once the store is open: what the model has cost is kept there.
func (a *app) wireAside(ctx context.Context) error {
	a.aside = newAsideMeter()
	p, err := a.cfg.Probe.load()
	if err != nil {
		return err
	}
	if p.On() {
		a.service.Support.Prober = countedProber{p, a.aside}
	}
	c, err := a.cfg.LLM.config()
	if err != nil {
		return err
	}
	err = a.db.View(ctx, func(rd workflows.Reader) (err error) { c.Spent, err = rd.Setting(ctx, workflows.SpentKey); return err })
	if err != nil && workflows.CodeOf(err) != workflows.NotFound {
		return err
	}
	assistant, err := llm.New(c)
	if errors.Is(err, llm.ErrOff) {
		return nil
	}
	if err == nil {
		a.model = assistant
		a.service.UseModel(model{assistant, a.service.Say, a.aside})
	}
	return err
}

// asideMeter counts looks and calls of the model.
type asideMeter struct {
	looks *prometheus.CounterVec
	calls *prometheus.CounterVec
}

func newAsideMeter() *asideMeter {
	m := &asideMeter{
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
	meter *asideMeter
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
	meter *asideMeter
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

var (
	descTokens = prometheus.NewDesc("countersign_model_tokens_today", "Tokens that the model has used today (UTC), calls under way at their most.", nil, nil)
	descCost   = prometheus.NewDesc("countersign_model_cost_today", "What the model has cost today, in the currency of the configured prices.", nil, nil)
)

// collectModel gives what the model has used.
func (a *app) collectModel(gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	spent := a.model.Spent() // nothing without a model
	gauge(descTokens, float64(spent.Tokens))
	gauge(descCost, float64(spent.Cost)/1e6)
}

// aside looks at the files and the endpoint of live probes and the model.
func (x *examination) aside() {
	if len(x.cfg.Probe.Allow) > 0 {
		_, err := x.cfg.Probe.load()
		x.told("probe", err, x.c.say("cli.doctor.probe", "Count", strconv.Itoa(len(x.cfg.Probe.Allow))))
	}
	c, err := x.cfg.LLM.config()
	if c.URL == "" {
		return
	}
	var assistant *llm.Assistant
	if err == nil {
		assistant, err = llm.New(c)
	}
	if err == nil {
		ctx, done := context.WithTimeout(x.c.ctx, patience)
		defer done()
		if why := assistant.Try(ctx); why != nil {
			x.say("model", false, x.c.say("cli.doctor.model_no", "URL", c.URL, "Model", c.Model, "Why", why.Error()))
			return
		}
	}
	x.told("model", err, x.c.say("cli.doctor.model", "URL", c.URL, "Model", c.Model))
}
