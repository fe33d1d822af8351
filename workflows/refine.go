package workflows

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
)

// AnswerCase answers the question that the case asked, by a button. Of two people who
// answer differently at the same time the second is told.
func (s *Service) AnswerCase(ctx context.Context, receipt Receipt, by Person, id, question, option string) (Case, error) {
	return s.refine(ctx, receipt, by, id, func(c Case) (Case, *Error) {
		if _, ok := answered(s.KB(), question, option); !ok && (option != Unsure || s.KB().Question(question) == nil) {
			return c, &Error{Code: Invalid, Text: certs.T("form.problem.not_offered", "Value", clipBytes(option, 60))}
		}
		if before := c.Context["answer."+question]; before != "" && before != option {
			return c, Refuse(Conflict, "workflows.case.answered")
		}
		return c.with("answer."+question, option), nil
	})
}

// Unsure is the answer to any question that leads on to the next one.
const Unsure = "-"

// AskAgain takes back what was answered by buttons: a slip must not decide.
func (s *Service) AskAgain(ctx context.Context, receipt Receipt, by Person, id string) (Case, error) {
	return s.refine(ctx, receipt, by, id, func(c Case) (Case, *Error) {
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

// Answered reports whether a question of the case was answered by a button.
func (c Case) Answered() bool {
	for k := range c.Context {
		if strings.HasPrefix(k, "answer.") {
			return true
		}
	}
	return false
}

// Ticked is a click on one step of a fix. It says which cause's fix the person was
// looking at, and what the step is to be: two people who tick at the same time lose
// nothing.
type Ticked struct {
	Receipt Receipt
	By      Person
	Case    string
	Cause   string
	Step    int // from 0
	Done    bool
}

// maxFix bounds the steps of a fix that can be ticked.
const maxFix = 50

// Tick marks one fix step as done, or as not done.
func (s *Service) Tick(ctx context.Context, in Ticked) (Case, error) {
	return s.refine(ctx, in.Receipt, in.By, in.Case, func(c Case) (Case, *Error) {
		if in.Step < 0 || in.Step >= maxFix || in.Cause != firstCause(s.Standing(ctx, c)) {
			return c, Refuse(Stale, "workflows.case.other_answer")
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

// Done are the steps of a cause's fix that are ticked, in order. Those of another
// cause do not count.
func (c Case) Done(cause string) []int {
	if c.TickedFor != cause {
		return nil
	}
	return c.Ticks
}

// Standing is the answer as people left it: where somebody said what it really was,
// that goes before what was found.
func (s *Service) Standing(ctx context.Context, c Case) TriageAnswer {
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

// Other is the cause that somebody said it really was; "" when nobody did.
func (c Case) Other() string {
	if id, ok := strings.CutPrefix(c.Outcome, "other:"); ok {
		return id
	}
	return ""
}

// Feedback records how a case ended: solved, wrong, or other:<cause id>, with what
// the person has to say about it. The support group is told what was not solved.
func (s *Service) Feedback(ctx context.Context, receipt Receipt, by Person, id, outcome, comment string) (Case, error) {
	comment = clipReason(comment)
	return s.refine(ctx, receipt, by, id, func(c Case) (Case, *Error) {
		if outcome != "solved" && outcome != "wrong" {
			if s.KB().Cause(strings.TrimPrefix(outcome, "other:")) == nil || !strings.HasPrefix(outcome, "other:") {
				return c, &Error{Code: Invalid, Field: "cause", Text: certs.T("form.problem.not_offered", "Value", clipBytes(outcome, 60))}
			}
		}
		if c.Outcome != "" && c.Ended != by {
			return c, Refuse(Conflict, "workflows.case.ended")
		}
		c.Outcome, c.Comment, c.Ended = outcome, comment, by
		return c, nil
	}, func(c Case) []Effect {
		if outcome == "solved" {
			return nil
		}
		return []Effect{effect(Notify, id, KindCasePost, fmt.Sprintf("%s/wrong/%d", id, c.Version), Body{Case: id, Event: PostWrong, Person: by})}
	})
}

// refine changes a case for somebody of the team, and has it redrawn. A step that
// changes nothing, such as a second click, leaves no trace.
func (s *Service) refine(ctx context.Context, receipt Receipt, by Person, id string, step func(Case) (Case, *Error), also ...func(Case) []Effect) (Case, error) {
	var c Case
	think := func(old Case) func(time.Time) (Change, error) {
		next, no := step(old)
		c = next
		changed := no == nil && !reflect.DeepEqual(old, next)
		var a triage.Answer
		if changed {
			a = s.Explain(ctx, next)
			next.Cause = firstCause(a)
		}
		return func(now time.Time) (Change, error) {
			if no != nil {
				return Change{}, no
			}
			if !changed {
				return Change{}, nil
			}
			next.Updated = now
			c = next
			effects := s.shown(next, a)
			for _, more := range also {
				effects = append(effects, more(next)...)
			}
			return Change{Cases: []Case{next}, Effects: effects,
				Audit: []Audit{{At: now, Actor: by, Verb: "case", Subject: id, Detail: detail("cause", next.Cause, "outcome", next.Outcome)}}}, nil
		}
	}
	err := s.changeCase(ctx, receipt, by, "case", id, think)
	return c, err
}

// errMoved ends a step whose case has changed since it was thought about.
var errMoved = errors.New("workflows: the case has changed meanwhile")

// changeCase reads a case, lets think work out what becomes of it, and commits that if
// the case is still the same: diagnosing a long log takes longer than others should
// wait for the store.
func (s *Service) changeCase(ctx context.Context, receipt Receipt, by Person, verb, id string, think func(Case) func(time.Time) (Change, error)) error {
	if no := s.admit(by); no != nil {
		return s.update(ctx, receipt, by, verb, id, no, nil)
	}
	return s.stepCase(ctx, receipt, by, verb, id, func(old Case) func(time.Time) (Change, error) {
		if no := old.closedTo(by); no != nil {
			return func(time.Time) (Change, error) { return Change{}, no }
		}
		return think(old)
	})
}

// closedTo refuses a case that was opened in a direct message to everybody but its person:
// nobody else sees it there. In a channel the team works on one together.
func (c Case) closedTo(by Person) *Error {
	if c.Place.Direct() && c.Person != by {
		return Refuse(Forbidden, "workflows.case.not_yours")
	}
	return nil
}

// stepCase is changeCase for whoever need not be admitted: the product itself.
func (s *Service) stepCase(ctx context.Context, receipt Receipt, by Person, verb, id string, think func(Case) func(time.Time) (Change, error)) error {
	for {
		var old Case
		if err := s.Store.View(ctx, func(rd Reader) (err error) { old, err = rd.Case(ctx, id); return err }); err != nil {
			return err
		}
		commit := think(old)
		err := s.update(ctx, receipt, by, verb, id, nil, func(rd Reader, now time.Time) (Change, error) {
			c, err := rd.Case(ctx, id)
			if err != nil {
				return Change{}, err
			}
			if c.Version != old.Version {
				return Change{}, errMoved
			}
			return commit(now)
		})
		if !errors.Is(err, errMoved) {
			return err
		}
	}
}
