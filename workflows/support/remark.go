package support

import (
	"context"
	"fmt"
	"strings"
	"time"

	"countersign/language"
	"countersign/triage"
	"countersign/workflows"
)

// justNow is how long after an answer a remark in a direct message, outside of any
// thread, is still about it.
const justNow = 30 * time.Minute

// RemarkedCase finds the case that a remark outside of a thread is about.
func (s *Service) RemarkedCase(ctx context.Context, rd workflows.Reader, in workflows.Message) (workflows.Case, error) {
	if in.Place.Thread != "" || !in.Direct {
		return workflows.Case{}, nil
	}
	if _, ok := language.ReadRemark(in.Text); !ok && language.ReadOutcome(in.Text) == "" {
		return workflows.Case{}, nil
	}
	c, err := rd.CaseAt(ctx, in.Place)
	if err != nil && workflows.CodeOf(err) != workflows.NotFound {
		return c, err
	}
	if err != nil || c.Person != in.By || s.Now().Sub(c.Updated) > justNow || c.Inspecting() {
		return workflows.Case{}, nil
	}
	return c, nil
}

// Remark refines a case with what somebody of the team adds: words, a second log,
// files. What adds nothing leaves the case as it is; said to the bot, it is answered
// all the same.
func (s *Service) Remark(ctx context.Context, in workflows.Message, id string, files *Attached) error {
	tells := files != nil || s.Recognises(ctx, in.Lang, in.Text)
	r, refines := language.ReadRemark(in.Text)
	if outcome := language.ReadOutcome(in.Text); outcome != "" && !tells && !refines {
		return s.remarkOutcome(ctx, in, id, outcome)
	}
	think := func(old workflows.Case) (workflows.Change, error) {
		if !tells && !refines && !in.Direct {
			return workflows.Change{}, nil // people talk to each other
		}
		next := old
		if refines {
			next = next.With("product", r.Product).With("side", r.Side)
		}
		if tells || !refines {
			text, _ := triage.Redact(in.Text)
			next.Add("", 1, text)
		}
		if files != nil {
			files.into(&next)
		}
		before, after := s.Explain(ctx, old), s.Explain(ctx, next)
		next.Cause = firstCause(after)
		say := workflows.SayCaseSame
		if old.Inspecting() && (tells || files != nil) {
			next = next.With("kind", "")
			say = workflows.SayCaseChanged
		}
		if answerKey(before) != answerKey(after) {
			next.Outcome, next.Comment, next.Ended = "", "", workflows.Person{}
			say = workflows.SayCaseChanged
		}
		place := besideCase(in, old)
		reply := workflows.NewEffect(workflows.Notify, id, fmt.Sprintf("%s/follow/%d", id, old.Version), workflows.Reply{Person: in.By, Place: &place, Lang: old.Lang, Say: say, About: id})
		return workflows.Change{Cases: []workflows.Case{next}, Effects: append(s.shown(next, after), reply),
			Audit: []workflows.Audit{{Verb: "case.follow", Detail: workflows.Detail("cause", next.Cause)}}}, nil
	}
	return s.changeCase(ctx, in.Receipt, in.By, "case", id, think)
}

// besideCase is where a remark is answered: in its thread, or in the case's.
func besideCase(in workflows.Message, c workflows.Case) workflows.Place {
	if in.Place.Thread == "" {
		return c.Place
	}
	return in.Place
}

// Recognises reports whether a text says something that triage can use.
func (s *Service) Recognises(ctx context.Context, lang, text string) bool {
	return strings.Contains(text, "-----BEGIN ") || !matchedNone(s.Explain(ctx, caseOf(Pasted{Lang: lang, Text: text}, nil, s.Now())))
}

// remarkOutcome records that a case is solved, or says what to do next where the answer
// did not help. A remark is no evidence: it never becomes part of the case's text.
func (s *Service) remarkOutcome(ctx context.Context, in workflows.Message, id string, outcome language.Outcome) error {
	return s.changeCase(ctx, in.Receipt, in.By, "case", id, func(old workflows.Case) (workflows.Change, error) {
		place := besideCase(in, old)
		say := workflows.NewEffect(workflows.Notify, id, id+"/"+string(outcome)+"/"+string(in.Receipt), workflows.Reply{Person: in.By, Place: &place, Lang: old.Lang, Say: map[language.Outcome]workflows.Standing{language.Solved: workflows.SayCaseSolved, language.Stuck: workflows.SayCaseStuck}[outcome], About: id})
		if outcome == language.Stuck || old.Outcome != "" || old.Inspecting() {
			return workflows.Change{Effects: []workflows.Effect{say}}, nil
		}
		next := old
		next.Outcome, next.Ended = "solved", in.By
		a := s.Explain(ctx, next)
		next.Cause = firstCause(a)
		return workflows.Change{Cases: []workflows.Case{next}, Effects: append(s.shown(next, a), say),
			Audit: []workflows.Audit{{Verb: "case", Detail: workflows.Detail("cause", next.Cause, "outcome", next.Outcome)}}}, nil
	})
}
