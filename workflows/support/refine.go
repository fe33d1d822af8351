package support

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"countersign/certs"
	"countersign/triage"
	"countersign/workflows"
)

// AnswerCase answers the question that the case asked, by a button. Of two people who
// answer differently at the same time the second is told.
func (s *Service) AnswerCase(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id, question, option string) (workflows.Case, error) {
	return s.refine(ctx, receipt, by, id, func(c workflows.Case) (workflows.Case, *workflows.Error) {
		if _, ok := answered(s.KB(), question, option); !ok && (option != Unsure || s.KB().Question(question) == nil) {
			return c, &workflows.Error{Code: workflows.Invalid, Text: certs.T("form.problem.not_offered", "Value", workflows.ClipBytes(option, 60))}
		}
		if before := c.Context["answer."+question]; before != "" && before != option {
			return c, workflows.Refuse(workflows.Conflict, "workflows.case.answered")
		}
		return c.With("answer."+question, option), nil
	})
}

// Unsure is the answer to any question that leads on to the next one.
const Unsure = "-"

// ClearAnswers takes back what was answered by buttons: a slip must not decide.
func (s *Service) ClearAnswers(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id string) (workflows.Case, error) {
	return s.refine(ctx, receipt, by, id, func(c workflows.Case) (workflows.Case, *workflows.Error) {
		m := map[string]string{}
		for k, v := range c.Context {
			if !strings.HasPrefix(k, "answer.") {
				m[k] = v
			}
		}
		c.Context = m
		return c, nil
	})
}

// Ticked is a click on one step of a fix. It says which cause's fix the person was
// looking at, and what the step is to be: two people who tick at the same time lose
// nothing.
type Ticked struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Case    string
	Cause   string
	Step    int // from 0
	Done    bool
}

// maxFix bounds the steps of a fix that can be ticked.
const maxFix = 50

// Tick marks one fix step as done, or as not done.
func (s *Service) Tick(ctx context.Context, in Ticked) (workflows.Case, error) {
	return s.refine(ctx, in.Receipt, in.By, in.Case, func(c workflows.Case) (workflows.Case, *workflows.Error) {
		if in.Step < 0 || in.Step >= maxFix || in.Cause != firstCause(s.Standing(ctx, c)) {
			return c, workflows.Refuse(workflows.Stale, "workflows.case.other_answer")
		}
		done := slices.Clone(c.Done(in.Cause))
		at, found := slices.BinarySearch(done, in.Step)
		switch {
		case in.Done && !found:
			done = slices.Insert(done, at, in.Step)
		case !in.Done && found:
			done = slices.Delete(done, at, at+1)
		}
		c.Ticks, c.TickedFor = done, in.Cause
		return c, nil
	})
}

// Standing is the answer as people left it: where somebody said what it really was,
// that goes before what was found.
func (s *Service) Standing(ctx context.Context, c workflows.Case) TriageAnswer {
	a := s.Explain(ctx, c)
	cause := s.KB().Cause(c.Other())
	if cause == nil {
		return a
	}
	a.Question, a.Verdict = nil, triage.KnownCause
	if !cause.Certificate() {
		a.Verdict = triage.NotCertificate
	}
	rest := slices.DeleteFunc(a.Findings, func(f triage.Finding) bool { return f.Cause.ID == cause.ID })
	a.Findings = append([]triage.Finding{{Cause: cause, Confidence: 1}}, rest...)
	return a
}

// Feedback records how a case ended: solved, wrong, or other:<cause id>, with what
// the person has to say about it. The support group is told what was not solved.
func (s *Service) Feedback(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id, outcome, comment string) (workflows.Case, error) {
	comment = workflows.ClipReason(comment)
	return s.refine(ctx, receipt, by, id, func(c workflows.Case) (workflows.Case, *workflows.Error) {
		if outcome != "solved" && outcome != "wrong" {
			if s.KB().Cause(strings.TrimPrefix(outcome, "other:")) == nil || !strings.HasPrefix(outcome, "other:") {
				return c, &workflows.Error{Code: workflows.Invalid, Field: "cause", Text: certs.T("form.problem.not_offered", "Value", workflows.ClipBytes(outcome, 60))}
			}
		}
		if c.Outcome != "" && c.Ended != by {
			return c, workflows.Refuse(workflows.Conflict, "workflows.case.ended")
		}
		c.Outcome, c.Comment, c.Ended = outcome, comment, by
		return c, nil
	}, func(c workflows.Case) []workflows.Effect {
		if outcome == "solved" {
			return nil
		}
		return []workflows.Effect{workflows.NewEffect(workflows.Notify, id, fmt.Sprintf("%s/wrong/%d", id, c.Version), workflows.PostCase{Case: id, What: PostWrong, Person: by})}
	})
}

// refine changes a case for somebody of the team, and has it redrawn. A step that
// changes nothing, such as a second click, leaves no trace.
func (s *Service) refine(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id string, step func(workflows.Case) (workflows.Case, *workflows.Error), also ...func(workflows.Case) []workflows.Effect) (workflows.Case, error) {
	var after workflows.Case
	err := s.changeCase(ctx, receipt, by, "case", id, func(old workflows.Case) (workflows.Change, error) {
		next, no := step(old)
		after = next
		if no != nil {
			return workflows.Change{}, no
		}
		if reflect.DeepEqual(old, next) {
			return workflows.Change{}, nil
		}
		a := s.Explain(ctx, next)
		next.Cause = firstCause(a)
		after = next
		effects := s.shown(next, a)
		for _, more := range also {
			effects = append(effects, more(next)...)
		}
		return workflows.Change{Cases: []workflows.Case{next}, Effects: effects,
			Audit: []workflows.Audit{{Verb: "case", Detail: workflows.Detail("cause", next.Cause, "outcome", next.Outcome)}}}, nil
	})
	return after, err
}
