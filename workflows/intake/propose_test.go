package intake_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// proposal is what a model reads for one field.
func proposal(quote string, values ...string) workflows.Proposal {
	return workflows.Proposal{Values: values, Quote: quote}
}

const edgeBoxes = "@bot new certificate please, the two boxes at the edge (expe1.example.com, expe2.example.com), the usual gang signs; passphrase=Winter2026!x"

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
	b, ctx := workbench.New(t), context.Background()
	m := &workbench.Reader{Says: map[string]workflows.Proposal{
		"product":      proposal("boxes at the edge", "expressway-e"),
		"service":      proposal("certificate", "server"),
		"ca":           proposal("the usual gang", "private"),
		"environment":  proposal("please", "moonbase"),            // no option
		"chat_aliases": proposal("", "boxes.example.com"),         // applies to nothing here
		"version":      proposal("", strings.Repeat("9", 41)),     // longer than the form allows
		"purpose":      proposal("", "the two boxes at the edge"), // a span
		"nodes":        proposal("", "invented.example.net"),      // answered already
	}}
	b.UseModel(m)
	c := b.Begun(t, edgeBoxes)
	if got, want := fields(c), []string{"product", "service", "ca", "purpose"}; !slices.Equal(got, want) {
		t.Fatalf("proposed %v, want %v", got, want)
	}
	if len(m.Texts) != 1 || strings.Contains(m.Texts[0], "Winter2026") || c.Unread != "" {
		t.Errorf("read %q, left %q", m.Texts, c.Unread)
	}
	for _, key := range []string{"product", "ca", "purpose"} {
		if c.Answers.Has(key) {
			t.Errorf("%s was taken by itself", key)
		}
	}
	for _, w := range m.Wanted[0] {
		if w.Label == "" || strings.HasPrefix(w.Label, "form.") || w.Key == "nodes" || w.Key == "service" && w.Options["tls-server"] != "TLS server" {
			t.Errorf("asked for %+v", w)
		}
	}
	f := b.Intake.Form()
	if intake.Takeable(f, c, c.Proposed[1]) || !intake.Takeable(f, c, c.Proposed[0]) {
		t.Error("a service can be taken before its product")
	}
	all := marks(c.Proposed...)
	for name, no := range map[string]intake.Taking{
		"somebody else's":             {By: workbench.Anselm, ID: c.ID, Marks: all},
		"what was not shown":          {By: workbench.Ella, ID: c.ID, Marks: []string{"000000000000"}},
		"nothing in particular":       {By: workbench.Ella, ID: c.ID},
		"a service without a product": {By: workbench.Ella, ID: c.ID, Marks: marks(c.Proposed[1])},
	} {
		if _, err := b.Intake.Take(ctx, no); workflows.CodeOf(err) != workflows.Forbidden && workflows.CodeOf(err) != workflows.Stale {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := intake.Taking{Receipt: "click", By: workbench.Ella, ID: c.ID, Marks: marks(c.Proposed[2])}
	c, err := b.Intake.Take(ctx, one)
	workbench.Must(t, err)
	if _, err = b.Intake.Take(ctx, one); !errors.Is(err, workflows.ErrSeen) {
		t.Errorf("the same click again: %v", err)
	}
	c = b.Conversation(t, c.ID)
	if c.Answers.First("ca") != "private" || c.Origins["ca"].Kind != workflows.FromModel || c.Field != "product" || !slices.Equal(fields(c), []string{"product", "service", "purpose"}) {
		t.Errorf("%+v", c)
	}
	_, err = b.Intake.Take(ctx, intake.Taking{By: workbench.Ella, ID: c.ID, Marks: all}) // as shown before one was taken
	workbench.Must(t, err)
	c = b.Conversation(t, c.ID)
	if c.Answers.First("product") != "expressway-e" || c.Answers.First("purpose") != "the two boxes at the edge" || len(c.Proposed) != 0 || c.Field != "version" {
		t.Errorf("%+v", c)
	}
}

// TestProposalsStandAside: whatever the model does, the conversation goes on as without.
func TestProposalsStandAside(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	label := func(_, o string) string { return o }
	plain := b.Begun(t, edgeBoxes)
	if plain.Unread != "" {
		t.Error("a text is kept for a model that is not there")
	}
	m := &workbench.Reader{Err: errors.New("too slow"), Says: map[string]workflows.Proposal{"ca": proposal("the usual gang", "private")}}
	b.UseModel(m)
	c := b.Begun(t, edgeBoxes)
	if c.Field != plain.Field || len(c.Proposed) > 0 || c.Unread != "" || len(m.Texts) != 1 {
		t.Errorf("after a failure: %+v", c)
	}
	m.Err = nil
	m.During = func() { // the person does not wait for it
		m.During = nil
		_, err := b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Field: "product", Values: []string{"cms"}, Label: label})
		workbench.Must(t, err)
	}
	_, err := b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "whatever the others at the edge have", Label: label})
	workbench.Must(t, err)
	b.Aside(t)
	c = b.Conversation(t, c.ID)
	if c.Answers.First("product") != "cms" || !slices.Equal(fields(c), []string{"ca"}) {
		t.Errorf("answered meanwhile: %v, proposed %v", c.Answers, fields(c))
	}
	_, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "change the ca to public", Label: label})
	workbench.Must(t, err)
	if c = b.Conversation(t, c.ID); c.Answers.First("ca") != "public" || len(c.Proposed) > 0 {
		t.Errorf("typed %v, still proposed %v", c.Answers["ca"], fields(c))
	}
	m.Says = map[string]workflows.Proposal{"purpose": proposal("", "the others")}
	_, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "like the others have it, I suppose", Label: label})
	workbench.Must(t, err)
	b.Aside(t)
	c = b.Conversation(t, c.ID)
	asked, version := c.Field, c.Version
	_, err = b.Intake.Take(ctx, intake.Taking{By: workbench.Ella, ID: c.ID, Marks: marks(c.Proposed...), No: true})
	workbench.Must(t, err)
	if c = b.Conversation(t, c.ID); len(c.Proposed) > 0 || c.Answers.Has("purpose") || c.Field != asked || c.Version != version+1 {
		t.Errorf("after a no: %+v", c)
	}
	m.During = func() {
		_, err := b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "cancel", Label: label})
		workbench.Must(t, err)
	}
	_, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "hm, hard to say", Label: label})
	workbench.Must(t, err)
	b.Aside(t)
	if _, err := b.Intake.Conversation(ctx, workbench.Ella, c.ID); workflows.CodeOf(err) != workflows.Conflict {
		t.Errorf("a conversation that was discarded while the model thought: %v", err)
	}
}

// TestTakenIsJudged: what is taken is answered by the planner as if it had been typed.
func TestTakenIsJudged(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	b.UseModel(&workbench.Reader{Says: map[string]workflows.Proposal{"nodes": proposal("", "portal")}})
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Place: workbench.InThread, Lang: "en", Text: "a new certificate", Answers: workflows.Answers{"product": {"expressway-e"}}})
	workbench.Must(t, err)
	typed, err := b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Field: "nodes", Values: []string{"portal"}})
	workbench.Must(t, err)
	c, err = b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Place: workbench.InThread, Lang: "en", Text: "a new certificate for the box we named portal", Answers: workflows.Answers{"product": {"expressway-e"}}})
	workbench.Must(t, err)
	b.Aside(t)
	c = b.Conversation(t, c.ID)
	if !slices.Equal(fields(c), []string{"nodes"}) {
		t.Fatalf("%+v", c)
	}
	c, err = b.Intake.Take(ctx, intake.Taking{By: workbench.Ella, ID: c.ID, Marks: marks(c.Proposed...)})
	workbench.Must(t, err)
	if typed.Problem == nil || c.Problem == nil || c.Problem.Text.Key != typed.Problem.Text.Key || c.Field != "nodes" {
		t.Errorf("taken: %+v, typed: %+v", c.Problem, typed.Problem)
	}
}

// TestNewestVersionIsDrawn: whatever changes a conversation, its newest version has a
// prompt, since those of older versions are passed over where they were not posted yet.
func TestNewestVersionIsDrawn(t *testing.T) {
	b, ctx := workbench.New(t), context.Background()
	m := &workbench.Reader{Says: map[string]workflows.Proposal{"ca": proposal("the usual gang", "private")}}
	b.UseModel(m)
	c := b.Begun(t, edgeBoxes)
	_, err := b.Intake.Take(ctx, intake.Taking{By: workbench.Ella, ID: c.ID, Marks: marks(c.Proposed...)})
	workbench.Must(t, err)
	m.Says = nil // it finds nothing in what follows
	drawn := map[string]bool{}
	newest := func(step, id string) {
		t.Helper()
		for {
			e, ok, err := b.DB.Claim(ctx, workflows.Notify, time.Minute)
			workbench.Must(t, err)
			if !ok {
				break
			}
			drawn[e.Key] = true
			workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
		}
		var now workflows.Conversation
		workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) (err error) { now, err = rd.Conversation(ctx, id); return err }))
		if key := fmt.Sprintf("%s/prompt/%d", id, now.Version-1); !drawn[key] {
			t.Errorf("%s: nothing draws version %d", step, now.Version)
		}
	}
	newest("proposals taken", c.ID)
	for _, text := range []string{"whatever the others at the edge have", "Expressway-E", "hm, hard to say", "cancel"} {
		_, err := b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: text, Label: func(_, o string) string { return o }})
		workbench.Must(t, err)
		newest(text, c.ID)
		b.Aside(t)
		newest(text+", read by the model", c.ID)
	}
	sent, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Place: workflows.Place{Channel: "C1", Thread: "2.0"}, Lang: "en", Answers: workbench.Portal()})
	workbench.Must(t, err)
	_, err = b.Intake.Send(ctx, intake.Sending{By: workbench.Ella, ID: sent.ID, Plan: intake.PlanHash(b.Intake.PlanOf(sent))})
	workbench.Must(t, err)
	newest("sent", sent.ID)
}
