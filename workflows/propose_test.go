package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/triage"
	"countersign/workflows"
)

// reader is a model that reads as scripted, and keeps what it was asked.
type reader struct {
	says   map[string]workflows.Proposal
	err    error
	during func() // what happens while it thinks
	texts  []string
	wanted [][]workflows.Wanted
}

func (m *reader) Explain(context.Context, string, triage.Answer, string) (string, error) {
	return "", errors.New("it has nothing to say")
}

func (m *reader) Likeliest(context.Context, string, triage.Answer) (string, error) {
	return "", errors.New("it has nothing to say")
}

func (m *reader) Suggest(context.Context, string, *triage.KB, string) (string, triage.Evidence, error) {
	return "", triage.Evidence{}, errors.New("it has nothing to say")
}

func (m *reader) Ask(context.Context, string, triage.Answer, string) (string, error) {
	return "", errors.New("it has nothing to say")
}

func (m *reader) Fields(_ context.Context, _, text string, fields []workflows.Wanted) (map[string]workflows.Proposal, error) {
	m.texts, m.wanted = append(m.texts, text), append(m.wanted, fields)
	if m.during != nil {
		m.during()
	}
	return m.says, m.err
}

func (m *reader) Spent() string { return `{"day":"2026-01-01"}` }

// proposal is what a model reads for one field.
func proposal(quote string, values ...string) workflows.Proposal {
	return workflows.Proposal{Values: values, Quote: quote}
}

var inThread = workflows.Place{Channel: "C1", Thread: "1.0"}

const edgeBoxes = "@bot new certificate please, the two boxes at the edge (expe1.example.com, expe2.example.com), the usual gang signs; passphrase=Winter2026!x"

// begun is a conversation that began with a text, as it is after the model has read it.
func (b *bench) begun(t *testing.T, text string) workflows.Conversation {
	t.Helper()
	c, err := b.Start(context.Background(), workflows.Started{By: ella, Place: inThread, Lang: "en", Text: text})
	must(t, err)
	b.aside(t)
	return b.conversation(t, c.ID)
}

func (b *bench) conversation(t *testing.T, id string) workflows.Conversation {
	t.Helper()
	c, err := b.Conversation(context.Background(), ella, id)
	must(t, err)
	return c
}

func marks(list ...workflows.Proposal) (out []string) {
	for _, p := range list {
		out = append(out, p.Mark())
	}
	return out
}

func fields(c workflows.Conversation) []string {
	var out []string
	for _, p := range c.Proposed {
		out = append(out, p.Field)
	}
	return out
}

// TestProposals: what the model reads is held against the form, shown, and an answer
// only when its owner takes it.
func TestProposals(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	m := &reader{says: map[string]workflows.Proposal{
		"product":      proposal("boxes at the edge", "expressway-e"),
		"service":      proposal("certificate", "server"),
		"ca":           proposal("the usual gang", "private"),
		"environment":  proposal("please", "moonbase"),            // no option
		"chat_aliases": proposal("", "boxes.example.com"),         // applies to nothing here
		"version":      proposal("", strings.Repeat("9", 41)),     // longer than the form allows
		"purpose":      proposal("", "the two boxes at the edge"), // a span
		"nodes":        proposal("", "invented.example.net"),      // answered already
	}}
	b.Model = m
	c := b.begun(t, edgeBoxes)
	if got, want := fields(c), []string{"product", "service", "ca", "purpose"}; !slices.Equal(got, want) {
		t.Fatalf("proposed %v, want %v", got, want)
	}
	if len(m.texts) != 1 || strings.Contains(m.texts[0], "Winter2026") || c.Unread != "" {
		t.Errorf("read %q, left %q", m.texts, c.Unread)
	}
	for _, key := range []string{"product", "ca", "purpose"} {
		if c.Answers.Has(key) {
			t.Errorf("%s was taken by itself", key)
		}
	}
	for _, w := range m.wanted[0] {
		if w.Label == "" || strings.HasPrefix(w.Label, "form.") || w.Key == "nodes" || w.Key == "service" && w.Options["tls-server"] != "TLS server" {
			t.Errorf("asked for %+v", w)
		}
	}
	f := b.Form()
	if workflows.Takeable(f, c, c.Proposed[1]) || !workflows.Takeable(f, c, c.Proposed[0]) {
		t.Error("a service can be taken before its product")
	}
	all := marks(c.Proposed...)
	for name, no := range map[string]workflows.Taking{
		"somebody else's":             {By: anselm, ID: c.ID, Marks: all},
		"what was not shown":          {By: ella, ID: c.ID, Marks: []string{"000000000000"}},
		"nothing in particular":       {By: ella, ID: c.ID},
		"a service without a product": {By: ella, ID: c.ID, Marks: marks(c.Proposed[1])},
	} {
		if _, err := b.Take(ctx, no); workflows.CodeOf(err) != workflows.Forbidden && workflows.CodeOf(err) != workflows.Stale {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := workflows.Taking{Receipt: "click", By: ella, ID: c.ID, Marks: marks(c.Proposed[2])}
	c, err := b.Take(ctx, one)
	must(t, err)
	if _, err = b.Take(ctx, one); !errors.Is(err, workflows.ErrSeen) {
		t.Errorf("the same click again: %v", err)
	}
	c = b.conversation(t, c.ID)
	if c.Answers.First("ca") != "private" || !slices.Contains(c.Guessed, "ca") || c.Field != "product" || !slices.Equal(fields(c), []string{"product", "service", "purpose"}) {
		t.Errorf("%+v", c)
	}
	_, err = b.Take(ctx, workflows.Taking{By: ella, ID: c.ID, Marks: all}) // as shown before one was taken
	must(t, err)
	c = b.conversation(t, c.ID)
	if c.Answers.First("product") != "expressway-e" || c.Answers.First("purpose") != "the two boxes at the edge" || len(c.Proposed) != 0 || c.Field != "version" {
		t.Errorf("%+v", c)
	}
}

// TestProposalsStandAside: whatever the model does, the conversation goes on as without.
func TestProposalsStandAside(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	label := func(_, o string) string { return o }
	plain := b.begun(t, edgeBoxes)
	if plain.Unread != "" {
		t.Error("a text is kept for a model that is not there")
	}
	m := &reader{err: errors.New("too slow"), says: map[string]workflows.Proposal{"ca": proposal("the usual gang", "private")}}
	b.Model = m
	c := b.begun(t, edgeBoxes)
	if c.Field != plain.Field || len(c.Proposed) > 0 || c.Unread != "" || len(m.texts) != 1 {
		t.Errorf("after a failure: %+v", c)
	}
	m.err = nil
	m.during = func() { // the person does not wait for it
		m.during = nil
		_, err := b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Field: "product", Values: []string{"cms"}, Label: label})
		must(t, err)
	}
	_, err := b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Text: "whatever the others at the edge have", Label: label})
	must(t, err)
	b.aside(t)
	c = b.conversation(t, c.ID)
	if c.Answers.First("product") != "cms" || !slices.Equal(fields(c), []string{"ca"}) {
		t.Errorf("answered meanwhile: %v, proposed %v", c.Answers, fields(c))
	}
	_, err = b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Text: "change the ca to public", Label: label})
	must(t, err)
	if c = b.conversation(t, c.ID); c.Answers.First("ca") != "public" || len(c.Proposed) > 0 {
		t.Errorf("typed %v, still proposed %v", c.Answers["ca"], fields(c))
	}
	m.says = map[string]workflows.Proposal{"purpose": proposal("", "the others")}
	_, err = b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Text: "like the others have it, I suppose", Label: label})
	must(t, err)
	b.aside(t)
	c = b.conversation(t, c.ID)
	asked, version := c.Field, c.Version
	_, err = b.Take(ctx, workflows.Taking{By: ella, ID: c.ID, Marks: marks(c.Proposed...), No: true})
	must(t, err)
	if c = b.conversation(t, c.ID); len(c.Proposed) > 0 || c.Answers.Has("purpose") || c.Field != asked || c.Version != version+1 {
		t.Errorf("after a no: %+v", c)
	}
	m.during = func() {
		_, err := b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Text: "cancel", Label: label})
		must(t, err)
	}
	_, err = b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Text: "hm, hard to say", Label: label})
	must(t, err)
	b.aside(t)
	if _, err := b.Conversation(ctx, ella, c.ID); workflows.CodeOf(err) != workflows.Conflict {
		t.Errorf("a conversation that was discarded while the model thought: %v", err)
	}
}

// TestTakenIsJudged: what is taken is answered by the planner as if it had been typed.
func TestTakenIsJudged(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	b.Model = &reader{says: map[string]workflows.Proposal{"nodes": proposal("", "portal")}}
	c, err := b.Start(ctx, workflows.Started{By: ella, Place: inThread, Lang: "en", Text: "a new certificate", Answers: workflows.Answers{"product": {"expressway-e"}}})
	must(t, err)
	typed, err := b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Field: "nodes", Values: []string{"portal"}})
	must(t, err)
	c, err = b.Start(ctx, workflows.Started{By: ella, Place: inThread, Lang: "en", Text: "a new certificate for the box we named portal", Answers: workflows.Answers{"product": {"expressway-e"}}})
	must(t, err)
	b.aside(t)
	c = b.conversation(t, c.ID)
	if !slices.Equal(fields(c), []string{"nodes"}) {
		t.Fatalf("%+v", c)
	}
	c, err = b.Take(ctx, workflows.Taking{By: ella, ID: c.ID, Marks: marks(c.Proposed...)})
	must(t, err)
	if typed.Problem == nil || c.Problem == nil || c.Problem.Text.Key != typed.Problem.Text.Key || c.Field != "nodes" {
		t.Errorf("taken: %+v, typed: %+v", c.Problem, typed.Problem)
	}
}

// TestNewestVersionIsDrawn: whatever changes a conversation, its newest version has a
// prompt, since those of older versions are passed over where they were not posted yet.
func TestNewestVersionIsDrawn(t *testing.T) {
	b, ctx := newBench(t), context.Background()
	m := &reader{says: map[string]workflows.Proposal{"ca": proposal("the usual gang", "private")}}
	b.Model = m
	c := b.begun(t, edgeBoxes)
	_, err := b.Take(ctx, workflows.Taking{By: ella, ID: c.ID, Marks: marks(c.Proposed...)})
	must(t, err)
	m.says = nil // it finds nothing in what follows
	drawn := map[string]bool{}
	newest := func(step, id string) {
		t.Helper()
		for {
			e, ok, err := b.db.Claim(ctx, workflows.Notify, time.Minute)
			must(t, err)
			if !ok {
				break
			}
			drawn[e.Key] = true
			must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
		}
		var now workflows.Conversation
		must(t, b.db.View(ctx, func(rd workflows.Reader) (err error) { now, err = rd.Conversation(ctx, id); return err }))
		if key := fmt.Sprintf("%s/prompt/%d", id, now.Version-1); !drawn[key] {
			t.Errorf("%s: nothing draws version %d", step, now.Version)
		}
	}
	newest("proposals taken", c.ID)
	for _, text := range []string{"whatever the others at the edge have", "Expressway-E", "hm, hard to say", "cancel"} {
		_, err := b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Text: text, Label: func(_, o string) string { return o }})
		must(t, err)
		newest(text, c.ID)
		b.aside(t)
		newest(text+", read by the model", c.ID)
	}
	sent, err := b.Start(ctx, workflows.Started{By: ella, Place: workflows.Place{Channel: "C1", Thread: "2.0"}, Lang: "en", Answers: portal()})
	must(t, err)
	_, err = b.Send(ctx, workflows.Sending{By: ella, ID: sent.ID, Plan: workflows.PlanHash(b.PlanOf(sent))})
	must(t, err)
	newest("sent", sent.ID)
}
