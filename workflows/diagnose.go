package workflows

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
	"countersign/triage/artefact"
)

// maxCase bounds what a case keeps of the pasted text, in bytes after redaction. A
// longer log is read whole once and its matching lines are kept.
const maxCase = 64 << 10

// Pasted is an error, a log or an artefact that a person wants explained.
type Pasted struct {
	Receipt Receipt
	By      Person
	Place   Place
	Lang    string
	Text    string
	Name    string                 // of the file, if it was one
	Context map[string]string      // what is known: product
	Seen    []artefact.Observation // what attached files show
}

// Diagnose opens a case. Only the redacted text is kept; the answer is a function of it,
// so it is never stored and never out of date.
func (s *Service) Diagnose(ctx context.Context, in Pasted) (Case, error) {
	var c Case
	err := s.update(ctx, in.Receipt, in.By, "diagnose", "", s.admit(in.By), func(_ Reader, now time.Time) (Change, error) {
		text, _ := triage.Redact(in.Text)
		c = Case{ID: "K-" + s.NewID(), Person: in.By, Place: in.Place, Lang: in.Lang, Input: clipBytes(text, maxCase),
			Context: in.Context, Seen: in.Seen, Created: now, Updated: now}
		c.Cause = firstCause(s.Explain(ctx, c))
		return Change{Cases: []Case{c}, Effects: []Effect{showCase(c)},
			Audit: []Audit{{At: now, Actor: in.By, Verb: "diagnose", Subject: c.ID, Detail: detail("cause", c.Cause)}}}, nil
	})
	return c, err
}

// Explain computes the answer to a case from what is stored of it.
func (s *Service) Explain(ctx context.Context, c Case) triage.Answer {
	facts := factsOf(c.Input, s.Now())
	facts = append(facts, artefact.Facts(artefact.Focus(c.Seen, c.Input), c.Lang, s.Say)...)
	in := triage.Input{Text: c.Input, Facts: facts, Context: triage.Context{Product: c.Context["product"], Answers: map[string]string{}}}
	for k, v := range c.Context {
		if id, ok := strings.CutPrefix(k, "answer."); ok {
			in.Context.Answers[id] = v
		}
	}
	a, err := s.Triage.Diagnose(ctx, in)
	if err != nil { // only ctx ending early
		return triage.Answer{Verdict: triage.Unknown, Text: c.Input}
	}
	return a
}

func firstCause(a triage.Answer) string {
	if len(a.Findings) == 0 {
		return string(a.Verdict)
	}
	return a.Findings[0].Cause.ID
}

func showCase(c Case) Effect {
	return effect(Notify, c.ID, KindCase, fmt.Sprintf("%s/case/%d", c.ID, c.Version), Body{Case: c.ID})
}

// FollowUp adds to a case what its person writes next in the thread.
func (s *Service) FollowUp(ctx context.Context, receipt Receipt, by Person, id, text string) (Case, error) {
	return s.refine(ctx, receipt, by, id, func(c Case) (Case, *Error) {
		more, _ := triage.Redact(text)
		c.Input = clipBytes(c.Input+"\n"+more, maxCase)
		return c, nil
	})
}

// AnswerCase answers the question that the case asked, by a button.
func (s *Service) AnswerCase(ctx context.Context, receipt Receipt, by Person, id, question, option string) (Case, error) {
	return s.refine(ctx, receipt, by, id, func(c Case) (Case, *Error) {
		context := map[string]string{"answer." + question: option}
		for k, v := range c.Context {
			if _, ok := context[k]; !ok {
				context[k] = v
			}
		}
		c.Context = context
		return c, nil
	})
}

// Tick sets the fix steps that are done.
func (s *Service) Tick(ctx context.Context, receipt Receipt, by Person, id string, done []int) (Case, error) {
	return s.refine(ctx, receipt, by, id, func(c Case) (Case, *Error) {
		slices.Sort(done)
		c.Ticks = slices.Compact(done)
		return c, nil
	})
}

// Feedback records how a case ended: solved, wrong, or other:<cause id>.
func (s *Service) Feedback(ctx context.Context, receipt Receipt, by Person, id, outcome string) (Case, error) {
	return s.refine(ctx, receipt, by, id, func(c Case) (Case, *Error) {
		if outcome != "solved" && outcome != "wrong" {
			if s.Triage.Cause(strings.TrimPrefix(outcome, "other:")) == nil {
				return c, &Error{Code: Invalid, Field: "cause", Text: certs.T("form.problem.not_offered", "Value", outcome)}
			}
		}
		c.Outcome = outcome
		return c, nil
	})
}

// refine changes a case for somebody of the team, and has it redrawn.
func (s *Service) refine(ctx context.Context, receipt Receipt, by Person, id string, step func(Case) (Case, *Error)) (Case, error) {
	var c Case
	err := s.update(ctx, receipt, by, "case", id, s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		old, err := rd.Case(ctx, id)
		if err != nil {
			return Change{}, err
		}
		next, no := step(old)
		if no != nil {
			return Change{}, no
		}
		next.Updated = now
		next.Cause = firstCause(s.Explain(ctx, next))
		c = next
		return Change{Cases: []Case{next}, Effects: []Effect{showCase(next)},
			Audit: []Audit{{At: now, Actor: by, Verb: "case", Subject: id, Detail: detail("cause", next.Cause, "outcome", next.Outcome)}}}, nil
	})
	return c, err
}

// clipBytes cuts s to at most n bytes at a line's end.
func clipBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if i := strings.LastIndexByte(s[:n], '\n'); i > n/2 {
		return s[:i]
	}
	return strings.ToValidUTF8(s[:n], "")
}

// The nouns of triage that doors show.
type (
	// TriageAnswer is what a case is answered with.
	TriageAnswer = triage.Answer
	// TriageFinding is one cause that the evidence supports.
	TriageFinding = triage.Finding
	// Cause is one known cause.
	Cause = triage.Cause
)

// TextOf turns a text of triage into one of the workflows: two packages that may not
// know each other say things in the same shape.
func TextOf(t triage.Text) Text { return Text{Key: t.Key, Args: t.Args, In: t.In} }

// FixSteps are the steps of a cause's fix: the product's own where it has some.
func FixSteps(c *Cause, product string) []triage.Text {
	if steps, ok := c.FixFor[product]; ok {
		return steps
	}
	return c.Fix
}
