package support

import (
	"context"
	"slices"
	"strings"

	"countersign/triage"
	"countersign/triage/artefact"
	"countersign/workflows"
)

// inputName is the name under which the engine sees a case's input, so that its evidence is
// told from that of facts.
const inputName = "\x00input"

// Explain computes the answer to a case from what is stored of it.
func (s *Service) Explain(ctx context.Context, c workflows.Case) triage.Answer {
	kb := s.KB()
	return s.memo.get(kb, keyOf(c, s.Now()), func() (triage.Answer, bool) {
		a, err := s.explainWith(ctx, kb, c)
		if err != nil { // only ctx ending early
			return triage.Answer{Verdict: triage.Unknown, Text: c.Input}, false
		}
		return a, true
	})
}

func (s *Service) explainWith(ctx context.Context, kb *triage.KB, c workflows.Case) (triage.Answer, error) {
	in := triage.Input{Text: withoutBlocks(c.Input), Name: inputName, Context: triage.Context{Product: c.Context["product"], Side: c.Context["side"], Answers: map[string]string{}, Now: s.Now()}}
	for k, v := range c.Context {
		if id, ok := strings.CutPrefix(k, "answer."); ok {
			in.Context.Answers[id] = v
		}
	}
	verifier, st := c.Context["product"], story{}
	if len(c.Certs) > 0 || strings.Contains(c.Input, "-----BEGIN ") {
		first, err := kb.Diagnose(ctx, in)
		if err != nil {
			return first, err
		}
		i := slices.IndexFunc(first.Products, func(p string) bool { return s.verifierOf(p) != "" })
		if verifier == "" && i >= 0 {
			verifier = first.Products[i]
		}
		st = storyOf(first, s.verifierOf(verifier))
	}
	facts := append(facts(c, s.verifierOf(verifier), st, s.Now()), pastedFacts(c, s.Now())...)
	for _, o := range artefact.Focus(c.Seen, c.Said()) {
		// The chain that a look was shown is among what was checked: not the same twice.
		if !c.Probed(o.Source) || !slices.ContainsFunc(facts, func(f Observation) bool { return f.Kind == o.Kind && f.Source == o.Source }) {
			facts = append(facts, o)
		}
	}
	in.Facts = once(artefact.Facts(facts, c.Lang, s.Say))
	a, err := kb.Diagnose(ctx, in)
	if err != nil {
		return a, err
	}
	for i := range a.Findings {
		for k := range a.Findings[i].Evidence {
			e := &a.Findings[i].Evidence[k]
			if e.Source == inputName {
				*e = ownPart(c, *e)
				e.Source, e.Line = c.Locate(e.Line)
			} else if text, ok := answered(kb, e.Source, in.Context.Answers[e.Source]); ok {
				asked := kb.Question(e.Source).Text.String(c.Lang, s.Say)
				e.Source, e.Text = FromAnswer, asked+" → "+text.String(c.Lang, s.Say)
			}
		}
	}
	return a, nil
}

// FromAnswer is the source of evidence that is somebody's answer to a question, given
// with the question.
const FromAnswer = "answer"

// answered gives the words of an option that was chosen.
func answered(kb *triage.KB, question, option string) (triage.Text, bool) {
	if q := kb.Question(question); q != nil && option != "" {
		for _, o := range q.Options {
			if o.ID == option {
				return o.Text, true
			}
		}
	}
	return triage.Text{}, false
}

// once drops facts that were found twice.
func once(facts []triage.Fact) []triage.Fact {
	seen := map[string]bool{}
	return slices.DeleteFunc(facts, func(f triage.Fact) bool {
		key := f.Kind + "\x00" + f.Text
		twice := seen[key]
		seen[key] = true
		return twice
	})
}

func firstCause(a triage.Answer) string {
	if len(a.Findings) == 0 || a.Verdict == triage.Unknown { // what is nearest to it is not it
		return string(a.Verdict)
	}
	return a.Findings[0].Cause.ID
}

// The nouns of triage that doors show.
type (
	// TriageAnswer is what a case is answered with.
	TriageAnswer = triage.Answer
	// TriageFinding is one cause that the evidence supports.
	TriageFinding = triage.Finding
	// Cause is one known cause.
	Cause = triage.Cause
	// Evidence is a piece of a person's own text, or a fact.
	Evidence = triage.Evidence
	// TriageProduct is something whose messages triage tells by their form.
	TriageProduct = triage.Product
)

// FixSteps are the steps of a cause's fix: those of the product in question where it
// has some.
func FixSteps(c workflows.Case, a TriageAnswer, cause *Cause) []triage.Text {
	return cause.Steps(append([]string{c.Context["product"]}, a.Products...))
}
